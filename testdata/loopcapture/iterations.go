// Package loopcapture has loops whose variables are new in each iteration, as
// the version of the module says.
package loopcapture

func use(...any) {}

func goroutine(xs []int) {
	for i, x := range xs {
		go func() {
			use(i, x)
		}()
	}
}

func pointers(xs []int) (ps []*int) {
	for i := 0; i < len(xs); i++ {
		ps = append(ps, &i)
	}
	return ps
}
