package tests

import (
	"errors"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func work() error { return errors.New("none") }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The goroutine marks the test as failed and hands the end to it.
func TestErrors(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := work(); err != nil {
			t.Error(err)
			return
		}
		t.Log("done")
	}()
	<-done
}

// The error goes to the goroutine of the test.
func TestHandsError(t *testing.T) {
	errs := make(chan error, 1)
	go func() { errs <- work() }()
	if err := <-errs; err != nil {
		t.Fatal(err)
	}
}

// So does that of a group.
func TestGroup(t *testing.T) {
	var g errgroup.Group
	g.Go(work)
	check(t, g.Wait())
}

// Package assert ends nothing.
func TestAsserts(t *testing.T) {
	var wg sync.WaitGroup
	wg.Go(func() { assert.NoError(t, work()) })
	wg.Wait()
	require.True(t, true)
}

// A subtest has a goroutine of its own, which its test may be ended on.
func TestRunsSubtests(t *testing.T) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			t.Run("sub", func(t *testing.T) {
				check(t, work())
				if err := work(); err != nil {
					t.Fatal(err)
				}
				require.NoError(t, work())
			})
		})
	}
	wg.Wait()
}

// Parallel subtests are ended on their own.
func TestParallel(t *testing.T) {
	for range 2 {
		t.Run("sub", func(t *testing.T) {
			t.Parallel()
			check(t, work())
		})
	}
}

// Clean-up functions run on the goroutine of the test.
func TestCleanup(t *testing.T) {
	t.Cleanup(func() { check(t, work()) })
	defer func() { check(t, work()) }()
}

// A deferred function and a literal that is called at once do, too.
func TestCalledAtOnce(t *testing.T) {
	func() { check(t, work()) }()
	must := func() { check(t, work()) }
	must()
	var once sync.Once
	once.Do(func() { check(t, work()) })
}

// To end the goroutine on purpose there is a call of its own.
func TestGoexit(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := work(); err != nil {
			t.Error(err)
			runtime.Goexit()
		}
	}()
	<-done
}

// This test is made for the purpose.
func TestOfTest(t *testing.T) {
	fake := new(testing.T)
	done := make(chan struct{})
	go func() {
		defer close(done)
		fake.FailNow()
	}()
	<-done
	if !fake.Failed() {
		t.Error("not failed")
	}
}

// The body of RunParallel ends one worker.
func BenchmarkParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := work(); err == nil {
				b.Fatal("no error")
			}
		}
	})
}

// A handler may be called by the test.
func TestHandler(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Fatal("not GET")
		}
	})
	mux.ServeHTTP(nil, new(http.Request))
}

// collect has the methods of a test, and is none.
type collect struct{ failed bool }

func (c *collect) Errorf(string, ...any) { c.failed = true }
func (c *collect) FailNow()              { runtime.Goexit() }

// What is ended here is the goroutine of the collector.
func TestCollector(t *testing.T) {
	c := new(collect)
	var wg sync.WaitGroup
	wg.Go(func() { require.NoError(c, work()) })
	wg.Go(func() { require.New(c).NoError(work()) })
	wg.Wait()
	if !c.failed {
		t.Error("not failed")
	}
}

// The loop ends before the test does.
func TestLogs(t *testing.T) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			t.Log("alive")
			time.Sleep(time.Millisecond)
		}
	}()
	check(t, work())
	close(stop)
	<-done
}

// TempDir may end the test, but is no end of a goroutine.
func TestTempDir(t *testing.T) {
	var wg sync.WaitGroup
	wg.Go(func() { t.Log(t.TempDir()) })
	wg.Wait()
}

type logger interface {
	printf(format string, args ...any)
}

// strictLogger ends the test by what the server logs.
type strictLogger struct{ t *testing.T }

func (l *strictLogger) printf(format string, args ...any) { l.t.Fatalf(format, args...) }

type server struct {
	log  logger
	done chan struct{}
}

func (s *server) serve() {
	defer close(s.done)
	if err := work(); err == nil {
		s.log.printf("no error")
	}
}

// The server knows its logger only by an interface.
func TestLogger(t *testing.T) {
	start(newServer(&strictLogger{t}))
}

func newServer(l logger) *server { return &server{l, make(chan struct{})} }

func start(s *server) {
	go s.serve()
	<-s.done
}
