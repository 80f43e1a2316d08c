package ctxafter

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A handler says which of the parameters of a function has the context of a request,
// or is it, by the shape of the function.
type handler struct {
	request func(i int) bool // has it
	ctx     int              // is it, -1 if none is
}

// requests returns what is known of f as a handler, nil if it is none.
func (c *checker) requests(f *skeleton.Func) *handler {
	var sig *types.Signature
	switch n := f.Syntax().(type) {
	case *ast.FuncDecl:
		if f.Obj == nil {
			return nil
		}
		sig = f.Obj.Signature()
	case *ast.FuncLit:
		sig, _ = c.pass.TypesInfo.TypeOf(n).(*types.Signature)
	}
	if sig == nil {
		return nil
	}
	shift := 0
	if sig.Recv() != nil {
		shift = 1
	}
	writes := false
	for p := range sig.Params().Variables() {
		writes = writes || syncapi.IsResponseWriter(p.Type())
	}
	carries := make(map[int]bool)
	i := shift
	for p := range sig.Params().Variables() {
		if writes && syncapi.IsRequest(p.Type()) || namedContext(p.Type()) || isStream(sig, p.Type()) {
			carries[i] = true
		}
		i++
	}
	h := &handler{request: func(i int) bool { return carries[i] }, ctx: -1}
	if isUnary(sig) {
		h.ctx = shift
	}
	if len(carries) == 0 && h.ctx < 0 {
		return nil
	}
	return h
}

// namedContext reports whether t is what a web framework hands to a handler: a type named
// Context that has the request in it.
func namedContext(t types.Type) bool {
	if syncapi.IsContext(t) {
		return false
	}
	u := types.Unalias(t)
	if p, ok := u.(*types.Pointer); ok {
		u = types.Unalias(p.Elem())
	}
	n, ok := u.(*types.Named)
	if !ok || n.Obj().Name() != "Context" {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, n.Obj().Pkg(), "Request")
	return obj != nil
}

// isUnary reports whether a method is one of a service of gRPC: the server embeds what the
// generator makes, and it takes a context and a message.
func isUnary(sig *types.Signature) bool {
	return embedsServer(sig) && sig.Params().Len() == 2 && syncapi.IsContext(sig.Params().At(0).Type()) && sig.Results().Len() == 2
}

// isStream reports whether t, the type of a parameter, is the stream of such a method.
func isStream(sig *types.Signature, t types.Type) bool {
	if !embedsServer(sig) || !types.IsInterface(t) || sig.Results().Len() != 1 {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Context")
	return obj != nil && !syncapi.IsContext(t)
}

func embedsServer(sig *types.Signature) bool {
	if sig.Recv() == nil {
		return false
	}
	t := sig.Recv().Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		name := f.Name()
		if f.Embedded() && (strings.HasPrefix(name, "Unimplemented") || strings.HasPrefix(name, "Unsafe")) && strings.HasSuffix(name, "Server") {
			return true
		}
	}
	return false
}

// outlived reports the goroutines that use the context of the request and that nothing
// in the handler waits for.
func (s *scene) outlived(h *handler) {
	graphs := slices.Collect(spawn.Graphs(s.Graph))
	fam := make(ctxlife.Family)
	for _, g := range graphs {
		for _, n := range g.Nodes {
			if n.Op.Is(syncapi.Call, syncapi.Work) && s.givesContext(n, h) {
				for _, r := range ctxlife.Results(n) {
					fam[r] = true
				}
			}
		}
	}
	if h.ctx >= 0 && h.ctx < len(s.Graph.Root.Params) {
		fam[skeleton.Path{Root: s.Graph.Root.Params[h.ctx]}] = true
	}
	if len(fam) == 0 {
		return
	}
	fam.Derive(graphs)
	for sp := range spawn.Goroutines(s.Graph) {
		s.goroutine(sp, fam)
	}
}

// givesContext reports whether n returns the context of the request of a handler.
func (s *scene) givesContext(n *skeleton.Node, h *handler) bool {
	if n.Op.Obj == nil || len(n.Args) == 0 || len(n.Op.Results) != 1 || !syncapi.IsContext(n.Op.Results[0].Type) {
		return false
	}
	r := n.Args[0].Root
	if r == nil || r.Kind != skeleton.Param || r.Owner != s.Graph.Root || !h.request(r.Index) {
		return false
	}
	return syncapi.IsRequestContext(n.Op.Obj) || n.Op.Obj.Name() == "Context" && len(n.Args) == 1
}

// lasting matches the names of functions that go on until their context ends.
var lasting = lazyregexp.New(`(?i)watch|serve|listen|loop|poll|heartbeat|keep.?alive|stream|monitor|subscribe|pump|forward|proxy|relay|consume|wait|tail|follow|ping|copy|pipe`)

// goroutine reports the goroutine sp if it uses a context of fam, and goes on when the
// handler returns.
func (s *scene) goroutine(sp *skeleton.Spawn, fam ctxlife.Family) {
	if sp.Node.Frame.Widened {
		return
	}
	var uses []*skeleton.Node
	for g := range spawn.Graphs(sp.Graph()) {
		for _, n := range g.Nodes {
			if watches(n, fam) {
				return
			}
			if i, ok := s.use(n, fam); ok {
				if n.Op.Obj != nil && lasting().MatchString(n.Op.Obj.Name()) || tied(n) || g.Widened {
					return
				}
				_ = i
				uses = append(uses, n)
			}
		}
	}
	if len(uses) == 0 || s.joined(sp, uses) {
		return
	}
	s.reportGoroutine(uses, fam)
}

// watches reports whether n waits for the end of a context alone, or looks for it in
// each turn of a loop: it is meant to end with that.
func watches(n *skeleton.Node, fam ctxlife.Family) bool {
	switch {
	case n.Op.Is(syncapi.Recv) && n.Res.Sel != nil && n.Res.Sel.Name == "Done()" && fam[n.Res.Base()]:
		return n.Op.Arm == nil || n.InLoop()
	case n.Op.Is(syncapi.CtxErr) && fam[n.Res]:
		return n.InLoop()
	}
	return false
}

// tied reports whether n is in a loop that waits for something in each turn.
func tied(n *skeleton.Node) bool {
	if !n.InLoop() {
		return false
	}
	for m := range spawn.Nodes(n.Graph, syncapi.Recv, syncapi.Select) {
		if m.SameLoop(n) {
			return true
		}
	}
	return false
}

// joined reports whether the handler may wait for the goroutine, hands what would tell
// of its end to code that is not known, or goes on until the end of the request itself.
func (s *scene) joined(sp *skeleton.Spawn, uses []*skeleton.Node) bool {
	sigs := spawn.SignalsAfter(uses[len(uses)-1], s.Graph)
	await := spawn.Awaiter(sigs, skeleton.Path{}, skeleton.Path{})
	if len(sigs) > 0 && slices.ContainsFunc(s.Graph.Nodes, await) {
		return true
	}
	var ways []skeleton.Path
	for g := range spawn.Graphs(sp.Graph()) {
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Close, syncapi.WgDone) {
			if r := n.Res.Root; r != nil && n.Res.IsOne() && (r.Owner != nil || r.Kind == skeleton.Made) {
				ways = append(ways, n.Res)
			}
		}
	}
	for _, n := range s.Graph.Nodes {
		if n.Op.Is(syncapi.Recv) && slices.ContainsFunc(ways, func(p skeleton.Path) bool { return n.Res == p }) {
			return true
		}
		if n != sp.Node && slices.ContainsFunc(ways, func(p skeleton.Path) bool { return p.Root.Kind != skeleton.Param && spawn.Escapes(n, p) }) {
			return true
		}
	}
	return s.staysOpen(sp)
}

// staysOpen reports whether the handler waits for the end of the request, or in a loop, once
// it has started the goroutine.
func (s *scene) staysOpen(sp *skeleton.Spawn) bool {
	for m := range spawn.Nodes(s.Graph, syncapi.Recv, syncapi.Select) {
		done := m.Op.Is(syncapi.Recv) && m.Res.Sel != nil && m.Res.Sel.Name == "Done()"
		if (done || m.InLoop()) && spawn.Leads(sp.Node, m) {
			return true
		}
	}
	return false
}

func (s *scene) reportGoroutine(uses []*skeleton.Node, fam ctxlife.Family) {
	var diag *analysis.Diagnostic
	var edits []analysis.TextEdit
	seen := make(map[token.Pos]bool)
	for _, use := range uses {
		i, _ := s.use(use, fam)
		name, pos, end, related := s.Describe(use, i)
		if name == "" || seen[pos] {
			continue
		}
		seen[pos] = true
		if diag == nil {
			if s.done[pos] {
				return
			}
			s.done[pos] = true
			diag = &analysis.Diagnostic{
				Pos: pos, End: end, Category: categoryRequest, Related: related,
				Message: fmt.Sprintf("%s ends when the handler returns, which does not wait for the goroutine that uses it", name),
			}
		}
		if s.Site(use) == use {
			edits = append(edits, wrap(pos, end)...)
		} else {
			edits = nil
			break
		}
	}
	if diag == nil {
		return
	}
	if len(edits) > 0 && s.mayDetach(diag.Pos) {
		diag.SuggestedFixes = []analysis.SuggestedFix{{Message: "Detach the context from the request", TextEdits: edits}}
	}
	s.found = append(s.found, *diag)
}

// wrap returns the edits that make of a context one that does not end with it.
func wrap(pos, end token.Pos) []analysis.TextEdit {
	return []analysis.TextEdit{
		{Pos: pos, End: pos, NewText: []byte("context.WithoutCancel(")},
		{Pos: end, End: end, NewText: []byte(")")},
	}
}

// mayDetach reports whether context.WithoutCancel can be named at pos.
func (c *checker) mayDetach(pos token.Pos) bool {
	for _, file := range c.pass.Files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		if v := c.pass.TypesInfo.FileVersions[file]; version.IsValid(v) && version.Compare(v, "go1.21") < 0 {
			return false
		}
	}
	scope := c.pass.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent("context", pos)
	pkg, ok := obj.(*types.PkgName)
	return ok && syncapi.IsContextPackage(pkg.Imported())
}

// -- tests --

// cleanups reports the contexts of tests that the functions of Cleanup use.
func (s *scene) cleanups() {
	for _, n := range s.Graph.Nodes {
		if n.Op == nil || !syncapi.IsCleanup(n.Op.Obj) || len(n.Args) == 0 {
			continue
		}
		for _, sp := range n.Spawns {
			s.cleanup(n, sp)
		}
	}
}

func (s *scene) cleanup(n *skeleton.Node, sp *skeleton.Spawn) {
	graphs := []*skeleton.Graph{s.Graph, sp.Graph()}
	fam := make(ctxlife.Family)
	for _, g := range graphs {
		for _, m := range g.Nodes {
			if m.Op.Is(syncapi.Call, syncapi.Work) && syncapi.IsTestContext(m.Op.Obj) && len(m.Args) > 0 && sameTest(m.Args[0], n.Args[0]) {
				for _, r := range ctxlife.Results(m) {
					fam[r] = true
				}
			}
		}
	}
	fam.Derive(graphs)
	m, d := s.firstUse(sp.Graph(), fam)
	if d == nil {
		return
	}
	d.Category = categoryCleanup
	d.Message += fmt.Sprintf(" has ended when the functions of %s are run", s.view.Callee(n.Op))
	if s.Site(m) == m && s.mayDetach(d.Pos) {
		d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Detach the context from the test", TextEdits: wrap(d.Pos, d.End)}}
	}
	s.found = append(s.found, *d)
}

// sameTest reports whether two receivers are one test: the methods that a test has from
// what it embeds act on that.
func sameTest(p, q skeleton.Path) bool {
	trim := func(p skeleton.Path) skeleton.Path {
		for p.Sel != nil && p.Sel.Name == "common" {
			p = p.Base()
		}
		return p
	}
	return !p.IsZero() && trim(p) == trim(q)
}
