package lockorder

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// siblings reports an edge between two objects of one type, both of which the
// function is given, unless they are parent and child or some order is stated.
func (c *checker) siblings(e *lockset.Edge) {
	a, b := e.Held.Base(), e.Taken.Base()
	if !e.From.IsField() || !isGiven(a, e.Func) || !isGiven(b, e.Func) || e.SharedFirst() && e.SharedSecond() ||
		c.compares(e.Func, 3) {
		return
	}
	single := c.locks.View.Sure(func() bool {
		t := c.locks.Confirm(e)
		if t == nil {
			return false
		}
		held := c.around(e, t)
		delete(held, e.From)
		return len(held) == 0
	})
	if !single {
		return
	}
	pos, end := c.locks.View.Extent(e.Second)
	of := " of another %s"
	if !strings.Contains(c.held(e), ".") {
		of = ", another %s," // the lock is embedded
	}
	state := " is " + held(e.SharedFirst())
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: strings.TrimSuffix(c.what(e), state) + fmt.Sprintf(of, e.From.Class.Type.Name()) + state + ", in no order",
		Related: []analysis.RelatedInformation{c.related(e.First, fmt.Sprintf("%s is %s here", c.held(e), locked(e.SharedFirst())))},
	})
}

// isGiven reports whether p is a parameter itself, of f or of a function around
// it.
func isGiven(p skeleton.Path, f *skeleton.Func) bool {
	r := p.Root
	return r.Kind == skeleton.Param && p.Sel == nil && r.Owner != nil && r.Owner.Outermost() == f.Outermost()
}

// compares reports whether f, or all of its callers up to some depth, compare
// anything by size: an order may come of it.
func (c *checker) compares(f *skeleton.Func, depth int) bool {
	if syntax := f.Outermost().Syntax(); syntax != nil && comparesBySize(syntax) {
		return true
	}
	ops, ok := c.locks.Callers(f)
	if !ok || depth == 0 {
		return false
	}
	for _, op := range ops {
		if !c.compares(op.Fn, depth-1) {
			return false
		}
	}
	return true
}

func comparesBySize(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ:
				found = true
			}
		case *ast.SelectorExpr:
			name := n.Sel.Name
			found = found || strings.Contains(name, "Compare") || strings.Contains(name, "Less") || strings.Contains(name, "Sort")
		}
		return !found
	})
	return found
}

// atOnce reports whether the edges of a cycle of locks that are variables of
// one function are on different goroutines that it starts, or leads to, in no
// order.
func (c *checker) atOnce(edges []*lockset.Edge) bool {
	owner := edges[0].From.Variable.Root.Owner
	if owner == nil {
		return false
	}
	at := make(map[*lockset.Edge]*skeleton.Node)
	for g := range spawn.Graphs(c.locks.View.Expand(owner)) {
		for _, n := range g.Nodes {
			for _, e := range edges {
				if k, ok := lockset.KeyOf(n.Res); ok && k == e.To && n.Op == e.Inner && at[e] == nil {
					at[e] = n
				}
			}
		}
	}
	for i, e := range edges {
		for _, o := range edges[:i] {
			x, y := at[e], at[o]
			if x == nil || y == nil || x.Graph == y.Graph || spawn.HappensBefore(x, y) || spawn.HappensBefore(y, x) {
				return false
			}
		}
	}
	return true
}
