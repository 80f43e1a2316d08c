module fixture.example/pullrequest

go 1.26.0
