package leakedsend

import "sync"

// -- channels in fields of an object that one function keeps to itself --

type item struct {
	n   int
	err error
}

type feeder struct {
	items chan item
	stop  chan struct{}
}

func (f *feeder) init() {
	f.items = make(chan item) // related `^f\.items is made here, with room for 0$`
	f.stop = make(chan struct{})
}

func (f *feeder) push(it item) {
	f.items <- it // want `^this send on f\.items may block forever: its receiver may be gone by line \d+$`
}

func (f *feeder) run(next func() (item, bool)) {
	defer close(f.items)
	for {
		it, ok := next()
		if !ok {
			return
		}
		f.push(it)
	}
}

func (f *feeder) drain() {
	for range f.items {
	}
}

func readsFeeder(next func() (item, bool)) error {
	var f feeder
	f.init()
	go f.run(next)
	for it := range f.items {
		if it.err != nil {
			return it.err // related `^here the receiver of f\.items returns$`
		}
	}
	return nil
}

type quiet struct{ items chan item }

func (q *quiet) init() { q.items = make(chan item) }

func (q *quiet) run(next func() (item, bool)) {
	defer close(q.items)
	for {
		it, ok := next()
		if !ok {
			return
		}
		q.items <- it
	}
}

func (q *quiet) drain() {
	for range q.items {
	}
}

func readsAll(next func() (item, bool)) (n int) {
	var q quiet
	q.init()
	go q.run(next)
	for it := range q.items {
		n += it.n
	}
	return n
}

var lastQuiet *quiet

func keepsFor(q *quiet) { lastQuiet = q }

func keptElsewhere(next func() (item, bool)) error {
	var q quiet
	q.init()
	keepsFor(&q)
	go q.run(next)
	for it := range q.items {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

type holder struct{ in *quiet }

func partOfAnother(h *holder, next func() (item, bool)) error {
	q := &quiet{}
	q.init()
	h.in = q
	go q.run(next)
	for it := range q.items {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

func madeAnew(next func() (item, bool)) error {
	q := &quiet{}
	q.init()
	go q.run(next)
	for it := range q.items {
		if it.err != nil {
			q.init()
			return it.err
		}
	}
	return nil
}

func drainsAtEnd(next func() (item, bool)) error {
	q := &quiet{}
	q.init()
	defer q.drain()
	go q.run(next)
	for it := range q.items {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

func drainsByCallback(next func() (item, bool), atEnd func(func())) error {
	q := &quiet{}
	q.init()
	atEnd(q.drain)
	go q.run(next)
	for it := range q.items {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

// -- workers that give up --

func worksOff(jobs []func() error, n int) {
	todo, failed := make(chan func() error), make(chan error) // related `^todo is made here, with room for 0$`
	go func() {
		for err := range failed {
			println(err)
		}
	}()
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go givesUp(todo, failed, &wg)
	}
	for _, job := range jobs {
		todo <- job // want `^this send on todo may block forever: all its receivers may be gone by line \d+$`
	}
	close(todo)
	wg.Wait()
	close(failed)
}

func givesUp(todo <-chan func() error, failed chan<- error, wg *sync.WaitGroup) {
	defer wg.Done()
	for job := range todo {
		if err := job(); err != nil {
			failed <- err
			return // related `^here the receiver of todo returns$`
		}
	}
}

func asManyAsJobs(jobs []func() error) {
	todo := make(chan func() error)
	for range jobs {
		go func() {
			for job := range todo {
				if err := job(); err != nil {
					return
				}
			}
		}()
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
}

func goesOn(jobs []func() error, n int) {
	todo := make(chan func() error)
	for range n {
		go func() {
			for job := range todo {
				if err := job(); err != nil {
					continue
				}
			}
		}()
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
}

// toldToStop sends an end to each of its workers.
func toldToStop(jobs []func() error, n int) {
	todo := make(chan func() error)
	for range n {
		go func() {
			for job := range todo {
				if job == nil {
					return
				}
				_ = job()
			}
		}()
	}
	for _, job := range jobs {
		todo <- job
	}
	for range n {
		todo <- nil
	}
}

// replaced starts another worker in place of one that fails.
func replaced(jobs []func() error, n int) {
	todo := make(chan func() error)
	var work func()
	work = func() {
		for job := range todo {
			if err := job(); err != nil {
				go work()
				return
			}
		}
	}
	for range n {
		go work()
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
}

// -- functions that call themselves --

type tree struct {
	val         int
	left, right *tree
}

func (t *tree) walk(out chan<- int) {
	if t == nil {
		return
	}
	t.left.walk(out)
	out <- t.val // want `^this send on out may block forever: its receiver may be gone by line \d+$`
	t.right.walk(out)
}

func (t *tree) all() <-chan int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		t.walk(out)
	}()
	return out
}

func (t *tree) contains(v int) bool {
	for x := range t.all() {
		if x == v {
			return true // related `^here the receiver of out returns$`
		}
	}
	return false
}

func (t *tree) visit(out chan<- int) {
	if t == nil {
		return
	}
	t.left.visit(out)
	out <- t.val
	t.right.visit(out)
}

func (t *tree) sum() (n int) {
	out := make(chan int)
	go func() {
		defer close(out)
		t.visit(out)
	}()
	for x := range out {
		n += x
	}
	return n
}

func (t *tree) descend(out chan<- int) {
	if t.left == nil {
		out <- t.val
		return
	}
	t.left.descend(out)
}

func (t *tree) first() int {
	out := make(chan int)
	go t.descend(out)
	return <-out
}
