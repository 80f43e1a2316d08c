package leakedsend

// -- results that a literal which is returned waits for --

type futureResult struct {
	v   int
	err error
}

func async(work func() (int, error)) func() (int, error) {
	ch := make(chan futureResult) // related `^ch is made here, with room for 0$`
	go func() {
		v, err := work()
		ch <- futureResult{v, err} // want `^this send on ch may block forever: its receiver may be gone by line 26$`
	}()
	return func() (int, error) {
		r := <-ch
		return r.v, r.err
	}
}

func bothAsync(a, b func() (int, error)) (int, error) {
	first, second := async(a), async(b)
	x, err := first()
	if err != nil {
		return 0, err // related `^here the function that waits for the result is lost$`
	}
	y, err := second()
	return x + y, err
}

func roomyAsync(work func() (int, error)) func() (int, error) {
	ch := make(chan futureResult, 1)
	go func() {
		v, err := work()
		ch <- futureResult{v, err}
	}()
	return func() (int, error) {
		r := <-ch
		return r.v, r.err
	}
}

func bothRoomy(a, b func() (int, error)) (int, error) {
	first, second := roomyAsync(a), roomyAsync(b)
	x, err := first()
	if err != nil {
		return 0, err
	}
	y, err := second()
	return x + y, err
}

// All are called, or handed on.
func careful[T any](work func() T) func() T {
	ch := make(chan T)
	go func() { ch <- work() }()
	return func() T { return <-ch }
}

func bothCareful(a, b func() error) error {
	first, second := careful(a), careful(b)
	err := first()
	if err2 := second(); err == nil {
		err = err2
	}
	return err
}

func deferredCareful(a, b func() error) error {
	second := careful(b)
	defer second()
	if err := a(); err != nil {
		return err
	}
	return nil
}

func keptCareful(keep func(func() error), a func() error) error {
	first := careful(a)
	keep(first)
	if err := a(); err != nil {
		return err
	}
	return first()
}
