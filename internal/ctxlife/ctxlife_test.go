package ctxlife_test

import (
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// probe returns the names of the functions in which use is handed a context that has
// ended, or one that is made of it.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "find uses of contexts that have ended",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},

	ResultType: reflect.TypeFor[[]string](),
	Run: func(pass *analysis.Pass) (any, error) {
		view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
		view.Lock()
		defer view.Unlock()
		lives := ctxlife.New(pass)
		var names []string
		for _, f := range view.Funcs {
			if f.Obj != nil && endedIn(lives.Scene(f)) {
				names = append(names, f.Name)
			}
		}
		return names, nil
	},
}

func endedIn(s *ctxlife.Scene) bool {
	for _, l := range s.Lives() {
		fam := s.Family(l)
		for _, n := range s.Graph.Nodes {
			if n.Op.Is(syncapi.Call) && n.Op.Obj != nil && n.Op.Obj.Name() == "use" && fam[n.Args[0]] && s.Ended(l, n) != nil {
				return true
			}
		}
	}
	return false
}

func TestEnded(t *testing.T) {
	const source = `
func use(ctx context.Context) { <-ctx.Done() }

func cancelled(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	use(ctx)
}

func sometimes(ctx context.Context, b bool) {
	ctx, cancel := context.WithCancel(ctx)
	if b {
		cancel()
	}
	use(ctx)
	cancel()
}

func deferred(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	use(ctx)
}

func derived(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	child := context.WithValue(ctx, 1, 2)
	cancel()
	use(child)
}

func detached(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	use(context.WithoutCancel(ctx))
}

func waited(ctx context.Context) {
	<-ctx.Done()
	use(ctx)
}

type pair struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func start(p *pair) { p.ctx, p.cancel = context.WithCancel(context.Background()) }

func stop(p *pair) {
	p.cancel()
	use(p.ctx)
}

func restart(p *pair) {
	p.cancel()
	start(p)
	use(p.ctx)
}
`
	want := []string{"cancelled", "derived", "waited", "stop"}
	for _, act := range checktest.Analyze(t, checktest.LoadSources(t, source), probe) {
		got, _ := act.Result.([]string)
		if !slices.Equal(got, want) {
			t.Errorf("contexts have ended in %v, want %v", got, want)
		}
	}
}
