// Package contexts holds contexts only where a struct stands for one call.
package contexts

import (
	"context"
	"io"
	"net/http"
	"time"
)

// A search is passed its context with each call.
type search struct {
	client  *http.Client
	timeout time.Duration
	onStart func(context.Context)
}

func (s *search) find(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	s.onStart(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return s.client.Do(req)
}

// A rpc mirrors http.Request.
type rpc struct {
	ctx    context.Context
	method string
}

func (r *rpc) Context() context.Context {
	if r.ctx == nil {
		return context.Background()
	}
	return r.ctx
}

func (r *rpc) WithContext(ctx context.Context) *rpc { return &rpc{ctx: ctx, method: r.method} }

// valuesOnly is a context that is never done.
type valuesOnly struct{ context.Context }

func (valuesOnly) Deadline() (deadline time.Time, ok bool) { return deadline, false }
func (valuesOnly) Done() <-chan struct{}                   { return nil }
func (valuesOnly) Err() error                              { return nil }

// A contextReader stops when its context does. Read can't be given one.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func copyAll(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	return io.Copy(to, contextReader{ctx, from})
}

// dialParams are the parameters of dial.
type dialParams struct {
	ctx     context.Context
	address string
	retries int
}

func dial(p dialParams) error {
	for range p.retries {
		if err := p.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func dialTwice(ctx context.Context) error {
	return dial(dialParams{ctx: ctx, address: "localhost", retries: 2})
}

// A lookup is sent to the goroutine that owns the table.
type lookup struct {
	ctx   context.Context
	key   string
	found chan string
}

func serveTable(ctx context.Context, table map[string]string, lookups <-chan lookup) {
	for {
		select {
		case l := <-lookups:
			select {
			case l.found <- table[l.key]:
			case <-l.ctx.Done():
			}
		case <-ctx.Done():
			return
		}
	}
}

func ask(ctx context.Context, lookups chan<- lookup, key string) (string, error) {
	l := lookup{ctx: ctx, key: key, found: make(chan string, 1)}
	select {
	case lookups <- l:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case value := <-l.found:
		return value, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
