package ctxdropped

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"fixture.example/ctxdropped/dep"
)

func leaf(c *dep.Client) error {
	return c.Send(context.Background(), "leaf") // related `^this is passed on in place of ctx$`
}

func middle(c *dep.Client) error { return leaf(c) }

func one(ctx context.Context, c *dep.Client) error {
	return leaf(c) // want `^ctx is not passed on to leaf, which passes context\.Background\(\) to c\.Send$`
}

func two(ctx context.Context, c *dep.Client) error {
	return middle(c) // want `^ctx is not passed on to middle, which calls leaf, which passes context\.Background\(\) to c\.Send$`
}

// outer passes its context on: the chain is two's.
func outer(ctx context.Context, c *dep.Client) error { return two(ctx, c) }

func again(ctx context.Context, c *dep.Client, list []string) {
	for range list {
		leaf(c) // want `^ctx is not passed on to leaf, which passes context\.Background\(\) to c\.Send$`
	}
	leaf(c)
}

func otherPackage(ctx context.Context, c *dep.Client) error {
	if err := c.Ping(); err != nil { // want `^ctx is not passed on to c\.Ping, which passes context\.Background\(\) to c\.Send$`
		return err
	}
	return dep.Check(c) // want `^ctx is not passed on to dep\.Check, which calls Ping, which passes context\.Background\(\) to c\.Send$`
}

func ping(c *dep.Client) error { return c.Ping() }

func otherPackageDeeper(ctx context.Context, c *dep.Client) error {
	return ping(c) // want `^ctx is not passed on to ping, which calls Ping, which passes context\.Background\(\) to c\.Send$`
}

// sibling is for ctxblind.
func sibling(ctx context.Context, c *dep.Client) error { return c.Get() }

func flushed(ctx context.Context, c *dep.Client) error { return c.Flush() }

func (s *store) save() error {
	return s.c.Send(context.TODO(), "save") // related `^this is passed on in place of (ctx|r\.Context\(\))$`
}

func (s *store) update(ctx context.Context) error {
	return s.save() // want `^ctx is not passed on to s\.save, which passes context\.TODO\(\) to s\.c\.Send$`
}

func (s *store) updateInClosure(ctx context.Context) error {
	return retry(3, func() error {
		return s.save() // want `^ctx is not passed on to s\.save, which passes context\.TODO\(\) to s\.c\.Send$`
	})
}

func (s *store) updateLater(ctx context.Context) {
	go s.save()
	go func() { s.save() }()
	defer s.save()
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.save() // want `^r\.Context\(\) is not passed on to s\.save, which passes context\.TODO\(\) to s\.c\.Send$`
}

type embedding struct{ *store }

func (e embedding) update(ctx context.Context) error {
	return e.save() // want `^ctx is not passed on to e\.save, which passes context\.TODO\(\) to s\.c\.Send$`
}

type saver interface{ keep() error }

type disk struct{ c *dep.Client }

func (d *disk) keep() error {
	return d.c.Send(context.Background(), "keep") // related `^this is passed on in place of ctx$`
}

func byInterface(ctx context.Context, s saver) error {
	return s.keep() // want `^ctx is not passed on to s\.keep, which passes context\.Background\(\) to d\.c\.Send$`
}

type list[T any] struct{ c *dep.Client }

func (l *list[T]) push(v T) error {
	return l.c.Send(context.Background(), "push") // related `^this is passed on in place of ctx$`
}

func pushes(ctx context.Context, l *list[int]) error {
	return l.push(1) // want `^ctx is not passed on to l\.push, which passes context\.Background\(\) to l\.c\.Send$`
}

// A reader is what io asks for.
type reader struct{ c *dep.Client }

func (r *reader) Read(p []byte) (int, error) {
	return 0, r.c.Send(context.Background(), "read")
}

func reads(ctx context.Context, r *reader) error {
	_, err := io.ReadAll(r)
	if err == nil {
		_, err = r.Read(nil)
	}
	return err
}

func logs(msg string) { slog.InfoContext(context.Background(), msg) }

func logsAlong(ctx context.Context) { logs("hello") }

func flush(c *dep.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return c.Send(ctx, "flush")
}

func flushes(ctx context.Context, c *dep.Client) error { return flush(c) }

func startLoop(c *dep.Client) {
	go func() { c.Send(context.Background(), "loop") }()
}

func starts(ctx context.Context, c *dep.Client) { startLoop(c) }

func closeAll(c *dep.Client) error { return c.Send(context.Background(), "bye") }

func closes(ctx context.Context, c *dep.Client) error { return closeAll(c) }

func byMethodValue(ctx context.Context, s *store) error {
	save := s.save
	return save() // want `^ctx is not passed on to save, which passes context\.TODO\(\) to s\.c\.Send$`
}

func handedOn(ctx context.Context, s *store) error {
	return retry(3, s.save) // want `^ctx is not passed on to s\.save, which passes context\.TODO\(\) to s\.c\.Send$`
}

func storedValue(ctx context.Context, s *store, hooks *[]func() error) {
	*hooks = append(*hooks, s.save)
}

// sends gives its request a context that it can cancel itself.
func sends(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r = r.WithContext(ctx)
	return http.DefaultClient.Do(r)
}

func chain5(c *dep.Client) error { return chain4(c) }

func chain4(c *dep.Client) error { return chain3(c) }

func chain3(c *dep.Client) error { return chain2(c) }

func chain2(c *dep.Client) error { return leaf(c) }

func longChain(ctx context.Context, c *dep.Client) error { return chain5(c) }
