package symindex_test

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
)

// callers reports what the index knows of the uses of some symbols.
var callers = &analysis.Analyzer{
	Name:     "callers",
	Doc:      "report calls of some symbols",
	Requires: []*analysis.Analyzer{symindex.Analyzer},
	Run: report.Run(func(pass *analysis.Pass) (any, error) {
		index := pass.ResultOf[symindex.Analyzer].(*symindex.Index)
		for what, obj := range map[string]types.Object{
			"the mutex is locked":   index.Method("sync", "Mutex", "Lock"),
			"the locker is locked":  index.Method("sync", "Locker", "Lock"),
			"the pointer is loaded": index.Method("sync/atomic", "Pointer", "Load"),
			"a once is made":        index.Object("sync", "OnceValue"),
			"the box is opened":     index.Method("symindex", "box", "open"),
			"the table is indexed":  index.Object("symindex", "table"),
			"never":                 index.Method("net/http", "Server", "Shutdown"),
		} {
			called := false
			for cur := range index.Calls(obj) {
				called = true
				report.Report(pass, analysis.Diagnostic{Pos: cur.Node().Pos(), End: cur.Node().End(), Message: what})
			}
			if called && !index.Used(nil, obj) {
				pass.Reportf(pass.Files[0].Package, "%s, but is not used", what)
			}
		}
		for cur := range index.Uses(index.Method("symindex", "box", "value")) {
			report.Report(pass, analysis.Diagnostic{Pos: cur.Node().Pos(), End: cur.Node().End(), Message: "the field is used"})
		}
		return nil, nil
	}),
}

func TestIndex(t *testing.T) { checktest.RunArchive(t, callers, "testdata/calls.txtar") }
