package ctxfield

import (
	"context"
	"io"
	"net/http"
	"time"
)

// request mirrors http.Request.
type request struct {
	ctx context.Context
	url string
}

func (r *request) Context() context.Context { return r.ctx }

func (r *request) WithContext(ctx context.Context) *request {
	r2 := *r
	r2.ctx = ctx
	return &r2
}

type cloned struct{ ctx context.Context }

func (c cloned) Context() context.Context         { return c.ctx }
func (c cloned) Clone(ctx context.Context) cloned { return cloned{ctx} }

// publicRequest has the methods, but everyone can get at the field.
type publicRequest struct {
	Ctx context.Context // want `^field Ctx of publicRequest holds a context$`
}

func (r *publicRequest) Context() context.Context { return r.Ctx }

func (r *publicRequest) WithContext(ctx context.Context) *publicRequest { return &publicRequest{ctx} }

// pending holds the context of its request, as http.Request does.
type pending struct {
	req  *http.Request
	mine *request
}

// detached is a context of its own.
type detached struct{ context.Context }

func (detached) Done() <-chan struct{}            { return nil }
func (detached) Err() error                       { return nil }
func (detached) Deadline() (t time.Time, ok bool) { return t, false }

// merged is one as well, by fields.
type merged struct {
	first, second context.Context
	done          chan struct{}
}

func (m *merged) Deadline() (time.Time, bool) { return m.first.Deadline() }
func (m *merged) Done() <-chan struct{}       { return m.done }
func (m *merged) Err() error                  { return m.first.Err() }
func (m *merged) Value(key any) any           { return m.second.Value(key) }

// named is a context for being returned as one.
type namedContext struct {
	context.Context
	name string
}

func (n *namedContext) String() string { return n.name }

func withName(ctx context.Context, name string) context.Context {
	return &namedContext{ctx, name}
}

// upgraded is still a request.
type upgraded struct {
	*http.Request
	ctx context.Context
}

func (u *upgraded) refuse() error { return u.ctx.Err() }

func upgrade(r *http.Request) *upgraded { return &upgraded{r, r.Context()} }

// A stream is an interface of another package, in which Context is a method.
type stream interface {
	Context() context.Context
	Send(msg any) error
}

// wrapped answers as the stream that it wraps does, with another context.
type wrapped struct {
	stream
	ctx context.Context
}

func (w *wrapped) Context() context.Context { return w.ctx }

// reader can't get a context by Read.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func newReader(ctx context.Context, r io.Reader) io.Reader { return &reader{ctx, r} }

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// fetchingReader has another method, which could be given one.
type fetchingReader struct {
	ctx context.Context // want `^field ctx of fetchingReader holds a context$`
	r   io.Reader
}

func (r *fetchingReader) Read(p []byte) (int, error) { return 0, r.ctx.Err() }
func (r *fetchingReader) fetch() error               { return r.ctx.Err() }

// handler gets a context with each request.
type handler struct {
	ctx context.Context // want `^field ctx of handler holds a context$`
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	<-h.ctx.Done()
}

// closer could as well have a method Shutdown that is given a context.
type closer struct {
	ctx context.Context // want `^field ctx of closer holds a context$`
}

func (c *closer) Close() error { return c.ctx.Err() }
