package capturerace

import (
	"context"
	"net"
)

// dialer is what the goroutine calls: code of other packages that starts goroutines of
// its own, which orders nothing here.
type dialer interface {
	Dial(network, address string) (net.Conn, error)
}

type plain struct{}

func (plain) Dial(network, address string) (net.Conn, error) { return net.Dial(network, address) }

type choosing struct{ first, second dialer }

func (c *choosing) pick(address string) dialer {
	if address == "" {
		return c.first
	}
	return c.second
}

func (c *choosing) Dial(network, address string) (net.Conn, error) {
	return c.pick(address).Dial(network, address)
}

func dialThrough(ctx context.Context, d dialer, address string) (net.Conn, error) {
	var conn net.Conn
	var err error
	done := make(chan struct{}, 1)
	go func() { // related `^the goroutine that has conn written starts here$` `^the goroutine that has err written starts here$`
		conn, err = d.Dial("tcp", address) // want `^conn is written by this goroutine, and may be read at the same time at line \d+$` `^err is written by this goroutine, and may be written at the same time at line \d+$`
		close(done)
		if conn != nil && ctx.Err() != nil {
			conn.Close()
		}
	}()
	select {
	case <-ctx.Done():
		err = ctx.Err() // related `^err is written here at the same time$`
	case <-done:
	}
	return conn, err // related `^conn is read here at the same time$`
}

// dialHandedOver leaves both to the goroutine when the context has ended.
func dialHandedOver(ctx context.Context, d dialer, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := d.Dial("tcp", address)
		done <- result{conn, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.conn, r.err
	}
}

func dialAndWait(d dialer, address string) (net.Conn, error) {
	var conn net.Conn
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err = d.Dial("tcp", address)
	}()
	<-done
	return conn, err
}
