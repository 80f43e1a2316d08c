// Package calls has goroutines that call the standard library, or go on.
package calls

import (
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

type process struct {
	mu  sync.Mutex
	out []byte
}

func (p *process) start(name string) {
	go func() { // related `^the goroutine is started here$`
		out, _ := exec.Command(name).Output()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.out = out // related `^the goroutine writes here$`
	}()
}

func output(name string) []byte {
	p := &process{}
	p.start(name)
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: p\.out is read at line \d+, whether or not the goroutine has written it$`
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out // related `^p\.out is read here$`
}

// The goroutine serves on, but what is read it writes first.
func listen() string {
	var ln net.Listener
	go func() { // related `^the goroutine is started here$`
		ln, _ = net.Listen("tcp", "localhost:0") // related `^the goroutine writes here$`
		http.Serve(ln, nil)
	}()
	time.Sleep(time.Second)   // want `^time\.Sleep stands for a wait: ln is read at line \d+, whether or not the goroutine has written it$`
	return ln.Addr().String() // related `^ln is read here$`
}

// What it counts while it goes on is what the sleep is for.
func rate(events <-chan int, quit chan bool) int {
	var mu sync.Mutex
	n := 0
	go func() {
		for {
			select {
			case <-events:
				mu.Lock()
				n++
				mu.Unlock()
			case <-quit:
				return
			}
		}
	}()
	time.Sleep(time.Second)
	mu.Lock()
	defer mu.Unlock()
	return n
}

// It waits for what others of the program do.
func waits(ready <-chan bool) bool {
	var mu sync.Mutex
	done := false
	go func() {
		<-ready
		mu.Lock()
		done = true
		mu.Unlock()
	}()
	time.Sleep(time.Second)
	mu.Lock()
	defer mu.Unlock()
	return done
}
