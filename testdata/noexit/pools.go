package noexit

import "sync"

type workers struct {
	group sync.WaitGroup
	tasks chan int
}

// startWorkers has its workers waited for, which semleak reports.
func startWorkers(n int) *workers {
	w := &workers{tasks: make(chan int)}
	for range n {
		w.group.Add(1)
		go w.work()
	}
	return w
}

func (w *workers) work() {
	defer w.group.Done()
	for task := range w.tasks {
		_ = task
	}
}

func sumUp(n int) {
	w := startWorkers(2)
	for i := range n {
		w.tasks <- i
	}
	w.group.Wait()
}
