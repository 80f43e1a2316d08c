// Package signals waits for signals and sends them.
package signals

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func untilInterrupted() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(c)
	<-c
}

func untilDone(ctx context.Context, run func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx)
}

// A daemon reloads at one signal and stops at another. Its done channel has no
// buffer, and no signal is ever sent to it.
type daemon struct {
	signals chan os.Signal
	done    chan struct{}
}

func newDaemon() *daemon {
	return &daemon{signals: make(chan os.Signal, 8), done: make(chan struct{})}
}

func (d *daemon) run(reload func()) {
	signal.Notify(d.signals, syscall.SIGHUP, syscall.SIGTERM)
	defer close(d.done)
	for s := range d.signals {
		if s == syscall.SIGTERM {
			return
		}
		reload()
	}
}

// A relay hands on what it gets on a channel with a buffer to one without.
type relay struct {
	in  chan os.Signal
	out chan os.Signal
}

func newRelay() *relay {
	return &relay{in: make(chan os.Signal, 1), out: make(chan os.Signal)}
}

func (r *relay) run(ctx context.Context) {
	signal.Notify(r.in, os.Interrupt)
	for {
		select {
		case s := <-r.in:
			select {
			case r.out <- s:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// stopGently asks a process to end, and kills it when it does not.
func stopGently(cmd *exec.Cmd, patience time.Duration) error {
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		return cmd.Process.Signal(os.Kill)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	return <-ended
}

// wasKilled compares with a signal that cannot be caught.
func wasKilled(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGSTOP)
}

// fakeSignals makes a channel for a test to send on, where no package does.
func fakeSignals() (chan os.Signal, func()) {
	c := make(chan os.Signal)
	return c, func() { c <- os.Interrupt }
}
