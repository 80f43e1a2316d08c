package capturerace

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
)

// A test that fails may leave its goroutines running.
func TestFailsEarly(t *testing.T) {
	var err error
	defer func() { use(err) }()
	done := make(chan bool)
	go func() {
		err = work()
		close(done)
	}()
	if work() == nil {
		t.Fatal("no error")
	}
	<-done
}

func TestParallelSubtests(t *testing.T) {
	n := 0
	for range 3 {
		t.Run("sub", func(t *testing.T) { // related `^the subtests run here$`
			t.Parallel()
			n++ // want `^n is written by subtests that run in parallel$`
		})
	}
}

type options struct{ trim, upper bool }

// What one subtest sets is not renewed for the next.
func TestParallelOptions(t *testing.T) {
	o := &options{}
	for _, upper := range []bool{false, true} {
		t.Run("sub", func(t *testing.T) { // related `^the subtests run here$` `^the subtests run here$`
			t.Parallel()
			o.trim = true   // want `^o\.trim is written by subtests that run in parallel$`
			o.upper = upper // want `^o\.upper is written by subtests that run in parallel$`
		})
	}
}

func TestParallelFlag(t *testing.T) {
	found := false
	for range 3 {
		t.Run("sub", func(t *testing.T) { // related `^the subtests run here$`
			t.Parallel()
			found = true // want `^found is written by subtests that run in parallel$`
			use(&found)
		})
	}
}

func TestParallelOwnOptions(t *testing.T) {
	for _, upper := range []bool{false, true} {
		found, o, p := false, options{}, &options{}
		t.Run("sub", func(t *testing.T) {
			t.Parallel()
			found, o.upper, p.upper = true, upper, upper
			use(found, o, p)
		})
	}
}

func TestSubtestsInTurn(t *testing.T) {
	n := 0
	for range 3 {
		t.Run("sub", func(t *testing.T) {
			n++
		})
	}
	use(n)
}

// What goroutines have done when all are blocked can be read.
func TestSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := false
		ch := make(chan int)
		go func() {
			<-ch
			done = true
		}()
		ch <- 1
		synctest.Wait()
		if !done {
			t.Error("not done")
		}
	})
}

func TestNotSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := false
		ch := make(chan int)
		go func() { // related `^the goroutine that has done written starts here$`
			<-ch
			done = true // want `^done is written by this goroutine, and may be read at the same time at line \d+$`
		}()
		ch <- 1
		if !done { // related `^done is read here at the same time$`
			t.Error("not done")
		}
	})
}

// Nothing in the bubble waits for what is started in each turn.
func TestNotSettledInLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		for range 3 {
			go func() { // related `^the goroutines that have n start here$`
				n++ // want `^n is written by several goroutines, perhaps at the same time$`
			}()
		}
		synctest.Wait()
	})
}

func request(t *testing.T, url string) {
	resp, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	resp.Body.Close()
}

func TestOneRequestAfterTheOther(t *testing.T) {
	hits := 0
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer srv.Close()
	for range 4 {
		request(t, srv.URL)
	}
	use(hits)
}
