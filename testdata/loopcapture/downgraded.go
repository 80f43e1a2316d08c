//go:build go1.21

package loopcapture

func goroutineByOldRules(xs []int) {
	for _, x := range xs { // related `^variable x is declared once for the whole loop$`
		go func() {
			use(x) // want `^loop variable x, captured by a goroutine, is shared by all iterations before Go 1\.22$`
		}()
	}
}
