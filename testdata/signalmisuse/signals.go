package signalmisuse

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func killed() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, os.Kill) // want `^signal\.Notify never gets os\.Kill: no program can catch that signal$`
	<-c
}

func stopped(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGKILL, syscall.SIGSTOP) // want `^signal\.NotifyContext never gets syscall\.SIGKILL: no program can catch that signal$` `^signal\.NotifyContext never gets syscall\.SIGSTOP: no program can catch that signal$`
	defer stop()
	<-ctx.Done()
	return ctx.Err()
}

var deadly = []os.Signal{
	os.Interrupt,
	os.Kill, // want `^signal\.Notify never gets os\.Kill: no program can catch that signal$`
}

func slice() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, deadly...)
	<-c
}

func variable() {
	last := syscall.SIGKILL // want `^signal\.Notify never gets syscall\.SIGKILL: no program can catch that signal$`
	c := make(chan os.Signal, 1)
	signal.Notify(c, last)
	<-c
}

const number = syscall.SIGSTOP

type options struct{ signals []os.Signal }

func (o *options) listen() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, o.signals...)
	return c
}

func field() {
	o := &options{signals: []os.Signal{number}} // want `^signal\.Notify never gets number: no program can catch that signal$`
	o.signals = append(o.signals, os.Kill)      // want `^signal\.Notify never gets os\.Kill: no program can catch that signal$`
	<-o.listen()
}

func waitFor(signals ...os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, signals...)
	<-c
}

func helper2() {
	waitFor(os.Interrupt, syscall.Signal(9)) // want `^signal\.Notify never gets syscall\.Signal\(9\): no program can catch that signal$`
	waitFor(syscall.SIGTERM)
}

func ignored() {
	signal.Ignore(syscall.SIGHUP, syscall.SIGKILL) // want `^signal\.Ignore never gets syscall\.SIGKILL: no program can catch that signal$`
	signal.Reset(os.Kill)
}

// -- signals that are sent --

func kill(p *os.Process) error {
	if err := p.Signal(os.Interrupt); err != nil {
		return p.Signal(os.Kill)
	}
	return syscall.Kill(p.Pid, syscall.SIGKILL)
}

func escalate(p *os.Process) error {
	for _, s := range []os.Signal{os.Interrupt, os.Kill} {
		if err := p.Signal(s); err == nil {
			return nil
		}
	}
	return nil
}
