package dep

import "fixture.example/doublelock/dep/deep"

// An Index has a table of another package.
type Index struct {
	table *deep.Table
	Rows  *deep.Table
}

// Len returns the number of rows.
func (x *Index) Len() int { return x.table.Len() }

// Each calls f for each row while the table is locked.
func (x *Index) Each(f func(string)) { x.table.Each(f) }

// Hold locks the table until Release is called.
func (x *Index) Hold() { x.table.Hold() }

// Release unlocks the table.
func (x *Index) Release() { x.table.Release() }
