package skeleton

import (
	"encoding/binary"
	"go/types"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

func sortedKeys(m map[string]Path) []string { return slices.Sorted(maps.Keys(m)) }

// A decoder reads what an encoder has written. It trusts its input: facts are
// read by the build of the tool that wrote them.
type decoder struct {
	im   *importer
	pkg  *types.Package
	data []byte

	strs   []string
	sels   []*Sel
	extern []*Func // functions of other packages that are called, nil for those out of reach
	funcs  []*Func
	roots  []*Root
	ops    []*Op // of the function being read

	globals map[string]*Root
}

func (d *decoder) decode() map[string]*Func {
	d.strs = make([]string, d.num())
	for i := range d.strs {
		n := d.num()
		d.strs[i] = string(d.data[:n])
		d.data = d.data[n:]
	}
	d.sels = make([]*Sel, d.num())
	for i := range d.sels {
		up := d.sel()
		name := d.str()
		d.sels[i] = d.im.in.sel(up, name, d.im.typeName(d.str()))
	}
	d.extern = make([]*Func, d.num())
	for i := range d.extern {
		o, _ := d.origin()
		d.extern[i] = d.im.find(o)
	}
	d.funcs = make([]*Func, d.num())
	read := make([]*Func, len(d.funcs)) // what is read here; others that are known take their places
	for i := range d.funcs {
		o, pkg := d.origin()
		read[i] = &Func{from: pkg, key: o.key}
		d.funcs[i] = read[i]
		if o.key == "" || pkg == d.pkg {
			continue
		}
		if known := d.im.find(o); known != nil {
			d.funcs[i] = known
		} else {
			d.im.borrowed[o] = read[i]
		}
	}
	d.roots = make([]*Root, d.num())
	for i := range d.roots {
		d.roots[i] = new(Root)
	}
	byKey := make(map[string]*Func)
	for _, f := range read {
		if d.fun(f); f.key != "" && f.from == d.pkg {
			byKey[f.key] = f
		}
	}
	d.globals = make(map[string]*Root)
	for _, r := range d.roots {
		if d.root(r); r.Kind == Global && isExported(r.Name) {
			d.globals[r.Name] = r
			r.Name = d.pkg.Name() + "." + r.Name
		}
	}
	return byKey
}

// origin reads which function one is.
func (d *decoder) origin() (o origin, pkg *types.Package) {
	pkg = d.pkg
	if path := d.str(); path != "" {
		pkg = d.im.standIn(path, d.str())
	}
	return origin{pkg.Path(), d.str()}, pkg
}

func (d *decoder) num() int {
	n, size := binary.Varint(d.data)
	d.data = d.data[size:]
	return int(n)
}

func (d *decoder) flag() bool {
	b := d.data[0]
	d.data = d.data[1:]
	return b != 0
}

func (d *decoder) str() string { return d.strs[d.num()] }

func (d *decoder) sel() *Sel {
	if i := d.num(); i > 0 {
		return d.sels[i-1]
	}
	return nil
}

func (d *decoder) rootRef() *Root {
	if i := d.num(); i > 0 {
		return d.roots[i-1]
	}
	return nil
}

// funcRef reads a reference to a function, nil if it is out of reach.
func (d *decoder) funcRef() *Func {
	switch i := d.num(); {
	case i > 0:
		return d.funcs[i-1]
	case i < 0:
		return d.extern[-i-1]
	}
	return nil
}

func (d *decoder) path() Path {
	r := d.rootRef()
	if r == nil {
		return Path{}
	}
	return Path{r, d.sel()}
}

func (d *decoder) paths() []Path {
	n := d.num()
	if n == 0 {
		return nil
	}
	ps := make([]Path, n)
	for i := range ps {
		ps[i] = d.path()
	}
	return ps
}

func (d *decoder) root(r *Root) {
	r.Kind = RootKind(d.num())
	r.Owner = d.funcRef()
	r.Index = d.num()
	r.Name = d.str()
	r.Func = d.funcRef()
	r.Bound = d.path()
	for range d.num() {
		if r.inits == nil {
			r.inits = make(map[string]Path)
		}
		name := d.str()
		r.inits[name] = d.path()
	}
}

func (d *decoder) fun(f *Func) {
	f.Name = f.from.Name() + "." + d.str()
	f.Parent = d.funcRef()
	for range d.num() {
		f.Params = append(f.Params, d.rootRef())
	}
	f.Results = d.paths()
	f.Quiet, f.Light, f.Returns, f.Effects = d.flag(), d.flag(), d.flag(), d.flag()
	f.Blocks = make([]*Block, d.num())
	for i := range f.Blocks {
		f.Blocks[i] = &Block{Index: i}
	}
	d.ops = nil
	for _, b := range f.Blocks {
		for range d.num() {
			b.Ops = append(b.Ops, d.op(f))
		}
	}
	for _, b := range f.Blocks {
		for range d.num() {
			b.Succs = append(b.Succs, d.edge(f))
		}
	}
	if len(f.Blocks) == 0 {
		f.Blocks = nil
	}
}

func (d *decoder) edge(f *Func) *Edge {
	e := &Edge{To: f.Blocks[d.num()]}
	e.Cond = Cond{d.path(), d.flag()}
	for range d.num() {
		e.Sets = append(e.Sets, d.assign())
	}
	return e
}

func (d *decoder) assign() Assign {
	return Assign{Var: d.path(), From: d.path(), Known: d.flag(), Value: d.flag()}
}

func (d *decoder) op(f *Func) *Op {
	op := &Op{Fn: f}
	d.ops = append(d.ops, op)
	op.Kind = syncapi.Op(d.data[0])
	d.data = d.data[1:]
	op.Res, op.Args = d.path(), d.paths()
	op.N, op.NKnown, op.Range, op.Defined = int64(d.num()), d.flag(), d.flag(), d.flag()
	if arm := d.num(); arm > 0 {
		op.Arm = d.ops[arm-1]
	}
	op.Case = d.num()
	op.Dynamic = d.path()
	if op.Kind == syncapi.Set {
		op.Assign = d.assign()
	}
	for range d.num() {
		t := &Target{Func: d.funcRef(), Args: d.paths()}
		if t.Func != nil {
			op.Targets = append(op.Targets, t)
		}
	}
	for range d.num() {
		op.Callbacks = append(op.Callbacks, Callback{d.path(), syncapi.Mode(d.num())})
	}
	for range d.num() {
		op.Results = append(op.Results, d.rootRef())
	}
	if d.flag() {
		op.Inner = d.op(f)
	}
	return op
}
