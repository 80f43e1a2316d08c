package skeleton

import (
	"fmt"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// String prints the skeleton as a few lines: one a block, with its operations
// and where control goes from there.
func (f *Func) String() string { return f.format(f.Blocks) }

// WithMemory prints the skeleton with the accesses to memory.
func (f *Func) WithMemory() string {
	if f.memory == nil {
		return f.String()
	}
	return f.format(f.memory)
}

func (f *Func) format(blocks []*Block) string {
	var b strings.Builder
	fmt.Fprintf(&b, "func %s(", f.Name)
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
	}
	b.WriteByte(')')
	if rs := f.resultString(); rs != "" {
		b.WriteString(" " + rs)
	}
	for _, flag := range []struct {
		on   bool
		name string
	}{{f.Quiet, "quiet"}, {f.Light, "light"}, {!f.Returns, "noreturn"}, {f.Effects, "effects"}} {
		if flag.on {
			b.WriteString(" " + flag.name)
		}
	}
	b.WriteByte('\n')
	for _, blk := range blocks {
		fmt.Fprintf(&b, "%d:", blk.Index)
		for i, op := range blk.Ops {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(" " + op.String())
		}
		for i, e := range blk.Succs {
			if i > 0 {
				b.WriteString(" |")
			}
			b.WriteString(" -> " + e.String())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (f *Func) resultString() string {
	named := false
	var names []string
	for _, r := range f.Results {
		if r.Root == nil {
			names = append(names, "_")
			continue
		}
		named = true
		names = append(names, r.String())
	}
	if !named {
		return ""
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// String prints the edge with its condition and assignments.
func (e *Edge) String() string {
	var b strings.Builder
	fmt.Fprint(&b, e.To.Index)
	if !e.Cond.Var.IsZero() {
		b.WriteString(" if " + e.Cond.String())
	}
	for _, s := range e.Sets {
		b.WriteString(" {" + s.String() + "}")
	}
	return b.String()
}

// String prints the condition.
func (c Cond) String() string {
	if c.Want {
		return c.Var.String()
	}
	return "!" + c.Var.String()
}

// String prints the assignment.
func (a Assign) String() string {
	switch {
	case a.Known:
		return fmt.Sprintf("%s=%t", a.Var, a.Value)
	case !a.From.IsZero():
		return fmt.Sprintf("%s=%s", a.Var, a.From)
	}
	return a.Var.String() + "=?"
}

// String prints the operation.
func (o *Op) String() string {
	var b strings.Builder
	if o.Arm != nil {
		b.WriteString("case ")
	}
	b.WriteString(o.Kind.String())
	switch o.Kind {
	case syncapi.Go, syncapi.Defer:
		b.WriteString(" " + o.Inner.String())
	case syncapi.Call:
		b.WriteString(" " + o.callee())
	case syncapi.Set:
		b.WriteString(" " + o.Assign.String())
	case syncapi.Select:
		if o.Defined {
			b.WriteString(" nonblocking")
		}
	default:
		if !o.Res.IsZero() {
			b.WriteString(" " + o.Res.String())
		}
	}
	if o.NKnown && o.Kind != syncapi.Select {
		fmt.Fprintf(&b, " %d", o.N)
	}
	if args := o.argString(); args != "" {
		b.WriteString(args)
	}
	for _, c := range o.Callbacks {
		fmt.Fprintf(&b, " %s:%s", c.Mode, c.Func)
	}
	return b.String()
}

func (o *Op) callee() string {
	switch {
	case len(o.Targets) > 0:
		var names []string
		for _, t := range o.Targets {
			names = append(names, t.Func.Name)
		}
		return strings.Join(names, "|")
	case o.Obj != nil:
		return o.Obj.Name() + "?"
	}
	return o.Dynamic.String() + "?"
}

func (o *Op) argString() string {
	switch o.Kind {
	case syncapi.Call, syncapi.Store, syncapi.Return:
	default:
		return ""
	}
	var args []string
	for _, a := range o.Args {
		args = append(args, a.String())
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}
