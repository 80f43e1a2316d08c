package syncapi

import "go/types"

// A MethodUse says that a function of the standard library calls methods of its
// operands, of any type, before it returns.
type MethodUse struct {
	Arg      int      // the operand, or the first of several
	Variadic bool     // the operands are what the variadic parameter has
	Methods  []string // of these, those that the operand has
	Prints   bool     // it calls the first of Methods that the operand has, to print it
	Format   int      // 1 + the operand that is a format, or 0
}

// MethodsUsedBy returns which methods of its operands fn calls, nil if none.
// Operands count from 0, the receiver being the first.
func MethodsUsedBy(fn *types.Func) *MethodUse {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	table := methodTables[fn.Pkg().Path()]
	if table == nil {
		return nil
	}
	return table[key(fn.Origin())]
}

var (
	sorted = &MethodUse{Methods: []string{"Len", "Less", "Swap"}}
	heaped = &MethodUse{Methods: []string{"Len", "Less", "Swap", "Push", "Pop"}}
)

var methodTables = map[string]map[string]*MethodUse{
	"fmt": {
		"Print": prints(0), "Println": prints(0), "Printf": formats(0),
		"Sprint": prints(0), "Sprintln": prints(0), "Sprintf": formats(0),
		"Fprint": prints(1), "Fprintln": prints(1), "Fprintf": formats(1),
		"Append": prints(1), "Appendln": prints(1), "Appendf": formats(1),
		"Errorf": formats(0),
	},
	"log": {
		"Print": prints(0), "Println": prints(0), "Printf": formats(0),
		"Logger.Print": prints(1), "Logger.Println": prints(1), "Logger.Printf": formats(1),
	},
	"testing": {
		"common.Log": prints(1), "common.Logf": formats(1), "common.Error": prints(1), "common.Errorf": formats(1),
	},
	"sort":           {"Sort": sorted, "Stable": sorted, "IsSorted": sorted},
	"container/heap": {"Init": heaped, "Push": heaped, "Pop": heaped, "Fix": heaped, "Remove": heaped},
}

func prints(arg int) *MethodUse {
	return &MethodUse{Arg: arg, Variadic: true, Methods: []string{"Format", "Error", "String"}, Prints: true}
}

func formats(format int) *MethodUse {
	use := prints(format + 1)
	use.Format = format + 1
	return use
}
