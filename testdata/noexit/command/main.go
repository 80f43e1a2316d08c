// Command command has goroutines that live as long as the process.
package main

import "time"

type server struct{ n int }

func main() {
	s := newServer()
	go s.loop()
	for range 4 {
		go s.loop()
	}
	select {}
}

func newServer() *server {
	s := &server{}
	go func() {
		for {
			time.Sleep(time.Second)
		}
	}()
	return s
}

func (s *server) loop() {
	for {
		s.handle()
		time.Sleep(time.Second)
	}
}

func (s *server) handle() {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			time.Sleep(time.Second)
		}
	}()
}
