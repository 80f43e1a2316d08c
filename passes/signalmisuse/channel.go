package signalmisuse

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// maxResults bounds through how many functions the result of a call is followed.
const maxResults = 5

// channel reports a sink whose channel is made without a buffer.
func (c *checker) channel(s sink) {
	var sources []values.Source
	var t types.Type
	if s.fld != nil {
		sources, t = c.values.Of(s.fld), s.fld.Type()
	} else {
		sources, t = c.values.Sources(s.arg), c.pass.TypesInfo.TypeOf(s.arg)
	}
	for _, m := range c.makes(sources, maxResults) {
		if m.call != nil && !sameElem(t, c.pass.TypesInfo.TypeOf(m.call)) {
			continue // of another instance of a generic type
		}
		c.report(s, m)
		return
	}
}

// sameElem reports whether channels of the types a and b may be one.
func sameElem(a, b types.Type) bool {
	ca, ok := a.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	cb, ok := b.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	_, isParam := types.Unalias(cb.Elem()).(*types.TypeParam)
	return isParam || types.Identical(ca.Elem(), cb.Elem())
}

// A made channel has no buffer.
type made struct {
	call   *ast.CallExpr // nil if it is made in another package
	result ast.Expr      // the call that returns it from there
}

// makes returns where, among sources, channels without a buffer are made.
func (c *checker) makes(sources []values.Source, depth int) []made {
	var list []made
	for _, src := range sources {
		call, ok := ast.Unparen(src.Expr).(*ast.CallExpr)
		if !ok {
			continue
		}
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] == types.Universe.Lookup("make") {
			if c.unbuffered(call) {
				list = append(list, made{call: call})
			}
			continue
		}
		if c.pass.TypesInfo.Types[call.Fun].IsType() {
			if len(call.Args) == 1 && depth > 0 {
				list = append(list, c.makes(c.values.Sources(call.Args[0]), depth-1)...)
			}
			continue
		}
		if depth > 0 {
			list = append(list, c.returned(call, src.Index, depth-1)...)
		}
	}
	return list
}

// unbuffered reports whether a call of make makes a channel without a buffer.
func (c *checker) unbuffered(call *ast.CallExpr) bool {
	if len(call.Args) < 2 {
		return true
	}
	val := c.pass.TypesInfo.Types[call.Args[1]].Value
	return val != nil && constant.Sign(val) == 0
}

// returned returns the channels without a buffer that a call has as result i.
func (c *checker) returned(call *ast.CallExpr, i, depth int) []made {
	fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
	if fn == nil {
		return nil
	}
	fn = fn.Origin()
	if f := c.view.FuncOf(fn); f != nil && f.Imported() {
		if i < len(f.Results) && makesUnbuffered(f, f.Results[i]) {
			return []made{{result: call}}
		}
		return nil
	}
	id, ok := c.root.FindByPos(fn.Pos(), fn.Pos())
	if !ok {
		return nil
	}
	var list []made
	for decl := range id.Enclosing((*ast.FuncDecl)(nil)) {
		body := decl.Node().(*ast.FuncDecl).Body
		if body == nil {
			continue
		}
		ast.Inspect(body, func(n ast.Node) bool {
			if ret, ok := n.(*ast.ReturnStmt); ok && i < len(ret.Results) {
				list = append(list, c.makes(c.values.Sources(ret.Results[i]), depth)...)
			}
			_, isLit := n.(*ast.FuncLit)
			return !isLit
		})
	}
	return list
}

// makesUnbuffered reports whether p, a result of f, is a channel that f makes
// without a buffer.
func makesUnbuffered(f *skeleton.Func, p skeleton.Path) bool {
	if p.IsZero() || p.Sel != nil {
		return false
	}
	for _, op := range f.Ops() {
		if op.Is(syncapi.MakeChan) && op.Res == p {
			return op.NKnown && op.N == 0
		}
	}
	return false
}

func (c *checker) report(s sink, m made) {
	name := "the channel"
	switch {
	case s.fld != nil:
		name = s.fld.Name()
	case !isCall(s.arg):
		name = types.ExprString(s.arg)
	}
	d := analysis.Diagnostic{
		Pos: s.call.Pos(), End: s.call.End(),
		Message: fmt.Sprintf("%s drops signals that come while nobody waits for them: %s has no buffer", s.name, name),
	}
	at := m.result
	if m.call != nil {
		at = m.call
		if !c.fixed[m.call] {
			c.fixed[m.call] = true
			d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Make room for one signal", TextEdits: []analysis.TextEdit{room(m.call)}}}
		}
	}
	if at.Pos() < s.call.Pos() || at.End() > s.call.End() {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: at.Pos(), End: at.End(), Message: "the channel is made without a buffer here",
		})
	}
	report.Report(c.pass, d)
}

func isCall(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

// room returns the edit that gives a channel room for one value.
func room(call *ast.CallExpr) analysis.TextEdit {
	if len(call.Args) > 1 {
		return analysis.TextEdit{Pos: call.Args[1].Pos(), End: call.Args[1].End(), NewText: []byte("1")}
	}
	end := call.Args[0].End()
	return analysis.TextEdit{Pos: end, End: end, NewText: []byte(", 1")}
}
