package lockleak

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// Small programs in the shapes of faults that were found in well-known
// modules, each beside its repaired version.

// gossip has the shape of cockroach#584: the loop is left with the lock.
type gossip struct {
	mu     sync.Mutex
	closed bool
	peers  []string
}

func (g *gossip) bootstrap() {
	for {
		g.mu.Lock() // want `^g\.mu is still locked at the end of bootstrap$`
		if g.closed {
			break
		}
		g.peers = append(g.peers, "peer")
		g.mu.Unlock()
	}
} // related `^the end of bootstrap leaves g\.mu locked$`

func (g *gossip) bootstrapRepaired() {
	for {
		g.mu.Lock()
		if g.closed {
			g.mu.Unlock()
			break
		}
		g.peers = append(g.peers, "peer")
		g.mu.Unlock()
	}
}

// client has the shape of etcd#5509: closed is found out under the lock.
type client struct {
	mu     sync.RWMutex
	remote *os.File
}

func (c *client) acquire() (*os.File, error) {
	for {
		c.mu.RLock() // want `^c\.mu is still read-locked at the return on line \d+$`
		if c.remote == nil {
			return nil, errClosed // related `^this return leaves c\.mu read-locked$`
		}
		remote := c.remote
		c.mu.RUnlock()
		if _, err := remote.Stat(); err == nil {
			return remote, nil
		}
	}
}

func (c *client) acquireRepaired() (*os.File, error) {
	for {
		c.mu.RLock()
		if c.remote == nil {
			c.mu.RUnlock()
			return nil, errClosed
		}
		remote := c.remote
		c.mu.RUnlock()
		if _, err := remote.Stat(); err == nil {
			return remote, nil
		}
	}
}

// server has the shape of grpc#795: the lock is not given back when stopped.
type server struct {
	mu    sync.Mutex
	conns map[string]bool
	drain bool
}

func (s *server) gracefulStop() {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	if s.drain || s.conns == nil {
		return // related `^this return leaves s\.mu locked$`
	}
	s.drain = true
	for c := range s.conns {
		delete(s.conns, c)
	}
	s.mu.Unlock()
}

func (s *server) gracefulStopRepaired() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drain || s.conns == nil {
		return
	}
	s.drain = true
}

// devices has the shape of moby#17176: one of two locks is deferred, the
// other one is not.
type devices struct {
	sync.Mutex
	infoMu sync.Mutex
	info   map[string]int
}

func (d *devices) deactivate(name string) error {
	d.infoMu.Lock()
	defer d.infoMu.Unlock()
	d.Lock() // want `^d is still locked at the return on line \d+$`
	if d.info[name] == 0 {
		return nil // related `^this return leaves d locked$`
	}
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	d.Unlock()
	return nil
}

func (d *devices) deactivateRepaired(name string) error {
	d.infoMu.Lock()
	defer d.infoMu.Unlock()
	d.Lock()
	defer d.Unlock()
	if d.info[name] == 0 {
		return nil
	}
	return os.Remove(name)
}

// dirs has the shape of testing's makeTempDir: a callee that may fail the
// test stands between the lock and its unlock; here it returns.
type dirs struct {
	mu  sync.Mutex
	dir string
	err error
	seq int
}

func (d *dirs) makeTemp() (string, error) {
	d.mu.Lock() // want `^d\.mu is still locked at the return on line \d+$`
	if d.dir == "" {
		d.dir, d.err = os.MkdirTemp("", "x")
		if d.err != nil {
			return "", d.err // related `^this return leaves d\.mu locked$`
		}
	}
	d.seq++
	seq := d.seq
	d.mu.Unlock()
	return fmt.Sprint(d.dir, seq), nil
}

func (d *dirs) makeTempRepaired() (string, error) {
	d.mu.Lock()
	if d.dir == "" {
		d.dir, d.err = os.MkdirTemp("", "x")
	}
	err := d.err
	if err == nil {
		d.seq++
	}
	seq := d.seq
	d.mu.Unlock()
	if err != nil {
		return "", err
	}
	return fmt.Sprint(seq), nil
}

// rlocked has the shape of crypto/tls's and database/sql's helpers.
type rlocked struct {
	closemu sync.RWMutex
	closed  bool
	onClose func()
}

func (r *rlocked) query() (release func(error), err error) {
	r.closemu.RLock()
	if r.closed {
		r.closemu.RUnlock()
		return nil, errors.New("closed")
	}
	return r.closemuRUnlock, nil
}

func (r *rlocked) closemuRUnlock(error) { r.closemu.RUnlock() }

func (r *rlocked) rows() *rows {
	r.closemu.RLock()
	return &rows{release: r.closemuRUnlock}
}

type rows struct{ release func(error) }

func (r *rows) close() { r.release(nil) }
