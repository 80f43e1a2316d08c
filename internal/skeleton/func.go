package skeleton

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Func is the skeleton of a function: what is left when all that is not
// concurrency is erased from it.
type Func struct {
	Name    string
	Pos     token.Pos
	Obj     *types.Func // nil for a function literal
	Parent  *Func       // the function around a literal
	Params  []*Root     // receiver first
	Results []Path      // per result what all returns agree on, zero where they don't
	Blocks  []*Block    // the first one is the entry; empty if there is no body
	Effects bool        // Blocks were too many: they are a set of effects in no order

	// Quiet functions have no operation at all, Light ones take next to no
	// time: no loop, and no call but of light functions.
	Quiet, Light bool
	// Returns is false if no path through the function ends in a return.
	Returns bool

	writes   bool          // it assigns to what outlives it
	touches  bool          // it, or what it calls, accesses memory that others may have
	memory   []*Block      // Blocks with the accesses to such memory; nil if there are none
	invoked  []bool        // by parameter, see OnlyInvokes; nil if there is none
	ssa      *ssa.Function // nil if imported, and once all skeletons are built
	syntax   ast.Node
	closure  Path   // of a literal: its path in the function around it
	captures []Path // of a literal: what it captures, as that function has it
	from     *types.Package
	key      string                // by which from's fact has it, empty for literals
	ops      atomic.Pointer[[]*Op] // see Ops
}

// Imported reports whether the skeleton comes from the facts of another package.
func (f *Func) Imported() bool { return f.from != nil }

// From returns the package that f is imported from, nil if f is one of the package
// under analysis, and the name that f has there.
func (f *Func) From() (pkg *types.Package, name string) {
	if f.from == nil {
		return nil, f.Name
	}
	return f.from, strings.TrimPrefix(f.Name, f.from.Name()+".")
}

// Syntax returns the *ast.FuncDecl or *ast.FuncLit of f, or nil if f is
// imported or made by the compiler.
func (f *Func) Syntax() ast.Node {
	if f.ssa == nil {
		return f.syntax
	}
	return f.ssa.Syntax()
}

// Param returns the parameter i of a declared function, the receiver being the first,
// nil if that is the receiver or there is none.
func (f *Func) Param(i int) *types.Var {
	if f.Obj == nil {
		return nil
	}
	sig := f.Obj.Signature()
	if sig.Recv() != nil {
		i--
	}
	if i < 0 || i >= sig.Params().Len() {
		return nil
	}
	return sig.Params().At(i)
}

// Outermost returns the declared function that f is, or is nested in.
func (f *Func) Outermost() *Func {
	for f.Parent != nil {
		f = f.Parent
	}
	return f
}

// A Block is a sequence of operations without a branch.
type Block struct {
	Index int
	Ops   []*Op
	Succs []*Edge
}

// An Edge leads from a block to one that may follow.
type Edge struct {
	To *Block
	// If its variable is not zero, the edge is taken only if Cond holds.
	Cond Cond
	// Sets are the condition variables that get a value on the way.
	Sets []Assign
}

// A Cond is a condition on a boolean, or on a pointer-like value being
// non-nil, or on a value being equal to one constant (then the last selector
// of Var is "==K").
type Cond struct {
	Var  Path
	Want bool
}

// An Assign gives a condition variable a value.
type Assign struct {
	Var   Path
	Known bool // else the value is not known
	Value bool
	From  Path // if not zero, the value is that of this variable
}

// An Op is an operation of a skeleton.
type Op struct {
	Kind syncapi.Op
	Pos  token.Pos // as in go/ssa: the parenthesis of a call, the arrow of a send …
	Fn   *Func     // where it stands

	Res  Path   // what it acts on
	Args []Path // arguments of a call, receiver first; results of a return; the value sent or stored

	N      int64 // Add's delta, a channel's capacity; of a return, the bits of the functions among its results that are not nil
	NKnown bool

	Arm    *Op  // the select statement whose arm this Send, Recv or Default is
	Case   int  // its index
	Range  bool // a receive by range
	Assign Assign

	Inner     *Op         // what a Go or Defer runs
	Targets   []*Target   // what a Call calls, if known
	Dynamic   Path        // the function value called, if Targets is empty
	Obj       *types.Func // the function or interface method called, if any
	Callbacks []Callback  // functions that the operation runs
	Results   []*Root     // of a call
	Defined   bool        // a Select that has a Default arm

	ofMemory bool // a Set that only those see who ask for accesses

	element int  // see Element
	index   Path // see [Node.Index]
	each    bool // acts on the element of each turn; see [Node.Each]

	used    bool // a Call whose result is used
	yielded bool // the Call by code unseen of a literal that stands in for it
	mild    bool // a Call that is mere work, but for the methods in Callbacks
}

// A Target is a function that a call may call.
type Target struct {
	Func *Func
	Args []Path // receiver first, in the caller's paths

	// Of a literal that is called by the field which it is stored in: the object
	// with the field as the function around the literal names it, and as the caller does.
	holder *Root
	held   Path
	// Of a literal that a function has returned: the call of that function.
	maker *maker
}

// A Callback is a function that an operation runs.
type Callback struct {
	Func Path
	Mode syncapi.Mode
}

// Is reports whether the operation is one of kinds.
func (o *Op) Is(kinds ...syncapi.Op) bool {
	return o != nil && slices.Contains(kinds, o.Kind)
}

// RunsInPlace reports whether the operation runs the literal f where f stands: on the same
// goroutine, before the operation is over, or at the end of its function if it is deferred.
func (o *Op) RunsInPlace(f *Func) bool {
	switch o.Kind {
	case syncapi.Go:
		return false
	case syncapi.Defer:
		o = o.Inner
	}
	return slices.ContainsFunc(o.Targets, func(t *Target) bool { return t.Func == f }) ||
		slices.ContainsFunc(o.Callbacks, func(cb Callback) bool {
			r := cb.Func.Root
			return (cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce) && r != nil && r.Kind == FuncVal && r.Func == f
		})
}
