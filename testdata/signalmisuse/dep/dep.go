// Package dep has functions that other packages use to hear of signals.
package dep

import (
	"os"
	"os/signal"
)

// Room is what a channel of signals needs.
const Room = 1

// None is no room at all.
const None = 0

// Unbuffered returns a channel that loses signals.
func Unbuffered() chan os.Signal { return make(chan os.Signal) }

// Buffered returns a channel with room.
func Buffered() chan os.Signal { return make(chan os.Signal, Room) }

// Watch asks for interrupts.
func Watch(c chan<- os.Signal) { deeper(c) }

func deeper(c chan<- os.Signal) { signal.Notify(c, os.Interrupt) }

// A Server stops at a signal.
type Server struct {
	Signals chan os.Signal
}

// Listen asks for interrupts.
func (s *Server) Listen() { signal.Notify(s.Signals, os.Interrupt) }
