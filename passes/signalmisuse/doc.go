// Package signalmisuse defines an analyzer that reports signals that are lost.
//
// # Analyzer signalmisuse
//
// signalmisuse: report signals that are lost or never come
//
// Package signal does not wait for a receiver: a signal for which the channel has no
// room is dropped. A channel without a buffer has room only while somebody is
// waiting, so the one interrupt that the user sends may go nowhere. And two
// signals, SIGKILL and SIGSTOP, are never delivered to a program at all, so that
// asking for them has no effect.
//
// For example:
//
//	c := make(chan os.Signal)
//	signal.Notify(c, os.Interrupt, os.Kill) // drops an interrupt; never hears of a kill
//	load()
//	<-c
//
// The correct code has room for one signal, and asks for those that can come:
//
//	c := make(chan os.Signal, 1)
//	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
//	load()
//	<-c
//
// The analyzer follows channels and signals through variables, fields, parameters
// and results, channels also from and to functions of other packages.
//
// The analyzer does not report channels whose capacity is not a constant, and
// those it does not see being made.
package signalmisuse

import _ "embed"

//go:embed doc.go
var doc string
