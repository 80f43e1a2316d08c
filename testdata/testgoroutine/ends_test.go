// Package testgoroutine has tests that are ended on other goroutines.
package testgoroutine

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"fixture.example/testgoroutine/dep"
)

func work() error { return errors.New("none") }

func TestStraight(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		t.Fatal("no") // want `^t\.Fatal ends this goroutine, not that of the test$`
	}()
}

func TestBranch(t *testing.T) {
	done := make(chan bool)
	go func() { // related `^the goroutine is started here$`
		defer close(done)
		for range 3 {
			if err := work(); err != nil {
				t.Fatalf("no: %v", err) // want `^t\.Fatalf ends this goroutine, not that of the test$`
			}
		}
	}()
	<-done
}

func TestDeferred(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		defer t.FailNow() // want `^t\.FailNow ends this goroutine, not that of the test$`
		_ = work()
	}()
}

func TestSkips(t *testing.T) {
	var wg sync.WaitGroup
	wg.Go(func() { // related `^the goroutine is started here$`
		t.Skip("no") // want `^t\.Skip ends this goroutine, not that of the test$`
	})
	wg.Wait()
}

func TestSkipNow(t *testing.T) {
	var g errgroup.Group
	g.Go(func() error { // related `^the goroutine is started here$`
		if err := work(); err != nil {
			t.SkipNow() // want `^t\.SkipNow ends this goroutine, not that of the test$`
		}
		return nil
	})
	_ = g.Wait()
}

func TestTimer(t *testing.T) {
	timer := time.AfterFunc(time.Second, func() { // related `^the goroutine is started here$`
		t.Fatal("timeout") // want `^t\.Fatal ends this goroutine, not that of the test$`
	})
	defer timer.Stop()
}

func TestContext(t *testing.T) {
	stop := context.AfterFunc(t.Context(), func() { t.FailNow() }) // related `^the goroutine is started here$` // want `^t\.FailNow ends this goroutine, not that of the test$`
	defer stop()
}

func TestNamed(t *testing.T) {
	go fail(t) // want `^t\.Fatal is called on this goroutine, which it ends in place of the test's$`
}

func fail(t *testing.T) {
	t.Fatal("no") // related `^t\.Fatal is called here$`
}

func TestMethodValue(t *testing.T) {
	go t.FailNow() // want `^t\.FailNow is called on this goroutine, which it ends in place of the test's$`
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err) // related `^t\.Fatal is called here$`
	}
}

func TestHelper(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		check(t, work()) // want `^check calls t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

func deeper(t *testing.T) { deepest(t) }

func deepest(t *testing.T) {
	t.Fatal("no") // related `^t\.Fatal is called here$`
}

func TestDeepHelper(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		deeper(t) // want `^deeper calls t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

func TestOtherPackage(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		dep.Check(t, work()) // want `^dep\.Check calls FailNow, which ends this goroutine, not that of the test$`
	}()
}

func TestOtherPackageDeep(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		dep.CheckDeep(t, work()) // want `^dep\.CheckDeep calls FailNow, which ends this goroutine, not that of the test$`
	}()
}

func TestOtherPackageRequires(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		dep.Require(t, work()) // want `^dep\.Require calls an assertion, which ends this goroutine, not that of the test$`
	}()
}

func TestOtherPackageMethod(t *testing.T) {
	h := &dep.Harness{T: t}
	go func() { // related `^the goroutine is started here$`
		h.Must(work()) // want `^h\.Must calls FailNow, which ends this goroutine, not that of the test$`
	}()
}

func TestOtherPackageStarts(t *testing.T) {
	dep.Start(func() { // related `^the goroutine is started here$`
		t.Fatal("no") // want `^t\.Fatal ends this goroutine, not that of the test$`
	})
}

func TestRequires(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		require.NoError(t, work()) // want `^require\.NoError ends this goroutine, not that of the test$`
	}()
}

func TestRequiresBound(t *testing.T) {
	r := require.New(t)
	go func() { // related `^the goroutine is started here$`
		r.NoError(work()) // want `^r\.NoError ends this goroutine, not that of the test$`
	}()
}

func mustWork(t *testing.T) {
	require.NoError(t, work()) // related `^require\.NoError is called here$`
}

func TestRequiresDeep(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		mustWork(t) // want `^mustWork calls require\.NoError, which ends this goroutine, not that of the test$`
	}()
}

func TestEventually(t *testing.T) {
	require.Eventually(t, func() bool { // related `^the goroutine is started here$`
		require.NoError(t, work()) // want `^require\.NoError ends this goroutine, not that of the test$`
		return true
	}, time.Second, time.Millisecond)
}

type suite struct {
	t *testing.T
}

func (s *suite) Require() *require.Assertions { return require.New(s.t) }

func (s *suite) must(err error) {
	if err != nil {
		s.t.Fatal(err) // related `^s\.t\.Fatal is called here$`
	}
}

func (s *suite) TestField() {
	go func() { // related `^the goroutine is started here$`
		s.t.Fatal("no") // want `^s\.t\.Fatal ends this goroutine, not that of the test$`
	}()
}

func (s *suite) TestMethod() {
	go func() { // related `^the goroutine is started here$`
		s.must(work()) // want `^s\.must calls s\.t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

func (s *suite) TestRequire() {
	go func() { // related `^the goroutine is started here$`
		s.Require().NoError(work()) // want `^s\.Require\(\)\.NoError ends this goroutine, not that of the test$`
	}()
}

func (s *suite) T() *testing.T { return s.t }

func (s *suite) TestOwnT() {
	go func() { // related `^the goroutine is started here$`
		require.NoError(s.T(), work()) // want `^require\.NoError ends this goroutine, not that of the test$`
		s.T().Fatal("no")              // want `^s\.T\(\)\.Fatal ends this goroutine, not that of the test$`
	}()
}

func withOwn(t *testing.T) {
	r := require.New(t)
	r.NoError(work()) // related `^r\.NoError is called here$`
}

func TestRequiresBoundDeep(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		withOwn(t) // want `^withOwn calls r\.NoError, which ends this goroutine, not that of the test$`
	}()
}

func (s *suite) serve() {
	s.t.FailNow() // related `^s\.t\.FailNow is called here$`
}

func (s *suite) TestServe() {
	go s.serve() // want `^s\.t\.FailNow is called on this goroutine, which it ends in place of the test's$`
}

type embeds struct{ *testing.T }

func (e embeds) start() {
	go func() { // related `^the goroutine is started here$`
		e.Fatal("no") // want `^e\.Fatal ends this goroutine, not that of the test$`
	}()
}

func TestClosure(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err) // related `^t\.Fatal is called here$`
		}
	}
	go func() { // related `^the goroutine is started here$`
		must(work()) // want `^must calls t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

func TestVariable(t *testing.T) {
	f := func() {
		t.Fatal("no") // want `^t\.Fatal ends this goroutine, not that of the test$`
	}
	go f() // related `^the goroutine is started here$`
}

func async(f func()) { go f() }

func TestHanded(t *testing.T) {
	async(func() { // related `^the goroutine is started here$`
		check2(t, work()) // want `^check2 calls t\.Fatal, which ends this goroutine, not that of the test$`
	})
}

func check2(t testing.TB, err error) {
	if err != nil {
		t.Fatal(err) // related `^t\.Fatal is called here$`
	}
}

func TestArgument(t *testing.T) {
	for i := range 3 {
		go func(t *testing.T, i int) { // related `^the goroutine is started here$`
			if i > 1 {
				t.Fatal(i) // want `^t\.Fatal ends this goroutine, not that of the test$`
			}
		}(t, i)
	}
}

func must[T any](t testing.TB, v T, err error) T {
	if err != nil {
		t.Fatal(err) // related `^t\.Fatal is called here$`
	}
	return v
}

func BenchmarkGeneric(b *testing.B) {
	go func() { // related `^the goroutine is started here$`
		_ = must(b, 1, work()) // want `^must calls t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

type doer interface{ do(t *testing.T) }

type failing struct{}

func (failing) do(t *testing.T) {
	t.Fatal("no") // related `^t\.Fatal is called here$`
}

func TestInterface(t *testing.T) {
	var d doer = pick()
	go func() { // related `^the goroutine is started here$`
		d.do(t) // want `^d\.do calls t\.Fatal, which ends this goroutine, not that of the test$`
	}()
}

func pick() doer { return failing{} }

func FuzzGoes(f *testing.F) {
	f.Fuzz(func(t *testing.T, n int) {
		go func() { // related `^the goroutine is started here$`
			t.Fatal(n) // want `^t\.Fatal ends this goroutine, not that of the test$`
		}()
	})
}

func TestLogsOn(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		for {
			t.Log("alive") // want `^t\.Log is called after the test has ended: this goroutine never does$`
			time.Sleep(time.Millisecond)
		}
	}()
	if work() == nil {
		t.Error("no error")
	}
}
