package skeleton

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/implements"
)

// A builder makes the skeletons of one package.
type builder struct {
	*interner
	*importer
	pass *analysis.Pass
	pkg  *ssa.Package

	all   []*ssa.Function // source functions, literals and initialisers, outer before inner
	funcs map[*ssa.Function]*Func
	byObj map[*types.Func]*Func // also the imported ones, nil if they have no skeleton
	// Where variables of shared loops are declared.
	shared map[token.Pos]bool

	roots map[ssa.Value]*Root
	paths map[ssa.Value]Path // memo; a value being resolved maps to the zero Path

	closures  map[*ssa.Function]*ssa.MakeClosure // where a literal is made
	stores    map[ssa.Value][]*ssa.Store         // to variables, by Alloc or Global
	sentinels map[types.Object]*Root             // see sentinelOf
	refusals  map[*ssa.Function]int              // see refuses
	tested    map[ssa.Value]bool                 // captured variables that a literal tests, by Alloc
	fields    map[FieldClass][]fieldStore        // all stores to fields in the package
	members   map[FieldClass][]fieldStore        // all stores to elements of what fields have
	names     map[token.Pos]string               // what the value made at a position is called

	copiedOver map[*types.TypeName]bool // struct types whose objects are assigned as a whole

	results  map[resultKey]*Root
	busy     map[*ssa.Function]bool // result paths being computed
	impls    map[implements.Call][]*ssa.Function
	carriers map[types.Type]bool
	elements map[elementKey]int
	copies   map[ssa.Value]Path // what the elements of containers are that a function makes, see gathering

	fieldFuncs map[FieldClass][]storedFunc // see calledValue; set once all skeletons are built
	kept       *keptFuncs                  // likewise
	rebounds   map[reboundKey]*Root        // see rebound
}

// release drops the SSA form, which is larger than all that is made of it, and
// keeps what is asked for later.
func (b *builder) release(funcs []*Func) {
	for _, f := range funcs {
		f.syntax = f.ssa.Syntax()
		if f.Parent == nil {
			continue
		}
		f.closure = b.path(f.ssa)
		if mc := b.closures[f.ssa]; mc != nil {
			f.closure = b.path(mc)
			for _, v := range mc.Bindings {
				f.captures = append(f.captures, b.path(v))
			}
		}
	}
	b.fieldFuncs = make(map[FieldClass][]storedFunc)
	for class := range b.fields {
		if ps := b.storedFuncs(class); len(ps) > 0 {
			b.fieldFuncs[class] = ps
		}
	}
	b.findLent()
	kept := &keptFuncs{direct: b.keep(), of: make(map[keptIn][]storedFunc)}
	for _, f := range funcs {
		f.ssa = nil
	}
	*b = builder{interner: b.interner, importer: b.importer, pass: b.pass, byObj: b.byObj, fieldFuncs: b.fieldFuncs, kept: kept}
}

// A fieldStore is an assignment to a field of the object base.
type fieldStore struct {
	base   ssa.Value // the Alloc that holds the field, nil if not one of the same function
	holder ssa.Value // what holds the field, as the function has it
	value  ssa.Value
	in     *ssa.Function // the one that stores it, nil for stores to elements
}

// A storedFunc is a function that is stored in a field.
type storedFunc struct {
	fn     Path
	holder *Root // the object whose field it is, if the function around a literal names it
}

type resultKey struct {
	call  ssa.Value
	index int
}

func newBuilder(pass *analysis.Pass, pkg *ssa.Package, funcs []*ssa.Function, imports *importer) *builder {
	b := &builder{
		interner: imports.in,
		importer: imports,
		pass:     pass,
		pkg:      pkg,
		all:      funcs,
		funcs:    make(map[*ssa.Function]*Func),
		byObj:    make(map[*types.Func]*Func),
		roots:    make(map[ssa.Value]*Root),
		paths:    make(map[ssa.Value]Path),
		closures: make(map[*ssa.Function]*ssa.MakeClosure),
		stores:   make(map[ssa.Value][]*ssa.Store),
		tested:   make(map[ssa.Value]bool),
		fields:   make(map[FieldClass][]fieldStore),
		members:  make(map[FieldClass][]fieldStore),
		names:    make(map[token.Pos]string),

		copiedOver: make(map[*types.TypeName]bool),

		results:  make(map[resultKey]*Root),
		busy:     make(map[*ssa.Function]bool),
		impls:    make(map[implements.Call][]*ssa.Function),
		carriers: make(map[types.Type]bool),
		elements: make(map[elementKey]int),
		copies:   make(map[ssa.Value]Path),

		sentinels: make(map[types.Object]*Root),
		refusals:  make(map[*ssa.Function]int),
	}
	for _, fn := range funcs {
		b.declare(fn)
	}
	for _, fn := range funcs {
		b.scan(fn)
	}
	b.findBackward()
	return b
}

// declare makes the empty skeleton of fn.
func (b *builder) declare(fn *ssa.Function) {
	f := &Func{Name: fn.RelString(fn.Pkg.Pkg), Pos: fn.Pos(), ssa: fn}
	if obj, ok := fn.Object().(*types.Func); ok {
		f.Obj = obj
		b.byObj[obj] = f
	}
	if fn.Parent() != nil {
		f.Parent = b.funcs[fn.Parent()]
	}
	b.funcs[fn] = f
	for i, p := range fn.Params {
		r := &Root{Kind: Param, Owner: f, Index: i, Name: p.Name(), Type: p.Type(), Pos: p.Pos()}
		f.Params = append(f.Params, r)
		b.roots[p] = r
	}
}

// scan notes where literals are made and variables and fields are assigned.
func (b *builder) scan(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.MakeClosure:
				if lit, ok := instr.Fn.(*ssa.Function); ok {
					b.closures[lit] = instr
				}
			case *ssa.Store:
				b.scanStore(instr)
			case *ssa.MapUpdate:
				b.scanMember(instr.Map, b.member(instr))
			case *ssa.Call:
				b.scanAppend(instr)
			case *ssa.If:
				b.scanTest(instr.Cond)
			}
		}
	}
}

// scanTest notes the captured variable whose value, or being nil, cond states.
func (b *builder) scanTest(cond ssa.Value) {
	switch cond := cond.(type) {
	case *ssa.BinOp:
		if cond.Op == token.EQL || cond.Op == token.NEQ {
			b.scanTest(cond.X)
			b.scanTest(cond.Y)
		}
	case *ssa.UnOp:
		fv, captured := cond.X.(*ssa.FreeVar)
		switch {
		case cond.Op == token.NOT:
			b.scanTest(cond.X)
		case cond.Op == token.MUL && captured:
			if alloc, ok := b.cell(fv).(*ssa.Alloc); ok {
				b.tested[alloc] = true
			}
		}
	}
}

func (b *builder) scanStore(s *ssa.Store) {
	b.scanCopy(s)
	switch addr := s.Addr.(type) {
	case *ssa.FieldAddr:
		class, ok := fieldClass(addr.X.Type(), addr.Field)
		if !ok {
			return
		}
		base := b.cell(addr.X)
		if _, isAlloc := base.(*ssa.Alloc); !isAlloc {
			base = nil
		}
		b.fields[class] = append(b.fields[class], fieldStore{base, addr.X, s.Val, s.Parent()})
	case *ssa.IndexAddr:
		b.scanMember(addr.X, s.Val)
	default:
		if cell := b.cell(s.Addr); cell != nil {
			b.stores[cell] = append(b.stores[cell], s)
		}
	}
}

// cell returns the Alloc or Global that addr is the address of, looking
// through the captured variables of literals; else nil. Literals are scanned
// after the functions around them, so their closures are known.
func (b *builder) cell(addr ssa.Value) ssa.Value {
	switch addr := addr.(type) {
	case *ssa.Alloc, *ssa.Global:
		return addr
	case *ssa.FreeVar:
		if bound := b.binding(addr); bound != nil {
			return b.cell(bound)
		}
	}
	return nil
}

// binding returns the value that a captured variable stands for.
func (b *builder) binding(v *ssa.FreeVar) ssa.Value {
	lit := v.Parent()
	mc := b.closures[lit]
	if mc == nil {
		return nil
	}
	for i, fv := range lit.FreeVars {
		if fv == v {
			return mc.Bindings[i]
		}
	}
	return nil
}

// fieldClass identifies field i of the struct type t, or of what t points to.
func fieldClass(t types.Type, i int) (FieldClass, bool) {
	named, st := structOf(t)
	if st == nil {
		return FieldClass{}, false
	}
	return FieldClass{named, st.Field(i).Name()}, named != nil
}

// structOf returns the struct type behind t, and its name if it has one.
func structOf(t types.Type) (*types.TypeName, *types.Struct) {
	if t == nil {
		return nil, nil // of an imported skeleton, which has no types
	}
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	var name *types.TypeName
	if n, ok := t.(*types.Named); ok {
		name = n.Origin().Obj()
	}
	st, _ := coreStruct(t)
	return name, st
}

func coreStruct(t types.Type) (*types.Struct, bool) {
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// nameValues notes what the values made in a file are called: in
// "ch := make(chan int)" the call is called ch.
func (b *builder) nameValues(file *ast.File) {
	name := func(lhs, rhs ast.Expr) {
		var label string
		switch lhs := lhs.(type) {
		case *ast.Ident:
			label = lhs.Name
		case *ast.SelectorExpr:
			label = types.ExprString(lhs)
		}
		if label == "" || label == "_" {
			return
		}
		switch rhs := ast.Unparen(rhs).(type) {
		case *ast.CallExpr:
			b.names[rhs.Lparen] = label
		case *ast.UnaryExpr:
			b.names[rhs.Pos()] = label
			if lit, ok := rhs.X.(*ast.CompositeLit); ok {
				b.names[lit.Lbrace] = label
			}
		case *ast.CompositeLit:
			b.names[rhs.Lbrace] = label
		case *ast.FuncLit:
			b.names[rhs.Pos()] = label
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i := range n.Lhs {
					name(n.Lhs[i], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					name(n.Names[i], n.Values[i])
				}
			}
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok {
				name(k, n.Value)
			}
		}
		return true
	})
}
