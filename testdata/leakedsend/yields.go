package leakedsend

import (
	"context"
	"errors"
	"iter"
)

// -- sends in literals that code unseen calls --

type yieldRow struct {
	key string
	bad error
}

type yieldTable interface {
	Scan(each func(yieldRow) error) error
}

func firstBadRow(t yieldTable) error {
	rows := make(chan yieldRow) // related `^rows is made here, with room for 0$`
	go func() {
		defer close(rows)
		t.Scan(func(r yieldRow) error {
			rows <- r // want `^this send on rows may block forever: its receiver may be gone by line 31$`
			return nil
		})
	}()
	for r := range rows {
		if r.bad != nil {
			return r.bad // related `^here the receiver of rows returns$`
		}
	}
	return nil
}

func walkedRows(walk func(func(yieldRow)), most int) (keys []string) {
	rows := make(chan yieldRow) // related `^rows is made here, with room for 0$`
	go func() {
		defer close(rows)
		walk(func(r yieldRow) { rows <- r }) // want `^this send on rows may block forever: its receiver may be gone by line 49$`
	}()
	for r := range rows {
		keys = append(keys, r.key)
		if len(keys) == most {
			break
		}
	}
	return keys // related `^here the receiver of rows returns$`
}

func rangedRows(seq iter.Seq[yieldRow]) error {
	rows := make(chan yieldRow) // related `^rows is made here, with room for 0$`
	go func() {
		defer close(rows)
		for r := range seq {
			rows <- r // want `^this send on rows may block forever: its receiver may be gone by line 62$`
		}
	}()
	for r := range rows {
		if r.bad != nil {
			return r.bad // related `^here the receiver of rows returns$`
		}
	}
	return nil
}

// The table is told to stop, and the send gives up.
func rowsUntil(ctx context.Context, t yieldTable) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows := make(chan yieldRow)
	go func() {
		defer close(rows)
		t.Scan(func(r yieldRow) error {
			select {
			case rows <- r:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for r := range rows {
		if r.bad != nil {
			return r.bad
		}
	}
	return nil
}

// The result of the scan comes behind all rows.
func rowsThenResult(t yieldTable, use func(yieldRow)) error {
	rows := make(chan yieldRow)
	result := make(chan error, 1)
	go func() {
		result <- t.Scan(func(r yieldRow) error {
			rows <- r
			return nil
		})
	}()
	for {
		select {
		case r := <-rows:
			use(r)
		case err := <-result:
			return err
		}
	}
}

// What is left is drained.
func rowsDrained(t yieldTable) (err error) {
	rows := make(chan yieldRow)
	go func() {
		defer close(rows)
		t.Scan(func(r yieldRow) error {
			rows <- r
			return nil
		})
	}()
	for r := range rows {
		if err == nil {
			err = r.bad
		}
	}
	return err
}

// There is room for one, and who is asked calls once.
func rowOnce(ctx context.Context, t yieldTable) (yieldRow, error) {
	row := make(chan yieldRow, 1)
	go func() {
		t.Scan(func(r yieldRow) error {
			row <- r
			return errors.New("enough")
		})
	}()
	select {
	case r := <-row:
		return r, nil
	case <-ctx.Done():
		return yieldRow{}, ctx.Err()
	}
}

// A literal that is registered is called by goroutines that are not known.
type yieldFeed interface {
	OnRow(func(yieldRow)) (cancel func())
}

func registered(ctx context.Context, f yieldFeed) error {
	rows := make(chan yieldRow)
	cancel := f.OnRow(func(r yieldRow) { rows <- r })
	defer cancel()
	for {
		select {
		case r := <-rows:
			if r.bad != nil {
				return r.bad
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// A literal that receives may be kept, and goes on when the goroutine is over.
func received(f interface{ Keep(func() yieldRow) }, seq []yieldRow) {
	rows := make(chan yieldRow)
	go func() {
		f.Keep(func() yieldRow { return <-rows })
	}()
	go func() {
		for _, r := range seq {
			rows <- r
		}
	}()
}

// A literal that is called once, as the receiver expects.
func readyOnce(ctx context.Context, run func(ready func(int)) error) (int, error) {
	ready := make(chan int, 1)
	failed := make(chan error, 1)
	go func() { failed <- run(func(p int) { ready <- p }) }()
	select {
	case p := <-ready:
		return p, nil
	case err := <-failed:
		return 0, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func readyAtLast(run func(ready func(int)) error) int {
	ready := make(chan int)
	go func() { _ = run(func(p int) { ready <- p }) }()
	return <-ready
}

// A buffer that is too small for a scan.
func scannedRows(t yieldTable) error {
	rows := make(chan yieldRow, 4) // related `^rows is made here, with room for 4$`
	go func() {
		defer close(rows)
		t.Scan(func(r yieldRow) error {
			rows <- r // want `^this send on rows may block forever: its receiver may be gone by line \d+$`
			return nil
		})
	}()
	for r := range rows {
		if r.bad != nil {
			return r.bad // related `^here the receiver of rows returns$`
		}
	}
	return nil
}

// -- goroutines that send once more than is received --

func forgotReturn(items []string, do func(string) error) (failed int) {
	errs := make(chan error)
	for _, it := range items {
		go func() {
			if err := do(it); err != nil {
				errs <- err // related `^this send may come before it$`
			}
			errs <- nil // want `^this send on errs may block forever: its goroutine has sent at line \d+, and no more is received than one of each$`
		}()
	}
	for range items {
		if err := <-errs; err != nil { // related `^here one is received for each goroutine$`
			failed++
		}
	}
	return failed
}

func oneOrTheOther(items []string, do func(string) error) (failed int) {
	errs := make(chan error)
	for _, it := range items {
		go func() {
			err := do(it)
			if err != nil {
				errs <- err
			}
			if err == nil {
				errs <- nil
			}
		}()
	}
	for range items {
		if err := <-errs; err != nil {
			failed++
		}
	}
	return failed
}

// Each sends a pair, and pairs are received.
func bothReceived(items []string, do func(string) error) (failed int) {
	errs := make(chan error)
	for _, it := range items {
		go func() {
			errs <- do(it)
			errs <- do(it)
		}()
	}
	for range 2 * len(items) {
		if err := <-errs; err != nil {
			failed++
		}
	}
	return failed
}

// -- literals of the goroutine's own --

type pagedItem struct {
	value string
	err   error
}

func paged(list func(token string) ([]string, string, error)) <-chan pagedItem {
	out := make(chan pagedItem, 8) // related `^out is made here, with room for 8$`
	send := func(it pagedItem) bool {
		out <- it // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		return it.err == nil
	}
	go func() {
		defer close(out)
		for token := ""; ; {
			page, next, err := list(token)
			if err != nil {
				send(pagedItem{err: err})
				return
			}
			for _, v := range page {
				if !send(pagedItem{value: v}) {
					return
				}
			}
			if token = next; token == "" {
				return
			}
		}
	}()
	return out
}

func findPaged(list func(string) ([]string, string, error), match func(string) bool) (string, error) {
	for it := range paged(list) {
		if it.err != nil {
			return "", it.err
		}
		if match(it.value) {
			return it.value, nil // related `^here the receiver of out returns$`
		}
	}
	return "", nil
}
