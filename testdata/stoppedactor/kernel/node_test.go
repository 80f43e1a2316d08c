// Package kernel has no other files than tests: what these test is in them.
package kernel

import "testing"

type status struct{ term int }

type node struct {
	asks chan chan status
	stop chan struct{}
	done chan struct{}
}

func startNode() *node {
	n := &node{asks: make(chan chan status), stop: make(chan struct{}), done: make(chan struct{})}
	go n.run()
	return n
}

func (n *node) run() {
	defer close(n.done)
	for {
		select {
		case c := <-n.asks:
			c <- status{}
		case <-n.stop: // related `^here the loop that receives from n\.asks ends$`
			return
		}
	}
}

func (n *node) Status() status {
	c := make(chan status)
	n.asks <- c // want `^this send on n\.asks blocks forever after the stop at line 26: nothing receives from it then$`
	return <-c
}

func (n *node) Stop() {
	select {
	case n.stop <- struct{}{}:
	case <-n.done:
	}
	<-n.done
}

func TestStatus(t *testing.T) {
	n := startNode()
	go n.Status()
	n.Stop()
}

func TestStatusInOrder(t *testing.T) {
	n := startNode()
	c := make(chan status)
	n.asks <- c
	if s := <-c; s.term != 0 {
		t.Error(s)
	}
	n.Stop()
}
