package skeleton

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// summaries is the fact of a package: the skeletons of those of its functions
// that do something to what a caller can name, and of what these call, in other
// packages as well. They are kept in a form of our own, decoded when a caller first
// asks, because a package's facts are read again by all packages that import it.
type summaries struct{ Data []byte }

// AFact marks summaries as a fact.
func (*summaries) AFact() {}

// String tells how large the fact is.
func (s *summaries) String() string { return fmt.Sprintf("skeletons in %d bytes", len(s.Data)) }

// key names a declared function within its package: Func or Type.Method.
func key(obj *types.Func) string {
	recv := obj.Signature().Recv()
	if recv == nil {
		return obj.Name()
	}
	if name, _ := structOrNamed(recv.Type()); name != "" {
		return name + "." + obj.Name()
	}
	return ""
}

func structOrNamed(t types.Type) (string, bool) {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return "", false
	}
	return n.Obj().Name(), true
}

// -- reading --

// An importer reads the skeletons of other packages.
//
// A driver of separate units hands on the facts of the packages that one imports by
// itself, and no others. What these call of others is in their own facts, and all
// drivers are held to that.
type importer struct {
	pass     *analysis.Pass
	in       *interner
	known    map[*types.Package]*importedSummaries // of the packages that are imported, nil until they are read
	borrowed map[origin]*Func                      // what those call of other packages
	byPath   map[string]*types.Package             // all packages in reach, and what stands for others
}

// importedSummaries are the skeletons of another package, by key.
type importedSummaries struct {
	funcs   map[string]*Func
	globals map[string]*Root // the variables that they name
}

// An origin says which declared function of which package one is.
type origin struct{ path, key string }

// load reads the skeletons of all packages that are imported.
func (im *importer) load() {
	if im.known != nil {
		return
	}
	im.known, im.borrowed = make(map[*types.Package]*importedSummaries), make(map[origin]*Func)
	for _, pkg := range im.pass.Pkg.Imports() {
		im.known[pkg] = nil
	}
	for _, pkg := range im.pass.Pkg.Imports() {
		im.of(pkg)
	}
}

// of returns the skeletons of pkg, nil if it has none or is not imported.
func (im *importer) of(pkg *types.Package) *importedSummaries {
	im.load()
	s, imported := im.known[pkg]
	if s != nil || !imported {
		return s
	}
	s = new(importedSummaries)
	im.known[pkg] = s
	fact := new(summaries)
	if im.pass.ImportPackageFact(pkg, fact) && len(fact.Data) > 0 {
		d := &decoder{im: im, pkg: pkg, data: fact.Data}
		s.funcs = d.decode()
		s.globals = d.globals
	}
	return s
}

// find returns the skeleton of a declared function of another package, from the facts
// of that or of others that call it; nil if there is none.
func (im *importer) find(o origin) *Func {
	if o.key == "" {
		return nil
	}
	if s := im.of(im.pkg(o.path)); s != nil {
		return s.funcs[o.key]
	}
	return im.borrowed[o]
}

// has reports whether there is a skeleton of fn, a function of another package.
func (im *importer) has(fn *types.Func) bool {
	return fn.Pkg() != nil && im.find(origin{fn.Pkg().Path(), key(fn)}) != nil
}

// importFunc returns the skeleton of obj from the facts of the packages that are imported.
func (im *importer) importFunc(obj *types.Func) *Func {
	f := im.find(origin{obj.Pkg().Path(), key(obj)})
	if f != nil && f.Obj == nil {
		f.Obj, f.Pos = obj, obj.Pos()
	}
	return f
}

// standIn returns the package of the given path and name, or what stands for it if it is
// out of reach.
func (im *importer) standIn(path, name string) *types.Package {
	if pkg := im.pkg(path); pkg != nil {
		return pkg
	}
	im.byPath[path] = types.NewPackage(path, name)
	return im.byPath[path]
}

// pkg returns the package with the given path, if it is in reach.
func (im *importer) pkg(path string) *types.Package {
	if im.byPath == nil {
		im.byPath = make(map[string]*types.Package)
		var visit func(p *types.Package)
		visit = func(p *types.Package) {
			if im.byPath[p.Path()] != nil {
				return
			}
			im.byPath[p.Path()] = p
			for _, q := range p.Imports() {
				visit(q)
			}
		}
		visit(im.pass.Pkg)
	}
	return im.byPath[path]
}

// typeName resolves "path.Name".
func (im *importer) typeName(ref string) *types.TypeName {
	dot := strings.LastIndexByte(ref, '.')
	if dot < 0 {
		return nil
	}
	if p := im.pkg(ref[:dot]); p != nil {
		tn, _ := p.Scope().Lookup(ref[dot+1:]).(*types.TypeName)
		return tn
	}
	return nil
}

// -- choosing what to export --

// export exports the skeletons that callers in other packages may need.
func (v *View) export() {
	keep := v.chooseExports()
	e := newEncoder(v.pass.Pkg)
	e.polls = func(f *Func) bool { return v.May(f, syncapi.Default) }
	for _, f := range v.Funcs {
		if keep[f] {
			e.add(f)
		}
	}
	for _, m := range lentMethods(v.pass.Pkg) {
		if f := v.importFunc(m); f != nil {
			e.funcRef(f)
		}
	}
	if len(e.funcs) > 0 {
		v.pass.ExportPackageFact(&summaries{e.encode()})
	}
}

// lentMethods returns the methods of other packages that one can call on what pkg has in
// variables and fields, and on what it returns, without importing those packages.
func lentMethods(pkg *types.Package) []*types.Func {
	l := &lender{pkg: pkg, seen: make(map[*types.Named]bool)}
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Var:
			l.variable(obj)
		case *types.Func:
			l.results(obj)
		case *types.TypeName:
			l.declared(obj)
		}
	}
	return l.methods
}

type lender struct {
	pkg     *types.Package
	seen    map[*types.Named]bool
	methods []*types.Func
}

// declared notes the methods lent by the fields and methods of a type of the package.
func (l *lender) declared(obj *types.TypeName) {
	n, ok := obj.Type().(*types.Named)
	if !ok || !obj.Exported() {
		return
	}
	for m := range n.Methods() {
		l.results(m)
	}
	if st, ok := n.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			l.variable(f)
		}
	}
}

func (l *lender) results(f *types.Func) {
	if f.Exported() {
		for v := range f.Signature().Results().Variables() {
			l.value(v.Type())
		}
	}
}

func (l *lender) variable(v *types.Var) {
	if v.Exported() {
		l.value(v.Type())
	}
}

// value notes the methods of a value of type t.
func (l *lender) value(t types.Type) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || l.seen[n] || n.Obj().Pkg() == nil || n.Obj().Pkg() == l.pkg || types.IsInterface(n) {
		return
	}
	l.seen[n] = true
	for m := range n.Methods() {
		if m.Exported() {
			l.methods = append(l.methods, m.Origin())
		}
	}
}

// chooseExports returns the functions with an effect that a caller can name,
// or that an exported one of these calls.
func (v *View) chooseExports() map[*Func]bool {
	visible := make(map[*Func]bool)
	for _, f := range v.Funcs {
		visible[f] = exportable(f) || f.Obj != nil && !f.Returns && len(f.Blocks) > 0
	}
	for changed := true; changed; {
		changed = false
		for _, f := range v.Funcs {
			if !visible[f] && passesOn(f, visible) {
				visible[f] = true
				changed = true
			}
		}
	}
	keep := make(map[*Func]bool)
	var add func(f *Func)
	add = func(f *Func) {
		if keep[f] || !visible[f] {
			return
		}
		keep[f] = true
		for p := f.Parent; p != nil; p = p.Parent {
			keep[p] = true // owns what the literal captures
		}
		eachCallee(f, add)
	}
	for _, f := range v.Funcs {
		if f.Obj != nil && f.Obj.Exported() && !report.InTest(v.pass, f.Pos) {
			add(f)
		}
	}
	return keep
}

// passesOn reports whether f calls or hands on one of set with something
// that the caller of f can name.
func passesOn(f *Func, set map[*Func]bool) bool {
	results := f.resultRoots()
	found := false
	eachOp(f, func(op *Op) {
		for _, t := range op.Targets {
			if set[t.Func] && (t.Func.Parent != nil || !t.Func.Returns || anyNameable(t.Args, results) || anyOf(op.Results, results)) {
				found = true
			}
		}
		for _, a := range append(callbackPaths(op), op.Args...) {
			if a.Root.Kind == FuncVal && set[a.Root.Func] {
				found = true
			}
		}
	})
	return found
}

func callbackPaths(op *Op) []Path {
	var ps []Path
	for _, c := range op.Callbacks {
		ps = append(ps, c.Func)
	}
	return ps
}

func anyNameable(ps []Path, results map[*Root]bool) bool {
	for _, p := range ps {
		if nameable(p, results) {
			return true
		}
	}
	return false
}

func anyOf(roots []*Root, results map[*Root]bool) bool {
	for _, r := range roots {
		if results[r] {
			return true
		}
	}
	return false
}

// isResult reports whether f is a literal that the function around it returns.
func (f *Func) isResult() bool {
	if f.Parent == nil {
		return false
	}
	for _, p := range f.Parent.Results {
		if p.Root != nil && p.Root.Kind == FuncVal && p.Root.Func == f {
			return true
		}
	}
	return false
}

// resultRoots returns the roots of the objects that f returns.
func (f *Func) resultRoots() map[*Root]bool {
	results := make(map[*Root]bool)
	for _, p := range f.Results {
		if p.Root != nil {
			results[p.Root] = true
		}
	}
	return results
}

// eachCallee calls yield for the functions that f calls, defers, starts or
// hands on, as far as they are known.
func eachCallee(f *Func, yield func(*Func)) {
	eachOp(f, func(op *Op) {
		for _, t := range op.Targets {
			yield(t.Func)
		}
		for _, c := range op.Callbacks {
			if f := c.Func.function(); f != nil {
				yield(f)
			}
		}
		for _, a := range op.Args {
			if f := a.function(); f != nil {
				yield(f)
			}
		}
	})
}

// function returns the function that p is, or has been returned as; nil if it is none
// that is known.
func (p Path) function() *Func {
	switch {
	case p.Root == nil:
		return nil
	case p.Root.Kind == FuncVal:
		return p.Root.Func
	case p.Sel == nil && p.Root.Origin().literal != nil:
		return p.Root.Origin().literal.Func
	}
	return nil
}

// eachOp calls yield for all operations of f, with those inside of go and
// defer statements.
func eachOp(f *Func, yield func(*Op)) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			yield(op)
			if op.Inner != nil {
				yield(op.Inner)
			}
		}
	}
}

// exportable reports whether f itself does something that a caller can name:
// to a parameter, to an exported variable, or to what it, or the function around
// it, returns.
func exportable(f *Func) bool {
	results := f.resultRoots()
	for p := f.Parent; p != nil; p = p.Parent {
		maps.Copy(results, p.resultRoots())
	}
	found := false
	isResult := f.isResult() // and what it captures is the caller's to call
	eachOp(f, func(op *Op) {
		switch op.Kind {
		case syncapi.Cancel:
			found = found || isResult || nameable(op.Res, results)
		case syncapi.Call:
			found = found || nameable(op.Dynamic, results) || isResult && op.Dynamic.Root != nil
			for _, t := range op.Targets {
				found = found || t.Func.Imported() && !t.Func.Quiet && (anyNameable(t.Args, results) || anyOf(op.Results, results))
			}
		case syncapi.NewCancel, syncapi.AfterFunc, syncapi.MakeChan:
			found = found || results[op.Res.Root] || results[f.initHolder(op.Res)]
		case syncapi.Store:
			found = found || len(op.Args) > 0 && isFuncParam(op.Args[0])
		case syncapi.AtomicLoad:
			found = found || isGetter(f)
		case syncapi.Return, syncapi.Work, syncapi.Set, syncapi.Go, syncapi.Defer, syncapi.Clock, syncapi.CtxErr,
			syncapi.CtxDone, syncapi.Len, syncapi.Poll, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS,
			syncapi.MapRead, syncapi.MapWrite, syncapi.PoolGet:
		case syncapi.PoolPut:
			found = found || putsParam(op)
		default:
			found = found || nameable(op.Res, results)
		}
		for _, c := range op.Callbacks {
			found = found || nameable(c.Func, results)
		}
	})
	for _, p := range f.Params {
		found = found || syncapi.IsCancelFunc(p.Type) || isPlainFunc(p.Type) // to do nothing with it tells, too
	}
	return found || givesChannel(f)
}

// givesChannel reports whether f returns a channel in a field of its receiver, so that
// callers know it by that name.
func givesChannel(f *Func) bool {
	return f.Obj != nil && f.Obj.Exported() && slices.ContainsFunc(f.Results, func(p Path) bool {
		if p.Root == nil || p.Root.Kind != Param || p.Root.Owner != f || p.Sel == nil || p.Type() == nil {
			return false
		}
		_, isChan := p.Type().Underlying().(*types.Chan)
		return isChan
	})
}

// isPlainFunc reports whether t is func(), the type that a cancel function has
// where none is asked for by name.
func isPlainFunc(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.Params().Len() == 0 && sig.Results().Len() == 0
}

// initHolder returns the returned object that was made with p in a field.
func (f *Func) initHolder(p Path) *Root {
	for _, r := range f.Results {
		if r.Root == nil {
			continue
		}
		for _, init := range r.Root.inits {
			if init == p {
				return r.Root
			}
		}
	}
	return nil
}

// isFuncParam reports whether p is a parameter that is a function.
func isFuncParam(p Path) bool {
	if p.Root == nil || p.Root.Kind != Param || p.Sel != nil {
		return false
	}
	_, ok := p.Root.Type.Underlying().(*types.Signature)
	return ok
}

// nameable reports whether a caller can name p.
func nameable(p Path, results map[*Root]bool) bool {
	if p.Root == nil {
		return false
	}
	switch p.Root.Kind {
	case Param:
		return true
	case Global:
		return isExported(p.Root.Name)
	}
	return results[p.Root]
}

func isExported(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }
