package nilchan

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// isMade reports whether there may be an object that has the field v: the package
// makes one of its type, or the type is exported. Of a type that nothing makes,
// there is nobody to block.
func (c *checker) isMade(v *types.Var) bool {
	if c.owners == nil {
		c.owners = make(map[*types.Var][]*types.TypeName)
		for _, obj := range c.pass.TypesInfo.Defs {
			tn, ok := obj.(*types.TypeName)
			if !ok || tn.IsAlias() {
				continue
			}
			if st, ok := tn.Type().Underlying().(*types.Struct); ok {
				for field := range st.Fields() {
					c.owners[field] = append(c.owners[field], tn)
				}
			}
		}
	}
	owners := c.owners[v.Origin()]
	if slices.ContainsFunc(owners, c.makes) {
		return true
	}
	return len(owners) == 0 // of a struct type without a name
}

// makes reports whether the package, or another one, may make a value of a type.
func (c *checker) makes(tn *types.TypeName) bool {
	made, known := c.made[tn]
	if known {
		return made
	}
	c.made[tn] = false // for recursion
	made = tn.Exported()
	for use := range c.index.Uses(tn) {
		made = made || c.makesBy(use)
	}
	c.made[tn] = made
	return made
}

// makesBy reports whether a use of a type makes a value of it, or is a part of a
// type that the package makes.
func (c *checker) makesBy(use inspector.Cursor) bool {
	for {
		parent := use.Parent()
		switch use.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.IndexExpr_X, edge.IndexListExpr_X:
			use = parent
			continue
		case edge.CompositeLit_Type, edge.ValueSpec_Type, edge.CallExpr_Fun, edge.CallExpr_Args,
			edge.ArrayType_Elt, edge.MapType_Value, edge.TypeSpec_Type:
			return true
		case edge.Field_Type:
			list := parent.Parent()
			switch list.ParentEdgeKind() {
			case edge.FuncType_Results:
				return true
			case edge.StructType_Fields:
				return c.makesHolder(list.Parent())
			}
		}
		return false
	}
}

// makesHolder reports whether the package makes a value of the struct type at cur.
func (c *checker) makesHolder(cur inspector.Cursor) bool {
	spec, ok := cur.Parent().Node().(*ast.TypeSpec)
	if !ok {
		return true // of a struct type without a name
	}
	tn, ok := c.pass.TypesInfo.Defs[spec.Name].(*types.TypeName)
	return !ok || c.makes(tn)
}
