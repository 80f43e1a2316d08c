package ctxloop

import (
	"context"
	"net/http"
	"time"

	"fixture.example/ctxloop/dep"
)

type idKey struct{}

func handle(context.Context, int) {}

func value(ctx context.Context, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		ctx = context.WithValue(ctx, idKey{}, id) // want `^ctx is derived from itself in each turn of the loop on line 16, and grows$`
		handle(ctx, id)
	}
}

func anew(ctx context.Context, ids []int) {
	for _, id := range ids {
		ctx := context.WithValue(ctx, idKey{}, id)
		handle(ctx, id)
	}
}

func timeout(ctx context.Context, next func() int) {
	for { // related `^this is the loop$`
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second) // want `^ctx is derived from itself in each turn of the loop on line 30, and grows$`
		handle(ctx, next())
		cancel()
	}
}

func cancels(ctx context.Context) {
	var cancel func()
	for range 3 { // related `^this is the loop$`
		ctx, cancel = context.WithCancel(ctx) // want `^ctx is derived from itself in each turn of the loop on line 40, and grows$`
		handle(ctx, 1)
		cancel()
	}
}

func usedLater(ctx context.Context, ids []int) {
	for i := 0; i < len(ids); i++ { // related `^this is the loop$`
		if ids[i] > 0 {
			ctx = context.WithValue(ctx, idKey{}, ids[i]) // want `^ctx is derived from itself in each turn of the loop on line 48, and grows$`
		}
	}
	handle(ctx, 0)
}

func post(base context.Context, n int) {
	for ctx := base; n > 0; ctx = context.WithValue(ctx, idKey{}, n) { // related `^this is the loop$` // want `^ctx is derived from itself in each turn of the loop on line 57, and grows$`
		n--
		handle(ctx, n)
	}
}

func selects(ctx context.Context, reload <-chan int) {
	for { // related `^this is the loop$`
		select {
		case id := <-reload:
			ctx = context.WithValue(ctx, idKey{}, id) // want `^ctx is derived from itself in each turn of the loop on line 64, and grows$`
			handle(ctx, id)
		case <-ctx.Done():
			return
		}
	}
}

func outerVariable(ctx context.Context, ids [][]int) {
	for _, list := range ids {
		ctx := ctx
		for _, id := range list { // related `^this is the loop$`
			ctx = context.WithoutCancel(ctx) // want `^ctx is derived from itself in each turn of the loop on line 78, and grows$`
			handle(ctx, id)
		}
	}
}

func deferred(ctx context.Context, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		func() {
			ctx = context.WithValue(ctx, idKey{}, id) // want `^ctx is derived from itself in each turn of the loop on line 86, and grows$`
			defer handle(ctx, id)
		}()
	}
}

func chain(ctx context.Context, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		inner := context.WithValue(ctx, idKey{}, id)
		handle(inner, id)
		ctx = context.WithoutCancel(inner) // want `^ctx is derived from itself in each turn of the loop on line 95, and grows$`
	}
}

// -- helpers --

func with(ctx context.Context, id int) context.Context { return context.WithValue(ctx, idKey{}, id) }

func withDeep(id int, ctx context.Context) (context.Context, error) {
	ctx = with(ctx, id)
	return ctx, nil
}

func helper(ctx context.Context, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		ctx = with(ctx, id) // want `^ctx is derived from itself in each turn of the loop on line 112, and grows$`
		handle(ctx, id)
	}
}

func helperDeep(ctx context.Context, ids []int) (err error) {
	for _, id := range ids { // related `^this is the loop$`
		ctx, err = withDeep(id, ctx) // want `^ctx is derived from itself in each turn of the loop on line 119, and grows$`
		if err != nil {
			return err
		}
	}
	return nil
}

func helperElsewhere(ctx context.Context, next func() bool) {
	for next() { // related `^this is the loop$`
		ctx = dep.With(ctx, 1) // want `^ctx is derived from itself in each turn of the loop on line 129, and grows$`
		handle(ctx, 1)
	}
}

func noDerivation(ctx context.Context, next func() bool) {
	for next() {
		ctx = dep.Or(ctx)
		handle(ctx, 1)
	}
}

func withT[T any](ctx context.Context, v T) context.Context {
	return context.WithValue(ctx, idKey{}, v)
}

func generic(ctx context.Context, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		ctx = withT(ctx, id) // want `^ctx is derived from itself in each turn of the loop on line 147, and grows$`
		handle(ctx, id)
	}
}

// -- fields --

type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

type embedding struct{ server }

func (s *server) restart(n int) {
	for range n { // related `^this is the loop$`
		s.ctx, s.cancel = context.WithCancel(s.ctx) // want `^s\.ctx is derived from itself in each turn of the loop on line 163, and grows$`
		handle(s.ctx, n)
	}
}

func (e *embedding) restart(n int) {
	for range n { // related `^this is the loop$`
		e.ctx = context.WithValue(e.ctx, idKey{}, n) // want `^e\.ctx is derived from itself in each turn of the loop on line 170, and grows$`
	}
}

func restartAll(servers []*server) {
	for _, s := range servers {
		s.ctx, s.cancel = context.WithCancel(s.ctx)
	}
}

func requests(r *http.Request, ids []int) {
	for _, id := range ids { // related `^this is the loop$`
		r = r.WithContext(context.WithValue(r.Context(), idKey{}, id)) // want `^r is derived from itself in each turn of the loop on line 182, and grows$`
		handle(r.Context(), id)
	}
}

var global = context.Background()

func globals(n int) {
	for range n { // related `^this is the loop$`
		global = context.WithValue(global, idKey{}, n) // want `^global is derived from itself in each turn of the loop on line 191, and grows$`
	}
}

// -- functions that derive a field --

type job struct{ ctx context.Context }

func (j *job) step() {
	j.ctx = context.WithValue(j.ctx, idKey{}, 1) // related `^j\.ctx is derived here$`
	handle(j.ctx, 1)
}

func (j *job) steps(n int) {
	for range n { // related `^this is the loop$`
		j.step() // want `^j\.step derives j\.ctx from itself in each turn of the loop on line 206, and grows$`
	}
}

func (j *job) twice() {
	j.step()
	j.step()
}

func (j *job) deep(n int) {
	for range n { // related `^this is the loop$`
		j.twice() // want `^j\.twice derives j\.ctx from itself in each turn of the loop on line 217, and grows$`
	}
}

func all(jobs []*job) {
	for _, j := range jobs {
		j.step()
	}
}

func oneStep(j *job) { j.step() }

// -- what is left alone --

type stringKey string

func headers(ctx context.Context, header http.Header) context.Context {
	for name := range header {
		ctx = context.WithValue(ctx, stringKey(name), header.Get(name))
	}
	return ctx
}

func deadlines(ctx context.Context, list []time.Time) (context.Context, []func()) {
	var stops []func()
	for _, t := range list {
		var cancel func()
		ctx, cancel = context.WithDeadline(ctx, t)
		stops = append(stops, cancel)
	}
	return ctx, stops
}

func options(ctx context.Context, list []func(context.Context) context.Context) context.Context {
	for _, o := range list {
		ctx = o(ctx)
	}
	return ctx
}

func found(ctx context.Context, ids []int) context.Context {
	for _, id := range ids {
		if id > 3 {
			ctx = context.WithValue(ctx, idKey{}, id)
			break
		}
	}
	return ctx
}

func first(ctx context.Context, ids []int) context.Context {
	done := false
	for _, id := range ids {
		if !done && id > 3 {
			ctx = context.WithValue(ctx, idKey{}, id)
			done = true
		}
	}
	return ctx
}

func missing(ctx context.Context, ids []int) {
	for _, id := range ids {
		if ctx.Value(idKey{}) == nil {
			ctx = context.WithValue(ctx, idKey{}, id)
		}
		handle(ctx, id)
	}
}

func reset(base context.Context, ids []int) {
	var ctx context.Context
	for _, id := range ids {
		ctx = base
		ctx = context.WithValue(ctx, idKey{}, id)
		handle(ctx, id)
	}
}

func fromBase(base context.Context, ids []int) {
	var ctx context.Context
	for _, id := range ids {
		ctx = context.WithValue(base, idKey{}, id)
		handle(ctx, id)
	}
}

func handlers(ctx context.Context, ids []int) (list []func()) {
	for _, id := range ids {
		list = append(list, func() {
			ctx := context.WithValue(ctx, idKey{}, id)
			handle(ctx, id)
		})
	}
	return list
}
