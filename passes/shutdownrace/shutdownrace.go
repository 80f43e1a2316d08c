package shutdownrace

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports shutdowns of servers that are cut short.
var Analyzer = &analysis.Analyzer{
	Name:     "shutdownrace",
	Doc:      docs.MustExtract(doc, "shutdownrace"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/shutdownrace",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the functions of a package that let a server run or shut it down,
// by themselves or by what they call.
//
// That nothing waits for Shutdown is a may-analysis that errs to silence: whatever the
// goroutine of Shutdown does behind it counts if anything in the function may wait for
// it, or if its caller may.
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	index  *symindex.Index
	values *values.Index
	root   *syntax.Tree
	lives  *ctxlife.Package
	does   map[*skeleton.Func]bool
	shut   map[skeleton.FieldClass]bool // fields that have a server which is shut down
	done   map[token.Pos]bool
	found  []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index:  pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		values: values.New(pass),
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		does:   make(map[*skeleton.Func]bool),
		shut:   make(map[skeleton.FieldClass]bool),
		done:   make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	var funcs []*skeleton.Func
	for _, f := range c.view.Funcs {
		if c.concerned(f, maxDepth) && !report.InTest(pass, f.Pos) {
			funcs = append(funcs, f)
		}
	}
	if len(funcs) == 0 {
		return nil, nil
	}
	c.lives = ctxlife.New(pass)
	c.shutFields()
	var scenes []*scene
	for _, f := range funcs {
		if s := c.scene(f); s != nil {
			scenes = append(scenes, s)
		}
	}
	for _, step := range []func(*scene){(*scene).exits, (*scene).left, (*scene).ended, (*scene).forever} {
		for _, s := range scenes {
			step(s)
		}
	}
	slices.SortStableFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// maxDepth bounds through how many functions a server is looked for.
const maxDepth = 3

// concerned reports whether f lets a server run or shuts one down.
func (c *checker) concerned(f *skeleton.Func, depth int) bool {
	if does, ok := c.does[f]; ok {
		return does
	}
	if depth == 0 {
		return false
	}
	if pkg, _ := f.From(); pkg != nil && syncapi.IsStandard(pkg) {
		obj := f.Obj
		return syncapi.IsShutdown(obj) || syncapi.IsServe(obj)
	}
	does := slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return slices.ContainsFunc([]*skeleton.Op{op, op.Inner}, func(o *skeleton.Op) bool { return c.opConcerned(o, depth) })
	})
	if depth == maxDepth {
		c.does[f] = does
	}
	return does
}

func (c *checker) opConcerned(o *skeleton.Op, depth int) bool {
	if o == nil {
		return false
	}
	if syncapi.IsShutdown(callee(o)) || syncapi.IsServe(callee(o)) {
		return true
	}
	for _, cb := range o.Callbacks {
		if r := cb.Func.Root; r != nil && r.Func != nil && c.concerned(r.Func, depth-1) {
			return true
		}
	}
	return slices.ContainsFunc(o.Targets, func(t *skeleton.Target) bool { return c.concerned(t.Func, depth-1) })
}

// callee returns the function that an operation calls, nil if it is none or not known.
// Operations of other packages know it by their target alone.
func callee(o *skeleton.Op) *types.Func {
	switch {
	case o.Obj != nil:
		return o.Obj
	case len(o.Targets) == 1:
		return o.Targets[0].Func.Obj
	}
	return nil
}

// shutFields notes the fields whose servers the package shuts down.
func (c *checker) shutFields() {
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			for _, o := range []*skeleton.Op{op, op.Inner} {
				if o == nil || !syncapi.IsShutdown(callee(o)) || len(o.Args) == 0 {
					continue
				}
				if class, ok := o.Args[0].Class(); ok {
					c.shut[class] = true
				}
			}
		}
	}
}

// A scene is a function with the servers that it, and the goroutines that it starts,
// let run and shut down.
type scene struct {
	*checker
	*ctxlife.Scene
	serves, shuts []*skeleton.Node
}

// scene returns the scene of f, nil if too little of it is known.
func (c *checker) scene(f *skeleton.Func) *scene {
	s := &scene{checker: c, Scene: c.lives.Scene(f, syncapi.Exit, syncapi.Panic, syncapi.Defer)}
	for g := range spawn.Graphs(s.Graph) {
		if g.Widened {
			return nil
		}
		for _, n := range g.Nodes {
			switch {
			case n.Op == nil || !n.Op.Is(syncapi.Call, syncapi.Work) || len(n.Args) == 0:
			case syncapi.IsServe(callee(n.Op)):
				s.serves = append(s.serves, n)
			case syncapi.IsShutdown(callee(n.Op)):
				s.shuts = append(s.shuts, n)
			}
		}
	}
	return s
}

// -- the process ends, or the function goes on --

// exits reports the exits that come behind a server which is shut down, and whose end
// by that is not told apart.
func (s *scene) exits() {
	for _, v := range s.serves {
		shut := s.shutOf(v)
		if shut == nil && !s.shutElsewhere(v) || s.tellsApart(v) {
			continue
		}
		for n := range spawn.Nodes(v.Graph, syncapi.Exit, syncapi.Panic) {
			if spawn.Leads(v, n) && n.Frame == v.Frame && !n.Recovered() && s.first(v, n) {
				s.exit(v, n, shut)
				break
			}
		}
	}
}

// shutOf returns the Shutdown of the server that v lets run, nil if there is none in the
// scene.
func (s *scene) shutOf(v *skeleton.Node) *skeleton.Node {
	for _, n := range s.shuts {
		if n.Args[0] == v.Args[0] && v.Args[0].IsOne() {
			return n
		}
	}
	return nil
}

// shutElsewhere reports whether another function shuts down the server in a field.
func (s *scene) shutElsewhere(v *skeleton.Node) bool {
	class, ok := v.Args[0].Class()
	return ok && s.shut[class]
}

// tellsApart reports whether the function around a call looks for the error by which a
// server says that it is shut down.
func (s *scene) tellsApart(v *skeleton.Node) bool {
	n := s.view.Node(v.Op)
	if n == nil {
		return true
	}
	cur, ok := s.root.FindNode(n)
	if !ok {
		return true
	}
	for up := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		for use := range up.Preorder((*ast.Ident)(nil)) {
			if syncapi.IsServerClosed(s.pass.TypesInfo.Uses[use.Node().(*ast.Ident)]) {
				return true
			}
		}
	}
	return false
}

// first reports whether nothing is waited for between a server and an exit behind it.
func (s *scene) first(v, n *skeleton.Node) bool {
	return skeleton.Leads(v, n, func(m *skeleton.Node) bool { return spawn.Blocks(m) || m.Op.Is(syncapi.Select) })
}

func (s *scene) exit(v, n, shut *skeleton.Node) {
	call := s.view.CallOf(n.Op)
	pos, end := s.view.Extent(n.Op)
	if shut != nil {
		for _, at := range []*skeleton.Node{shut, s.Site(shut)} {
			p, _ := s.view.Extent(at.Op)
			s.done[p] = true // one fault, one finding
		}
	}
	if !pos.IsValid() || end <= pos || s.done[pos] {
		return
	}
	name := "panic"
	if call != nil {
		name = s.view.Callee(n.Op)
	}
	s.done[pos] = true
	d := analysis.Diagnostic{
		Pos: pos, End: end, Category: categoryLeft,
		Message: fmt.Sprintf("%s ends the process when %s returns, which is while Shutdown still runs", name, s.view.Callee(v.Op)),
	}
	if shut != nil {
		at := shut
		if s.view.Node(at.Op) == nil {
			at = s.Site(shut)
		}
		if s.view.Node(at.Op) != nil {
			p, e := s.view.Extent(at.Op)
			d.Related = append(d.Related, analysis.RelatedInformation{Pos: p, End: e, Message: "the server is shut down here"})
		}
	}
	s.found = append(s.found, d)
}

// left reports a Shutdown on a goroutine for which the function does not wait, though
// it returns when the server does.
func (s *scene) left() {
	for _, shut := range s.shuts {
		if shut.Graph == s.Graph {
			continue
		}
		for _, v := range s.serves {
			if v.Args[0] != shut.Args[0] || !v.Args[0].IsOne() || spawn.Within(shut.Graph, v.Graph) && v.Graph != s.Graph {
				continue
			}
			if s.leaves(v) && !s.awaited(shut) {
				s.leftAt(v, shut)
			}
		}
	}
}

// leaves reports whether the function returns when the server v does.
func (s *scene) leaves(v *skeleton.Node) bool {
	returns := func(from *skeleton.Node) bool {
		return slices.ContainsFunc(s.Graph.Nodes, func(n *skeleton.Node) bool {
			return (n.Exit == skeleton.ByReturn || n.Exit == skeleton.ByExit) && spawn.Leads(from, n)
		})
	}
	if v.Graph == s.Graph {
		return returns(v)
	}
	sigs := spawn.SignalsAfter(v, s.Graph)
	if len(sigs) == 0 {
		return false
	}
	await := spawn.Awaiter(sigs, skeleton.Path{}, skeleton.Path{})
	return slices.ContainsFunc(s.Graph.Nodes, func(n *skeleton.Node) bool { return await(n) && returns(n) })
}

// awaited reports whether anything may wait for the Shutdown: the function does, on
// whatever goroutine, or what tells of the end is known outside.
func (s *scene) awaited(shut *skeleton.Node) bool {
	for at := shut; at != nil && at.Graph != s.Graph; at = at.Graph.Spawner {
		for n := range spawn.Nodes(at.Graph, syncapi.Send, syncapi.Close, syncapi.WgDone, syncapi.Cancel) {
			if spawn.Leads(at, n) && s.heard(at.Graph, n) {
				return true
			}
		}
	}
	return false
}

// heard reports whether what n signals, in the goroutine g, may be waited for elsewhere.
func (s *scene) heard(g *skeleton.Graph, n *skeleton.Node) bool {
	p, cancels := n.Res, n.Op.Is(syncapi.Cancel)
	if r := p.Root; !cancels && (r == nil || r.Kind == skeleton.Param || r.Kind == skeleton.Global || !p.IsOne()) {
		return true // who else waits for it is not known
	}
	for h := range spawn.Graphs(s.Graph) {
		for _, m := range h.Nodes {
			switch {
			case h == g || m.Op == nil:
			case cancels:
				if done := m.Res; m.Op.Is(syncapi.Recv) && done.Sel != nil && done.Sel.Name == "Done()" && p.Root != nil && done.Root.Pos == p.Root.Pos {
					return true
				}
			case m.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait) && m.Res == p, spawn.Escapes(m, p):
				return true
			}
		}
	}
	return false
}

func (s *scene) leftAt(v, shut *skeleton.Node) {
	at := s.Site(shut)
	serve := s.Site(v)
	call := s.view.CallOf(at.Op)
	if call == nil || s.view.CallOf(serve.Op) == nil || s.done[call.Pos()] {
		return
	}
	s.done[call.Pos()] = true
	pos, end := s.view.Extent(serve.Op)
	s.found = append(s.found, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(), Category: categoryLeft,
		Message: fmt.Sprintf("%s may return while %s still runs: %s on %s returns as soon as that is called",
			nameOf(s.Graph.Root), s.view.Callee(at.Op), s.view.Callee(serve.Op), report.Place(s.pass.Fset, pos, call.Pos())),
		Related: []analysis.RelatedInformation{{Pos: pos, End: end, Message: "the server returns before it has shut down"}},
	})
}

func nameOf(f *skeleton.Func) string {
	if f.Obj == nil {
		return "the function"
	}
	return f.Obj.Name()
}
