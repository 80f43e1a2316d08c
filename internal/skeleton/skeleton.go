// Package skeleton derives the concurrency skeleton of each function.
package skeleton

import (
	"golang.org/x/tools/go/analysis"
)

// Analyzer builds the skeletons of a package and exports their facts.
var Analyzer = &analysis.Analyzer{
	Name:      "skeleton",
	Doc:       "build the concurrency skeletons of the functions of a package",
	FactTypes: []analysis.Fact{new(summaries)},
	Run:       func(*analysis.Pass) (any, error) { return nil, nil },
}

type summaries struct{ Data []byte }

func (*summaries) AFact() {}
