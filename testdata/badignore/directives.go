// Package badignore has directives that silence something, and directives
// that never will.
package badignore

func work(func()) {}

func misspelt() {
	work(nil) //concurrencyvet:ignore wgad counted by the caller // want `^directive names wgad, which is not a check$`
	work(nil) //concurrencyvet:ignore all it is fine // want `^directive names all, which is not a check$`
	work(nil) //concurrencyvet:ignore a,b it is fine // want `^directive names a, which is not a check$` `^directive names b, which is not a check$`
	work(nil) //concurrencyvet:ignore // want `^this directive names no check$`
	work(nil) //concurrencyvet:ignroe wgadd it is fine // want `^unknown directive //concurrencyvet:ignroe$`
	work(nil) // concurrencyvet:ignore wgadd it is fine // want `^space after // makes a plain comment of this directive$`
}

//concurrencyvet:file-ignore wgad it is fine // want `^directive names wgad, which is not a check$`

func otherTools() {
	work(nil) //lint:ignore SA1000 it is fine
	work(nil) //nolint:errcheck
	work(nil) // See concurrencyvet:ignore for more.
}

func silenced() {
	//concurrencyvet:ignore badignore this shows a misspelt name
	work(func() {
		work(nil) //concurrencyvet:ignore wgad it is fine
	})
}
