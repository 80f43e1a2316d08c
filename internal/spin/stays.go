package spin

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A stayer finds the cases of select statements that are ready for ever once they are.
type stayer struct {
	pkg   *types.Package
	info  *types.Info
	view  *skeleton.View
	root  *syntax.Tree
	index *symindex.Index
	known map[*skeleton.Op]bool // see stays
}

// Staying is what loops do that spin once a context has ended or a channel is closed, since
// the case of a select statement that is ready then does not end them.
//
// That they go on is a must-analysis but for calls that are given the context, which are
// taken to return an error at once.
func Staying(pass *analysis.Pass, view *skeleton.View, root *syntax.Tree, index *symindex.Index) *Kind {
	c := &stayer{pkg: pass.Pkg, info: pass.TypesInfo, view: view, root: root, index: index, known: make(map[*skeleton.Op]bool)}
	return &Kind{Idle: Idle, Stays: c.stays, Fails: c.fails, Passes: c.logs}
}

// stays reports whether op receives the end of a context that is the same in each turn, or
// from a channel that the package only closes.
func (c *stayer) stays(op *skeleton.Op) bool {
	stays, ok := c.known[op]
	if !ok {
		stays = c.lasts(op) || c.closedForGood(op)
		c.known[op] = stays
	}
	return stays
}

// lasts reports whether op receives the end of a context that its function is given, has in
// a field, or makes outside of all loops.
func (c *stayer) lasts(op *skeleton.Op) bool {
	sel := op.Res.Sel
	if sel == nil || sel.Name != "Done()" || op.Res.Root == nil {
		return false
	}
	switch root := op.Res.Root; root.Kind {
	case skeleton.Param:
		return sel.Up == nil || !sets(op.Fn, op.Res.Base())
	case skeleton.Result:
		return sel.Up == nil && root.Owner != nil && !slices.ContainsFunc(root.Owner.Blocks, func(b *skeleton.Block) bool {
			return b.InLoop() && slices.ContainsFunc(b.Ops, func(o *skeleton.Op) bool { return slices.Contains(o.Results, root.Origin()) })
		})
	}
	return false
}

// closedForGood reports whether op receives from a channel that the package makes by one
// statement, closes and does not send on.
func (c *stayer) closedForGood(op *skeleton.Op) bool {
	v := chans.Variable(c.view, c.info, op)
	if v == nil || v.Pkg() != c.pkg || sets(op.Fn, op.Res) {
		return false
	}
	u := chans.UsesOf(c.root, c.index, c.info, v)
	return !u.Open && len(u.Makes) == 1 && len(u.Closes) > 0 && len(u.Sends) == 0
}

// sets reports whether f gives the variable or field p a value.
func sets(f *skeleton.Func, p skeleton.Path) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return op.Is(syncapi.Set, syncapi.Store) && op.Res == p })
}

// fails reports whether op is a call that is given a context whose end its function waits
// for by an arm of a loop, and returns an error.
func (c *stayer) fails(op *skeleton.Op) bool {
	isError := func(r *skeleton.Root) bool {
		return r != nil && syncapi.IsError(r.Type)
	}
	return op.Is(syncapi.Call) && slices.ContainsFunc(op.Results, isError) && slices.ContainsFunc(op.Fn.Ops(), func(arm *skeleton.Op) bool {
		return arm.Is(syncapi.Recv) && arm.Arm != nil && c.stays(arm) && slices.Contains(op.Args, arm.Res.Base())
	})
}

// logs reports whether op stands for nothing but statements that log: it may be the work of
// all up to the next select statement, or the end of a block.
func (c *stayer) logs(op *skeleton.Op) bool {
	if !op.Is(syncapi.Call, syncapi.Work) {
		return false
	}
	cur, ok := c.root.FindByPos(op.Pos, op.Pos)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.ExprStmt)(nil)) {
		for ok := true; ok; at, ok = at.NextSibling() {
			switch st := at.Node().(type) {
			case *ast.SelectStmt, *ast.BranchStmt:
				return true
			case *ast.ExprStmt:
				call, isCall := st.X.(*ast.CallExpr)
				if !isCall || !syncapi.IsLogging(typeutil.StaticCallee(c.info, call)) {
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	return false
}
