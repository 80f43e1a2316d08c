package spinloop

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/spin"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports loops that spin until a variable changes.
var Analyzer = &analysis.Analyzer{
	Name:     "spinloop",
	Doc:      docs.MustExtract(doc, "spinloop"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/spinloop",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer},
	Run:      report.Run(run),
}

// spinning is what the loops do that are reported. To take a lock is idle, since
// the graphs have what is written under it, and that is not.
var spinning = &spin.Kind{
	Idle: map[syncapi.Op]bool{
		syncapi.Set: true, syncapi.Count: true, syncapi.Len: true, syncapi.Read: true, syncapi.Poll: true,
		syncapi.AtomicLoad: true, syncapi.AtomicStore: true, syncapi.AtomicUpdate: true, syncapi.MapRead: true,
		syncapi.Lock: true, syncapi.Unlock: true, syncapi.RLock: true, syncapi.RUnlock: true,
		syncapi.TryLock: true, syncapi.TryRLock: true, syncapi.SemTryAcquire: true,
		syncapi.CtxDone: true, syncapi.CtxErr: true, syncapi.Clock: true, syncapi.Yield: true,
		syncapi.Defer: true, syncapi.Recover: true, syncapi.Return: true,
	},
	Polls: []syncapi.Op{
		syncapi.Poll, syncapi.AtomicLoad, syncapi.MapRead, syncapi.CtxErr, syncapi.Len, syncapi.TryLock, syncapi.TryRLock,
		syncapi.SemTryAcquire, syncapi.Lock, syncapi.RLock, syncapi.Yield,
	},
	Memory: true,
}

// A checker reports what it finds in one package.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	root *syntax.Tree
	seen map[token.Pos]bool // of findings
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass: pass,
		view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root: pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		seen: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for l := range spinning.Loops(c.view) {
		if !c.competes(l) && !c.walks(l) && !c.helps(l) {
			c.report(l)
		}
	}
	for cur := range c.root.Preorder((*ast.ForStmt)(nil)) {
		c.empty(cur, cur.Node().(*ast.ForStmt))
	}
	return nil, nil
}

// competes reports whether the loop is one of those by which goroutines contend for
// something without a lock: it tries to change what it looks at, or reads twice
// what tells that nothing has changed in between, the second time perhaps under a
// lock.
func (c *checker) competes(l *spin.Loop) bool {
	loads := make(map[skeleton.Path]*skeleton.Op)
	if checksAgain(l) {
		return true
	}
	for _, n := range l.Graph.Nodes {
		if n.Op == nil || !l.Nodes[n] && !n.SameLoop(l.Polls[0]) {
			continue
		}
		switch n.Op.Kind {
		case syncapi.AtomicCAS, syncapi.CondWait: // which it waits for if there is nothing to do
			return true
		case syncapi.Call:
			if slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return c.view.May(t.Func, syncapi.CondWait) }) {
				return true
			}
		case syncapi.AtomicUpdate:
			if len(n.Op.Results) > 0 && n.Op.Results[0].Tested() {
				return true
			}
		case syncapi.AtomicLoad:
			if first := loads[n.Res]; first != nil && first != n.Op {
				return true
			}
			loads[n.Res] = n.Op
		}
	}
	return false
}

// helps reports whether the loop looks under a lock at something that it may change
// itself, by what it calls: it goes on while there is something to do.
func (c *checker) helps(l *spin.Loop) bool {
	if !telling(l).Op.Is(syncapi.Lock, syncapi.RLock) {
		return false
	}
	looksAt := make(map[skeleton.Path]bool)
	for _, n := range l.Graph.Nodes {
		if n.Op.Is(syncapi.Read) && n.Frame == l.Frame && l.Nodes[n] {
			looksAt[n.Res] = true
		}
	}
	for _, n := range l.Graph.Nodes {
		if n.Op.Is(syncapi.Call) && n.Frame == l.Frame && n.SameLoop(l.Polls[0]) && slices.ContainsFunc(c.view.CallEffects(n, syncapi.Write), func(e skeleton.Effect) bool {
			return !e.Started && looksAt[e.Res]
		}) {
			return true
		}
	}
	return false
}

// checksAgain reports whether the loop takes a lock behind an atomic load, and loads
// again what may be the same while it holds the lock: it goes round once more only if
// another goroutine has been faster.
func checksAgain(l *spin.Loop) bool {
	for _, lock := range l.Graph.Nodes {
		if !lock.Op.Is(syncapi.Lock) || !l.Nodes[lock] && !lock.SameLoop(l.Polls[0]) {
			continue
		}
		unlocks := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Unlock) && n.Res == lock.Res }
		for _, second := range l.Graph.Nodes {
			if !second.Op.Is(syncapi.AtomicLoad) || !second.SameLoop(lock) || spawn.Path(lock, second, unlocks) == nil {
				continue
			}
			for _, first := range l.Graph.Nodes {
				if first.Op.Is(syncapi.AtomicLoad) && first.Op != second.Op && first.SameLoop(lock) && first.Op.Obj == second.Op.Obj &&
					spawn.Path(lock, first, unlocks) == nil {
					return true
				}
			}
		}
	}
	return false
}

// report reports a loop that spins, unless that has been done when its function was
// looked at by itself.
func (c *checker) report(l *spin.Loop) {
	poll := telling(l)
	at := place(l, poll)
	if at.Op.Fn.Imported() {
		return
	}
	d := analysis.Diagnostic{}
	d.Pos, d.End = c.head(at.Op)
	if d.End <= d.Pos || c.seen[d.Pos] {
		return
	}
	c.seen[d.Pos] = true
	switch {
	case at != poll && at.Op.Obj != nil:
		d.Message = fmt.Sprintf("this loop spins: %s returns at once, and nothing else in the loop waits", c.view.Callee(at.Op))
	case poll.Op.Is(syncapi.Yield):
		d.Message = "this loop spins: it lets others run, but waits for nothing"
	case poll.Op.Is(syncapi.Lock, syncapi.RLock):
		d.Message = fmt.Sprintf("this loop spins: it looks again and again at what %s guards, and waits for nothing", c.text(poll))
	default:
		d.Message = fmt.Sprintf("this loop spins: it looks at %s again and again, and waits for nothing", c.text(poll))
	}
	if pos, end := c.view.Extent(poll.Op); end > pos && !poll.Op.Is(syncapi.Yield) && c.line(pos) != c.line(d.Pos) {
		d.Related = []analysis.RelatedInformation{{Pos: pos, End: end, Message: "this is done in each turn of the loop, millions of times a second"}}
	}
	report.Report(c.pass, d)
}

// place returns the operation of the function that has the loop by which poll comes
// about: there the reader finds the loop.
func place(l *spin.Loop, poll *skeleton.Node) *skeleton.Node {
	at := poll
	for _, call := range poll.Calls() {
		if call.Frame == l.Frame {
			at = call
		}
	}
	return at
}

// walks reports whether the loop looks at another object in each turn: the variable
// that has it is assigned in the loop.
func (c *checker) walks(l *spin.Loop) bool {
	poll := telling(l)
	root := poll.Res.Root
	if !poll.Op.Is(syncapi.AtomicLoad) || root == nil || root.Kind != skeleton.Value || root.Name == "" {
		return false
	}
	pos := place(l, poll).Op.Pos
	cur, ok := c.root.FindByPos(pos, pos)
	if !ok {
		return false
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		loop, ok := up.Node().(*ast.ForStmt)
		if !ok {
			return false
		}
		if assigns(loop, root.Name) {
			return true
		}
	}
	return false
}

// assigns reports whether an assignment in the loop is to the variable name.
func assigns(loop *ast.ForStmt, name string) bool {
	found := false
	ast.Inspect(loop, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			for _, lhs := range a.Lhs {
				id, ok := lhs.(*ast.Ident)
				found = found || ok && id.Name == name
			}
		}
		return !found
	})
	return found
}

func (c *checker) line(pos token.Pos) token.Position {
	p := c.pass.Fset.Position(pos)
	return token.Position{Filename: p.Filename, Line: p.Line}
}

// telling returns the poll of the loop that says most of what it waits for.
func telling(l *spin.Loop) *skeleton.Node {
	for _, kind := range spinning.Polls {
		var found *skeleton.Node
		for n := range l.Nodes {
			if n.Op.Is(kind) && (found == nil || n.ID < found.ID) {
				found = n
			}
		}
		if found != nil {
			return found
		}
	}
	return l.Polls[0]
}

func (c *checker) text(n *skeleton.Node) string {
	if n.Op.Is(syncapi.Poll) || c.view.Node(n.Op) == nil || n.Op.Obj != nil && n.Op.Obj.Signature().Recv() == nil {
		return n.Res.String()
	}
	return c.view.Text(n.Op)
}

// head returns the extent of the head of the loop that op is in: its keyword and
// condition. If there is no such statement it is that of op.
func (c *checker) head(op *skeleton.Op) (pos, end token.Pos) {
	cur, ok := c.root.FindByPos(op.Pos, op.Pos)
	if !ok {
		return c.view.Extent(op)
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch s := up.Node().(type) {
		case *ast.ForStmt:
			if s.Cond != nil {
				return s.For, s.Cond.End()
			}
			return s.For, s.For + token.Pos(len("for"))
		case *ast.RangeStmt:
			return s.For, s.X.End()
		}
		break
	}
	return c.view.Extent(op)
}

// empty reports a loop that has no body and no end.
func (c *checker) empty(cur inspector.Cursor, s *ast.ForStmt) {
	if len(s.Body.List) > 0 || s.Init != nil || s.Post != nil || c.seen[s.For] || c.unreached(cur) {
		return
	}
	if s.Cond != nil {
		val := c.pass.TypesInfo.Types[s.Cond].Value
		if val == nil || val.Kind() != constant.Bool || !constant.BoolVal(val) {
			return
		}
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: s.For, End: s.Body.End(),
		Message: "this loop spins: it has no body and no end",
	})
}

// unreached reports whether the statement before that at cur panics, or calls a
// function which does not return.
func (c *checker) unreached(cur inspector.Cursor) bool {
	before, ok := cur.PrevSibling()
	if !ok {
		return false
	}
	stmt, ok := before.Node().(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	if b, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Builtin); ok {
		return b.Name() == "panic"
	}
	f := c.view.FuncOf(typeutil.StaticCallee(c.pass.TypesInfo, call))
	return f != nil && !f.Returns
}
