package orphanop

import (
	"errors"
	"sync"
)

// -- a sender that returns before it closes --

func feedRows(n int, rows chan<- int) error {
	if n < 0 {
		return errors.New("negative") // related `^the goroutine returns here and leaves the channel open$`
	}
	for i := range n {
		rows <- i
	}
	close(rows)
	return nil
}

func sumOfRows(n int) (sum int, err error) {
	rows := make(chan int)
	failed := make(chan error, 1)
	go func() { failed <- feedRows(n, rows) }()
	for row := range rows { // want `^this range over rows may never end: its sender may return at line 12 without closing it$`
		sum += row
	}
	return sum, <-failed
}

func checkedRows(ns []int, rows chan<- int) error {
	for _, n := range ns {
		if n < 0 {
			return errors.New("negative") // related `^the goroutine returns here and leaves the channel open$`
		}
		rows <- n
	}
	close(rows)
	return nil
}

// A readOptions holds the channel, and moves by value.
type readOptions struct {
	rows chan int
	ns   []int
}

type reader interface{ read(o readOptions) error }

type listReader struct{}

func (listReader) read(o readOptions) error { return checkedRows(o.ns, o.rows) }

type database struct{ r reader }

func newDatabase() *database { return &database{r: listReader{}} }

func (d *database) sum(ns []int) (sum int, err error) {
	o := readOptions{rows: make(chan int), ns: ns}
	failed := make(chan error, 1)
	go func() { failed <- d.r.read(o) }()
	for row := range o.rows { // want `^this range over o\.rows may never end: its sender may return at line 34 without closing it$`
		sum += row
	}
	return sum, <-failed
}

func closedRows(ns []int, rows chan<- int) error {
	defer close(rows)
	for _, n := range ns {
		if n < 0 {
			return errors.New("negative")
		}
		rows <- n
	}
	return nil
}

func sumOfClosedRows(ns []int) (sum int, err error) {
	rows := make(chan int)
	failed := make(chan error, 1)
	go func() { failed <- closedRows(ns, rows) }()
	for row := range rows {
		sum += row
	}
	return sum, <-failed
}

// sumByOwner closes what the sender may leave open.
func sumByOwner(ns []int) (sum int, err error) {
	rows := make(chan int)
	failed := make(chan error, 1)
	go func() {
		err := sendRows(ns, rows)
		close(rows)
		failed <- err
	}()
	for row := range rows {
		sum += row
	}
	return sum, <-failed
}

func sendRows(ns []int, rows chan<- int) error {
	for _, n := range ns {
		if n < 0 {
			return errors.New("negative")
		}
		rows <- n
	}
	return nil
}

// untilThree leaves the range itself, if something is sent.
func untilThree(n int) (sum int) {
	rows := make(chan int, 1)
	go func() { _ = feedRows(n, rows) }()
	for row := range rows { // want `^this range over rows may never end: its sender may return at line 12 without closing it$`
		if row > 3 {
			break
		}
		sum += row
	}
	return sum
}

// A row that says that there are no more.
type lastRow struct {
	n   int
	err error
}

func feedLast(ns []int, rows chan<- lastRow) {
	for _, n := range ns {
		if n < 0 {
			rows <- lastRow{err: errors.New("negative")}
			return
		}
		rows <- lastRow{n: n}
	}
	close(rows)
}

func sumToLast(ns []int) (sum int, err error) {
	rows := make(chan lastRow, len(ns))
	go feedLast(ns, rows)
	for row := range rows {
		if row.err != nil {
			return sum, row.err
		}
		sum += row.n
	}
	return sum, nil
}

// Workers range over what another goroutine is to close.
func rowsToWorkers(ns []int, workers int) {
	rows := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, n := range ns {
			if err := checkRow(n); err != nil {
				return // related `^the goroutine returns here and leaves the channel open$`
			}
			rows <- n
		}
		close(rows)
	}()
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for row := range rows { // want `^this range over rows may never end: its sender may return at line \d+ without closing it$`
				if err := checkRow(row + 1); err != nil {
					return
				}
			}
		}()
	}
	wg.Wait()
}

func checkRow(n int) error {
	if n < 0 {
		return errors.New("negative")
	}
	return nil
}

// ... and closes in any case.
func rowsToWorkersDeferred(ns []int, workers int) {
	rows := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(rows)
		for _, n := range ns {
			if err := checkRow(n); err != nil {
				return
			}
			rows <- n
		}
	}()
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for row := range rows {
				println(row)
			}
		}()
	}
	wg.Wait()
}

// A request is answered by a function that the goroutine calls.
type request struct{ answer chan int }

func (r *request) serve(n int) {
	if n < 0 {
		return // related `^the goroutine returns here without a send$`
	}
	r.answer <- n
}

func asks(n int) int {
	r := &request{answer: make(chan int)}
	go func() { r.serve(n) }()
	return <-r.answer // want `^this receive from r\.answer may block forever: its sender may return at line 224 without a send$`
}

// -- sends that nothing receives, though there is room for some --

type outbox struct {
	rows chan int
	last chan int
}

func newOutbox() *outbox { return &outbox{rows: make(chan int, 16), last: make(chan int, 1)} }

func (o *outbox) push(row int) {
	o.rows <- row // want `^this send on o\.rows blocks forever once there is no more room: nothing receives from it$`
}

// finish is called once, which there is room for.
func (o *outbox) finish(row int) { o.last <- row }

func (o *outbox) fill(rows []int) {
	for _, row := range rows {
		o.push(row)
	}
	o.finish(len(rows))
}

// -- workers that are left behind --

func decodeAll(next func() (int, error), sink func(int)) error {
	recs := make(chan int)
	for range 3 {
		go drainTo(recs, sink)
	}
	for {
		v, err := next()
		if v < 0 {
			break
		}
		if err != nil {
			return err // related `^this return leaves the channel open$`
		}
		recs <- v
	}
	close(recs)
	return nil
}

func drainTo(in <-chan int, sink func(int)) {
	for v := range in { // want `^this range over in may never end: nothing closes it after the return at line \d+$`
		sink(v)
	}
}

func decodeDeferred(next func() (int, error), sink func(int)) error {
	recs := make(chan int)
	defer close(recs)
	go drainOwn(recs, sink)
	for {
		v, err := next()
		if err != nil {
			return err
		}
		recs <- v
	}
}

func drainOwn(in <-chan int, sink func(int)) {
	for v := range in {
		sink(v)
	}
}

func decodeBefore(next func() (int, error), sink func(int)) error {
	recs := make(chan int)
	v, err := next()
	if err != nil {
		return err
	}
	go drainOwn(recs, sink)
	recs <- v
	close(recs)
	return nil
}

func decodeClosed(next func() (int, error), sink func(int)) error {
	recs := make(chan int)
	go drainOwn(recs, sink)
	v, err := next()
	if err != nil {
		close(recs)
		return err
	}
	recs <- v
	close(recs)
	return nil
}

// Each has room for the one row that it is sent.
type slot struct{ row chan int }

func newSlot() *slot { return &slot{row: make(chan int, 1)} }

func (s *slot) fill(row int) { s.row <- row }

func fillAll(n int) {
	slots := make([]*slot, n)
	for i := range slots {
		slots[i] = newSlot()
	}
	for i, s := range slots {
		s.fill(i)
	}
	for i := range n {
		s := newSlot()
		s.fill(i)
	}
}
