// Command gendocs writes the documentation that is generated from the table
// of checks. It is run by go generate in the directory of package passes.
package main

import (
	"log"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/config"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gendocs: ")
	const root = ".." // of the module, from package passes
	files, err := generated(root)
	if err != nil {
		log.Fatal(err)
	}
	if err := docs.Write(root, files); err != nil {
		log.Fatal(err)
	}
}

// schema is the path of the schema of configuration files.
const schema = "docs/concurrencyvet.schema.json"

// generated returns the content of the generated files.
func generated(root string) (map[string][]byte, error) {
	rows, borrowed := passes.Rows(), passes.BorrowedRows()
	files, err := docs.Files(root, rows, borrowed)
	if err != nil {
		return nil, err
	}
	summaries := make(map[string]string)
	for _, row := range rows {
		page, err := docs.Parse(row.Doc)
		if err != nil {
			return nil, err
		}
		summaries[row.Name] = page.Summary
	}
	for _, row := range borrowed {
		summaries[row.Name], _, _ = strings.Cut(row.Doc, "\n")
	}
	files[schema], err = config.Schema(summaries)
	return files, err
}
