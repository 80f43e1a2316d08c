// Package hooks has channels that its tests make.
package hooks

type conn struct {
	started chan bool
	stopped chan bool // related `^stopped is declared here$` `^stopped is declared here$`
}

func newConn() *conn { return &conn{} }

func (c *conn) run() {
	c.started <- true
	c.stopped <- true // want `^this send blocks for ever: nothing assigns c\.stopped, so it is nil$`
}
