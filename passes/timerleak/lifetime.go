package timerleak

import (
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// lifetimes tell which functions run once in the life of the process, so that
// what they start may live as long.
type lifetimes struct {
	callers map[*skeleton.Func][]caller
	once    map[*skeleton.Func]bool // handed to a sync.Once of the package
	known   map[*skeleton.Func]bool
}

// A caller is a function that calls, defers or starts another.
type caller struct {
	f      *skeleton.Func
	inLoop bool // or otherwise many times
}

func newLifetimes(view *skeleton.View, skip func(*skeleton.Func) bool) *lifetimes {
	l := &lifetimes{
		callers: make(map[*skeleton.Func][]caller),
		once:    make(map[*skeleton.Func]bool),
		known:   make(map[*skeleton.Func]bool),
	}
	for _, f := range view.Funcs {
		if skip(f) {
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

func (l *lifetimes) note(f *skeleton.Func, b *skeleton.Block, op *skeleton.Op) {
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
				if o.Res.Root != nil && o.Res.Root.Kind == skeleton.Global {
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

// asProcess reports whether f runs but once, at most, by all that its package
// says: it is main or init, or only such functions call it, outside of loops.
func (l *lifetimes) asProcess(f *skeleton.Func) bool {
	if k, ok := l.known[f]; ok {
		return k
	}
	l.known[f] = false // for recursion
	k := l.find(f)
	l.known[f] = k
	return k
}

func (l *lifetimes) find(f *skeleton.Func) bool {
	if l.once[f] || isInit(f) || isMain(f.Obj) {
		return true
	}
	pkg := f.Outermost().Obj
	inMain := pkg != nil && pkg.Pkg().Name() == "main"
	if f.Obj != nil && f.Obj.Exported() && !inMain {
		return false
	}
	callers := l.callers[f]
	if len(callers) == 0 {
		return inMain && f.Parent != nil // a literal that is handed on, to the framework of a command, say
	}
	for _, by := range callers {
		if by.inLoop || !l.asProcess(by.f) {
			return false
		}
	}
	return true
}

// isInit reports whether f is an init function, or holds the initial values of
// package variables.
func isInit(f *skeleton.Func) bool {
	if f.Parent != nil {
		return false
	}
	return f.Obj == nil || f.Obj.Name() == "init" && f.Obj.Signature().Recv() == nil
}

func isMain(fn *types.Func) bool {
	return fn != nil && fn.Name() == "main" && fn.Pkg().Name() == "main" && fn.Signature().Recv() == nil
}
