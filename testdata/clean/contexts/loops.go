package contexts

import (
	"context"
	"time"
)

type attemptKey struct{}

// retry has a context for each attempt.
func retry(ctx context.Context, n int, try func(context.Context) error) (err error) {
	for i := range n {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		ctx = context.WithValue(ctx, attemptKey{}, i)
		err = try(ctx)
		cancel()
		if err == nil {
			return nil
		}
	}
	return err
}

// An option changes the context of a call.
type option struct{ key, value any }

func apply(ctx context.Context, options ...option) context.Context {
	for _, o := range options {
		if o.key == nil {
			continue
		}
		ctx = set(ctx, o.key, o.value)
	}
	return ctx
}

// pairs takes keys and values in turn.
func pairs(ctx context.Context, list ...any) context.Context {
	for i := 0; i+1 < len(list); i += 2 {
		ctx = context.WithValue(ctx, list[i], list[i+1])
	}
	return ctx
}

// A scanner starts anew with each file, from the context of the whole.
type scanner struct {
	base, ctx context.Context
	cancel    context.CancelFunc
}

func scan(base context.Context, names []string, visit func(context.Context, string)) {
	s := &scanner{base: base}
	for _, name := range names {
		s.begin()
		visit(s.ctx, name)
		s.cancel()
	}
}

func (s *scanner) begin() {
	s.ctx = s.base
	s.ctx, s.cancel = context.WithCancel(s.ctx)
}

// connect retries until it has a connection whose context outlives it.
func connect(ctx context.Context, dial func() bool) (context.Context, context.CancelFunc) {
	for {
		if dial() {
			ctx, cancel := context.WithCancel(ctx)
			return ctx, cancel
		}
	}
}

type provider struct{ context.Context }

type jobKey struct{}

// provision keeps the context from before the loop, and derives from that in each turn.
func provision(p *provider, jobs []string, start func(context.Context, string)) {
	saved := p.Context
	for _, job := range jobs {
		p.Context = context.WithValue(saved, jobKey{}, job)
		start(p, job)
	}
	p.Context = saved
}
