module golden.test

go 1.26
