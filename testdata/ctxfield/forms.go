// Package ctxfield has structs that hold a context, and such as may.
package ctxfield

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"fixture.example/ctxfield/dep"
)

type named struct {
	ctx  context.Context // want `^field ctx of named holds a context$`
	conn net.Conn
}

func (n *named) fetch() error { return n.ctx.Err() }

type exported struct {
	Ctx context.Context // want `^field Ctx of exported holds a context$`
}

type several struct {
	name        string
	parent, own context.Context // want `^field parent of several holds a context$` `^field own of several holds a context$`
	cancel      context.CancelFunc
}

type embedded struct {
	context.Context // want `^embedded embeds a context$`
	conn            net.Conn
}

type behindPointer struct {
	ctx *context.Context // want `^field ctx of behindPointer holds a context$`
}

type contained struct {
	bySession map[string]context.Context    // want `^field bySession of contained holds a context$`
	seen      map[context.Context]bool      // want `^field seen of contained holds a context$`
	stack     []context.Context             // want `^field stack of contained holds a context$`
	pair      [2]context.Context            // want `^field pair of contained holds a context$`
	queue     chan context.Context          // want `^field queue of contained holds a context$`
	nested    map[string][]*context.Context // want `^field nested of contained holds a context$`
}

// Functions about contexts hold none.
type functions struct {
	base    func(net.Listener) context.Context
	handle  func(context.Context) error
	cancel  context.CancelFunc
	cause   context.CancelCauseFunc
	timeout time.Duration
	done    <-chan struct{}
}

type (
	alias    = context.Context
	defined  context.Context
	contexts []context.Context
)

type aliased struct {
	ctx alias // want `^field ctx of aliased holds a context$`
}

type overDefined struct {
	ctx defined // want `^field ctx of overDefined holds a context$`
}

type overContainer struct {
	all contexts // want `^field all of overContainer holds a context$`
}

type sessions struct {
	session dep.Session // want `^field session of sessions holds a context$`
}

type embedsSession struct {
	dep.Session // want `^embedsSession embeds a context$`
}

type atomically struct {
	current atomic.Pointer[context.Context] // want `^field current of atomically holds a context$`
}

// withBase is a part of what dep.Base is reported for.
type withBase struct {
	dep.Base
	name string
}

type nestedUnnamed struct {
	conn struct {
		ctx  context.Context // want `^field ctx of nestedUnnamed holds a context$`
		addr string
	}
	peers []struct {
		ctx context.Context // want `^field ctx of nestedUnnamed holds a context$`
	}
}

var state struct {
	ctx context.Context // want `^field ctx of an unnamed struct holds a context$`
}

// holdsRequest holds a context only by way of a type that is told of.
type holdsNamed struct {
	client *named
}

func localType(ctx context.Context) {
	type worker struct {
		ctx context.Context // want `^field ctx of worker holds a context$`
		id  int
	}
	w := &worker{ctx: ctx}
	go func() { <-w.ctx.Done() }()
}

type server struct {
	ctx    context.Context // want `^field ctx of server holds a context$`
	cancel context.CancelFunc
}

func newServer() *server {
	ctx, cancel := context.WithCancel(context.Background())
	return &server{ctx: ctx, cancel: cancel}
}

func (s *server) Close() error {
	s.cancel()
	return s.ctx.Err()
}

// A service is no request for having one of the methods of a carrier.
type halfCarrier struct {
	ctx context.Context // want `^field ctx of halfCarrier holds a context$`
}

func (h *halfCarrier) Context() context.Context { return h.ctx }

// A service with all methods of a context, and none of its own, is none.
type embedsOnly struct {
	context.Context // want `^embedsOnly embeds a context$`
}

func (e *embedsOnly) Serve() error { return e.Err() }
