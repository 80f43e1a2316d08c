package tests

import "testing"

type killRecorder chan struct{}

func (k killRecorder) Kill() { close(k) }

func TestLimit(t *testing.T) {
	in := make(chan int)
	go func() {
		defer close(in)
		for i := range 20 {
			in <- i
		}
	}()
	kr := make(killRecorder)
	for m := range limit(in, kr) {
		t.Log(m)
	}
	<-kr
}
