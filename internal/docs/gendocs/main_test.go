package main

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
)

// TestGenerated checks that the schema and all else that is generated is current.
func TestGenerated(t *testing.T) {
	t.Parallel()
	const root = "../../.."
	files, err := generated(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files[schema]) == 0 {
		t.Errorf("%s is not generated", schema)
	}
	for _, path := range docs.Outdated(root, files) {
		t.Errorf("%s is not current: run go generate ./...", path)
	}
}
