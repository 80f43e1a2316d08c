module fixture.example

go 1.26.0

require (
	github.com/stretchr/testify v1.0.0
	golang.org/x/sync v0.1.0
)

// The APIs of third parties are stubs, so that the tests need no network.
replace (
	github.com/stretchr/testify => ./stubs/testify
	golang.org/x/sync => ./stubs/sync
)
