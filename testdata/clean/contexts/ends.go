package contexts

import (
	"context"
	"log/slog"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// -- what comes behind the end of a context --

// A monitor is told of connections, whatever becomes of their contexts.
type monitor interface {
	Ended(ctx context.Context, name string)
}

// A link tells its monitor when it is closed.
type link struct {
	monitor monitor
	frames  chan string
}

func (l *link) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.serve(ctx)
	}()
	_ = exec.CommandContext(ctx, "flush").Run()
	cancel()
	<-done
	l.monitor.Ended(ctx, "link")
}

// serve reports a crash with the values of the context, ended or not.
func (l *link) serve(ctx context.Context) {
	defer handleCrash(ctx)
	for {
		select {
		case <-ctx.Done():
			slog.InfoContext(ctx, "closed", "cause", context.Cause(ctx))
			return
		case name := <-l.frames:
			_ = exec.CommandContext(ctx, name).Run()
		}
	}
}

func handleCrash(ctx context.Context) {
	if r := recover(); r != nil {
		slog.ErrorContext(ctx, "crash", "value", r)
	}
}

// attempts has a context for each attempt, and goes on with that of all.
func attempts(ctx context.Context, name string) error {
	for range 3 {
		try, cancel := context.WithTimeout(ctx, time.Second)
		err := exec.CommandContext(try, name).Run()
		cancel()
		if err == nil {
			return exec.CommandContext(ctx, name, "commit").Run()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}

// -- goroutines of handlers --

// first gives up waiting, and leaves it to the end of the request to end the command.
func first(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() { done <- exec.CommandContext(r.Context(), "date").Run() }()
	select {
	case <-done:
	case <-time.After(time.Second):
		http.Error(w, "late", http.StatusGatewayTimeout)
	}
}

// events writes until the client is gone, as does what feeds it.
func (l *link) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go l.feed(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case name := <-l.frames:
			_, _ = w.Write([]byte(name))
		}
	}
}

func (l *link) feed(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			select {
			case l.frames <- "tick":
			case <-ctx.Done():
				return
			}
		}
	}
}

func routes(ctx context.Context, mux *http.ServeMux, m monitor) {
	l := &link{monitor: m, frames: make(chan string)}
	l.run(ctx)
	mux.HandleFunc("/first", first)
	mux.HandleFunc("/events", l.events)
}

// A journal has what it was told, and forwards it with the values of the context.
type journal struct {
	export func(ctx context.Context, line string) error
	lines  []string
}

func (j *journal) recordEnd(ctx context.Context, line string) {
	j.lines = append(j.lines, line)
	if err := j.export(ctx, line); err != nil {
		j.lines = append(j.lines, err.Error())
	}
}

// serveUntil tells the journal at the end that it has come to the end.
func serveUntil(ctx context.Context, j *journal) {
	<-ctx.Done()
	j.recordEnd(ctx, "the end")
}

// subtestCancelled is handed a test by the tests of several packages.
func subtestCancelled(t *testing.T, dial func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if dial(ctx) == nil {
		t.Error("a dial whose context has ended succeeds")
	}
}
