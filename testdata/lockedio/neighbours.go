package lockedio

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"fixture.example/lockedio/dep"
)

// Nothing in this file is reported.

type server struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	url   string
	path  string
	last  string
	conn  net.Conn
	file  *os.File
	buf   bytes.Buffer
	w     io.Writer
	store *dep.Store
	n     int
	salt  [8]byte
}

func (s *server) releasedBefore() error {
	s.mu.Lock()
	url := s.url
	s.mu.Unlock()
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = resp.Status
	return nil
}

func (s *server) lockedAfter() {
	time.Sleep(time.Millisecond)
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *server) memory() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(&s.buf, "%d", s.n)
	s.buf.WriteString("x")
	io.WriteString(&s.buf, "y")
	io.Copy(&s.buf, strings.NewReader("z"))
	fmt.Fprintln(s.w, "of which nothing is known")
	return s.buf.String()
}

func (s *server) prints() {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Printf("n is %d", s.n)
	fmt.Println(s.n)
	fmt.Fprintln(os.Stderr, s.n)
	os.Stdout.WriteString("n")
}

func (s *server) closes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.Close()
	s.file.Close()
}

func (s *server) starts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	go s.slow()
	go func() {
		time.Sleep(time.Second)
	}()
	time.AfterFunc(time.Second, func() { os.Remove(s.path) })
}

func (s *server) slow() { time.Sleep(time.Second) }

func (s *server) unlocksAround() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.mu.Unlock()
	time.Sleep(time.Millisecond)
	s.mu.Lock()
	s.n++
}

func (s *server) retries() {
	for {
		s.mu.Lock()
		done := s.n > 3
		s.mu.Unlock()
		if done {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *server) unlocksOnThePath(wait bool) {
	s.mu.Lock()
	if wait {
		s.mu.Unlock()
		s.slow()
		return
	}
	s.n++
	s.mu.Unlock()
}

func (s *server) lock()   { s.mu.Lock() }
func (s *server) unlock() { s.mu.Unlock() }

func (s *server) byHelpers() {
	s.lock()
	s.n++
	s.unlock()
	s.slow()
}

func (s *server) hold() func() {
	s.mu.Lock()
	return s.mu.Unlock
}

func (s *server) byFunction() {
	release := s.hold()
	s.n++
	release()
	s.slow()
}

func (s *server) stores() {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn := func() { s.slow() }
	s.later(fn)
	_ = s.store.Path()
	_ = exec.Command("ls")
	_ = time.Now()
}

func (s *server) later(fn func()) { go fn() }

func (s *server) tries() {
	if s.mu.TryLock() {
		s.n++
		s.mu.Unlock()
	}
	s.slow()
}

func (s *server) conditional(locked bool) {
	if locked {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.n++
}

// Which of the segments closeAll leaves locked, if any, is not known.

type segment struct {
	mu  sync.Mutex
	bad bool
}

type segments struct{ files map[int]*segment }

func (s *segments) closeAll() bool {
	for _, f := range s.files {
		f.mu.Lock()
		if f.bad {
			return false
		}
		f.mu.Unlock()
	}
	return true
}

func (s *segments) reopen(path string) error {
	s.closeAll()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// Callees may release the lock while they wait.

func (s *server) write1(p []byte) {
	s.mu.Unlock()
	s.conn.Write(p)
	s.mu.Lock()
}

func (s *server) writeAll(p []byte) {
	s.n++
	s.write1(p)
	s.write1(p)
}

func (s *server) releasedInCallee() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeAll(nil)
}

func (s *server) unlockAndDial() {
	s.n++
	s.mu.Unlock()
	net.Dial("tcp", s.url)
}

func (s *server) releasedForGood() {
	s.mu.Lock()
	s.unlockAndDial()
}

// What a callee waits for may depend on what it is handed.

func (s *server) enqueuesForLater() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueue(nil, false)
	s.enqueueUnless(nil, true)
	s.sendUnless(false, true)
	s.store.Put(nil, false)
}

func (s *server) sendUnless(now, held bool) {
	if s.n == 0 {
		return
	} else if held {
		return
	}
	if now || s.n > 0 {
		s.conn.Write(nil)
	}
}

// Random numbers are at hand, and so are the numbers of ports.

func (s *server) port() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return net.LookupPort("tcp", s.url)
}

func (s *server) random() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := rand.Read(s.salt[:]); err != nil {
		return err
	}
	_, err := rand.Int(rand.Reader, big.NewInt(int64(s.n)))
	return err
}

// Of what is far down it is not known whether it is ever done.

func (s *server) farDown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down9()
}

func (s *server) down9() { s.down8() }
func (s *server) down8() { s.down7() }
func (s *server) down7() { s.down6() }
func (s *server) down6() { s.down5() }
func (s *server) down5() { s.down4() }
func (s *server) down4() { s.down3() }
func (s *server) down3() { s.down2() }
func (s *server) down2() { s.down1() }
func (s *server) down1() { time.Sleep(time.Second) }

// What is known of a field ends with the lock, at the same place.

type node struct{ group string }

func (s *server) forgets(old, next *node) {
	s.rw.RLock()
	n := s.n
	s.rw.RUnlock()
	s.slow()
	if n == 0 {
		return
	}
	if old.group == next.group {
		s.lockedAfter()
	} else if old.group != next.group {
		s.retries()
	}
}
