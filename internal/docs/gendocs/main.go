// Command gendocs writes the documentation that is generated from the table
// of checks. It is run by go generate in the directory of package passes.
package main

import (
	"log"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gendocs: ")
	const root = ".." // of the module, from package passes
	files, err := docs.Files(root, passes.Rows())
	if err != nil {
		log.Fatal(err)
	}
	if err := docs.Write(root, files); err != nil {
		log.Fatal(err)
	}
}
