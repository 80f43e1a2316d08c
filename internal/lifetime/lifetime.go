// Package lifetime is a view of a package: which of its functions run once in the
// life of the process, by all that the package says, so that what they start may
// live as long.
package lifetime

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Lifetimes tell which functions run once in the life of the process, so that
// what they start may live as long.
type Lifetimes struct {
	index   *symindex.Index
	skip    func(token.Pos) bool // whether code there does not count
	callers map[*skeleton.Func][]caller
	once    map[*skeleton.Func]bool            // handed to a sync.Once of the package
	onceOf  map[*skeleton.Func]*types.TypeName // handed to one in a field of a type
	known   map[*skeleton.Func]bool
	funcs   map[ast.Node]*skeleton.Func
}

// A caller is a function that calls, defers or starts another.
type caller struct {
	f      *skeleton.Func
	inLoop bool // or otherwise many times
}

// New returns the lifetimes of the functions of a package. Code at positions for
// which skip holds does not count.
func New(view *skeleton.View, index *symindex.Index, skip func(token.Pos) bool) *Lifetimes {
	l := &Lifetimes{
		index:   index,
		skip:    skip,
		callers: make(map[*skeleton.Func][]caller),
		once:    make(map[*skeleton.Func]bool),
		onceOf:  make(map[*skeleton.Func]*types.TypeName),
		known:   make(map[*skeleton.Func]bool),
		funcs:   make(map[ast.Node]*skeleton.Func),
	}
	for _, f := range view.Funcs {
		if n := f.Syntax(); n != nil {
			l.funcs[n] = f
		}
		if skip(f.Pos) {
			continue
		}
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				l.note(f, b, op)
			}
		}
	}
	return l
}

func (l *Lifetimes) note(f *skeleton.Func, b *skeleton.Block, op *skeleton.Op) {
	for _, o := range []*skeleton.Op{op, op.Inner} {
		if o == nil {
			continue
		}
		for _, t := range o.Targets {
			l.callers[t.Func] = append(l.callers[t.Func], caller{f, b.InLoop()})
		}
		for _, cb := range o.Callbacks {
			r := cb.Func.Root
			if r == nil || r.Func == nil {
				continue
			}
			switch {
			case o.Kind == syncapi.OnceDo:
				if class, ok := o.Res.Class(); ok {
					l.onceOf[r.Func] = class.Type
				} else if o.Res.Root != nil && o.Res.Root.Kind == skeleton.Global {
					l.once[r.Func] = true
				}
			case o.Kind == syncapi.OnceFunc:
				l.once[r.Func] = isInit(f)
			case cb.Mode.Starts():
				many := cb.Mode == syncapi.Many || cb.Mode == syncapi.ManyNow
				l.callers[r.Func] = append(l.callers[r.Func], caller{f, many || b.InLoop()})
			}
		}
	}
}

// AsProcess reports whether f runs but once, at most, by all that its package
// says: it is main or init, or only such functions call it, outside of loops.
func (l *Lifetimes) AsProcess(f *skeleton.Func) bool {
	if k, ok := l.known[f]; ok {
		return k
	}
	l.known[f] = false // for recursion
	k := l.find(f)
	l.known[f] = k
	return k
}

func (l *Lifetimes) find(f *skeleton.Func) bool {
	if l.once[f] || isInit(f) || IsMain(f.Obj) {
		return true
	}
	if tn := l.onceOf[f]; tn != nil {
		return l.singleton(tn)
	}
	pkg := f.Outermost().Obj
	inMain := pkg != nil && pkg.Pkg().Name() == "main"
	if f.Obj != nil && f.Obj.Exported() && !inMain {
		return false
	}
	callers := append(l.byName(f), l.callers[f]...)
	if len(callers) == 0 {
		return inMain && f.Parent != nil // a literal that is handed on, to the framework of a command, say
	}
	for _, by := range callers {
		if by.inLoop || by.f != nil && !l.AsProcess(by.f) {
			return false
		}
	}
	return true
}

// byName returns the callers that name f, which calls of functions that do nothing
// to a skeleton are seen by alone. Who uses it in another way may call it often.
func (l *Lifetimes) byName(f *skeleton.Func) []caller {
	if f.Obj == nil {
		return nil
	}
	var callers []caller
	for use := range l.index.Uses(f.Obj) {
		if l.skip(use.Node().Pos()) {
			continue
		}
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		by := caller{inLoop: use.ParentEdgeKind() != edge.CallExpr_Fun}
		for encl := range use.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			switch encl.Node().(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				by.inLoop = true
				continue
			}
			by.f = l.funcs[encl.Node()]
			by.inLoop = by.inLoop || by.f == nil
			break
		}
		callers = append(callers, by)
	}
	return callers
}

// singleton reports whether only one value of a type is ever made, as far as the
// package says.
func (l *Lifetimes) singleton(tn *types.TypeName) bool {
	if tn.Exported() {
		return false
	}
	made := 0
	for use := range l.index.Uses(tn) {
		switch use.ParentEdgeKind() {
		case edge.CompositeLit_Type, edge.ValueSpec_Type, edge.CallExpr_Args:
			made++
			for encl := range use.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
				if f := l.funcs[encl.Node()]; f == nil || !l.AsProcess(f) {
					return false
				}
				break
			}
		case edge.Field_Type:
			if use.Parent().Parent().ParentEdgeKind() == edge.StructType_Fields {
				return false // one in each value of another type
			}
		case edge.ArrayType_Elt, edge.MapType_Value, edge.TypeSpec_Type:
			return false
		}
	}
	return made == 1
}

// isInit reports whether f is an init function, or holds the initial values of
// package variables.
func isInit(f *skeleton.Func) bool {
	if f.Parent != nil {
		return false
	}
	return f.Obj == nil || f.Obj.Name() == "init" && f.Obj.Signature().Recv() == nil
}

// IsMain reports whether the process ends with fn.
func IsMain(fn *types.Func) bool {
	return fn != nil && fn.Name() == "main" && fn.Pkg().Name() == "main" && fn.Signature().Recv() == nil
}
