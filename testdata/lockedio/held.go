package lockedio

import (
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

func (s *server) sleeps() {
	s.mu.Lock()             // related `^s\.mu is held since here$`
	time.Sleep(time.Second) // want `^time\.Sleep sleeps while s\.mu is held since line 17$`
	s.mu.Unlock()
}

func (s *server) gets() error {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	resp, err := http.Get(s.url) // want `^http\.Get waits for the network while s\.mu is held since line 23$`
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	s.last = resp.Status
	return nil
}

func (s *server) reads() ([]byte, error) {
	s.rw.RLock() // related `^s\.rw is read-locked since here$`
	defer s.rw.RUnlock()
	return os.ReadFile(s.path) // want `^os\.ReadFile waits for the disk while s\.rw is read-locked since line 35$`
}

func (s *server) runs() error {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	return exec.Command("ls").Run() // want `^exec\.Command\("ls"\)\.Run waits for a process while s\.mu is held since line 41$`
}

func (s *server) writes(p []byte) {
	s.mu.Lock() // related `^s\.mu is held since here$` related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	if len(p) > 0 {
		s.conn.Write(p) // want `^s\.conn\.Write waits for the network while s\.mu is held since line 47$`
	}
	fmt.Fprintf(s.file, "%d", s.n) // want `^fmt\.Fprintf waits for the disk while s\.mu is held since line 47$`
}

func copies(mu *sync.Mutex, c *tls.Conn, w io.Writer) {
	mu.Lock()     // related `^mu is held since here$`
	io.Copy(w, c) // want `^io\.Copy waits for the network while mu is held since line 56$`
	mu.Unlock()
}

func queries(mu *sync.Mutex, db *sql.DB) {
	mu.Lock() // related `^mu is held since here$`
	defer mu.Unlock()
	db.Exec("delete") // want `^db\.Exec waits for the network while mu is held since line 62$`
}

func (s *server) inLoop(addrs []string) {
	s.mu.Lock() // related `^s\.mu is held since here$`
	for _, addr := range addrs {
		c, err := net.Dial("tcp", addr) // want `^net\.Dial waits for the network while s\.mu is held since line 68$`
		if err == nil {
			s.conn = c
			break
		}
	}
	s.mu.Unlock()
}

// -- through calls --

func (s *server) save() error { return s.write() }

func (s *server) write() error {
	return os.WriteFile(s.path, nil, 0o600) // related `^os\.WriteFile waits for the disk here$`
}

func (s *server) update() error {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.n++
	return s.save() // want `^this call of s\.save waits for the disk while s\.mu is held since line 88$`
}

func (s *server) otherPackage() error {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	return s.store.Save(nil) // want `^s\.store\.Save waits for the disk while s\.mu is held since line 95$`
}

func (s *server) helperLocks() {
	s.lock()                // related `^s\.mu is held since here$`
	time.Sleep(time.Second) // want `^time\.Sleep sleeps while s\.mu is held since line 101$`
	s.unlock()
}

type pinger interface{ ping() }

type realPinger struct{}

func (realPinger) ping() {
	http.Get("http://example.com") // related `^http\.Get waits for the network here$`
}

func pingsLocked(mu *sync.Mutex, p pinger) {
	mu.Lock() // related `^mu is held since here$`
	defer mu.Unlock()
	p.ping() // want `^this call of p\.ping waits for the network while mu is held since line 115$`
}

// -- closures --

func (s *server) locked(f func()) {
	s.mu.Lock() // related `^s\.mu is held since here$` related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	f()
}

func (s *server) callback() {
	s.locked(func() {
		os.Remove(s.path) // want `^os\.Remove waits for the disk while s\.mu is held since line 123$`
	})
}

func (s *server) goroutine() {
	go func() {
		s.mu.Lock() // related `^s\.mu is held since here$`
		defer s.mu.Unlock()
		time.Sleep(time.Second) // want `^time\.Sleep sleeps while s\.mu is held since line 136$`
	}()
}

func (s *server) onTheSpot() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	func() {
		time.Sleep(time.Second) // want `^time\.Sleep sleeps while s\.mu is held since line 143$`
	}()
}

func (s *server) once(o *sync.Once) {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	o.Do(func() {
		http.Get(s.url) // want `^http\.Get waits for the network while s\.mu is held since line 151$`
	})
}

type embedded struct {
	sync.Mutex
	path string
}

func (e *embedded) stat() (os.FileInfo, error) {
	e.Lock() // related `^e is held since here$`
	defer e.Unlock()
	return os.Stat(e.path) // want `^os\.Stat waits for the disk while e is held since line 164$`
}

type cache[K comparable] struct {
	mu sync.Mutex
	m  map[K]string
}

func (c *cache[K]) load(k K, path string) {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	data, _ := os.ReadFile(path) // want `^os\.ReadFile waits for the disk while c\.mu is held since line 175$`
	c.m[k] = string(data)
}

// rotate waits for the disk in several places, which is one finding, and for the
// network, which is another.
func (s *server) rotate(old, next string) error {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	if err := os.Rename(s.path, old); err != nil { // want `^os\.Rename waits for the disk while s\.mu is held since line 184$`
		return err
	}
	if err := os.Remove(next); err != nil { // related `^os\.Remove waits for the disk as well$`
		return err
	}
	_, err := s.conn.Write([]byte(next)) // want `^s\.conn\.Write waits for the network while s\.mu is held since line 184$`
	return err
}

// -- callees that release the lock --

// flush releases the lock of its caller while it writes, but not while it removes the file.
func (s *server) flush(p []byte) {
	s.mu.Unlock()
	s.conn.Write(p)
	s.mu.Lock()       // related `^s\.mu is held since here$`
	os.Remove(s.path) // want `^os\.Remove waits for the disk while s\.mu is held since line 202$`
}

// unlessBusy waits before it releases the lock.
func (s *server) unlessBusy() {
	if s.n == 0 {
		os.Remove(s.path) // related `^os\.Remove waits for the disk here$`
	}
	s.flush(nil)
}

func (s *server) removesBefore() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.n++
	s.unlessBusy() // want `^this call of s\.unlessBusy waits for the disk while s\.mu is held since line 215$`
}

// pause releases the lock of its caller, but not that of others.
func (s *server) pause() {
	s.mu.Unlock()
	time.Sleep(time.Millisecond) // related `^time\.Sleep sleeps here$`
	s.mu.Lock()
}

func (s *server) pausesUnderAnother() {
	s.rw.Lock() // related `^s\.rw is held since here$`
	defer s.rw.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause() // want `^this call of s\.pause sleeps while s\.rw is held since line 229$`
}

func (s *server) removeAndUnlock() {
	os.Remove(s.path) // related `^os\.Remove waits for the disk here$`
	s.mu.Unlock()
}

func (s *server) handsOver() {
	s.mu.Lock()         // related `^s\.mu is held since here$`
	s.removeAndUnlock() // want `^this call of s\.removeAndUnlock waits for the disk while s\.mu is held since line 242$`
}

// -- waits on a condition --

func (s *server) enqueue(p []byte, flush bool) {
	s.buf.Write(p)
	if flush {
		s.conn.Write(p) // related `^s\.conn\.Write waits for the network here$` related `^s\.conn\.Write waits for the network here$` related `^s\.conn\.Write waits for the network here$`
	}
}

func (s *server) enqueuesNow() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.enqueue(nil, true) // want `^this call of s\.enqueue waits for the network while s\.mu is held since line 256$`
}

func (s *server) enqueuesPerhaps(flush bool) {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.enqueue(nil, flush) // want `^this call of s\.enqueue waits for the network while s\.mu is held since line 262$`
}

func (s *server) enqueueUnless(p []byte, later bool) {
	s.enqueue(p, !later)
}

func (s *server) enqueuesUnlessLater() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.enqueueUnless(nil, false) // want `^this call of s\.enqueueUnless waits for the network while s\.mu is held since line 272$`
}

// either waits, for one thing or for another.
func (s *server) either(far bool) {
	if far {
		s.conn.Write(nil)
		return
	}
	os.Remove(s.path) // related `^os\.Remove waits for the disk here$`
}

func (s *server) near() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.either(false) // want `^this call of s\.either waits for the disk while s\.mu is held since line 287$`
}

// forces sends in any case, since it changes what it is handed.
func (s *server) forces(flush bool) {
	flush = flush || s.n > 0
	if flush {
		s.conn.Write(nil) // related `^s\.conn\.Write waits for the network here$`
	}
}

func (s *server) forced() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.forces(false) // want `^this call of s\.forces waits for the network while s\.mu is held since line 301$`
}

func (s *server) syncsOtherPackage() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.store.Put(nil, true) // want `^s\.store\.Put waits for the disk while s\.mu is held since line 307$`
}

// -- far down --

func (s *server) notSoFarDown() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	defer s.mu.Unlock()
	s.level8() // want `^this call of s\.level8 sleeps while s\.mu is held since line 315$`
}

func (s *server) level8() { s.level7() }
func (s *server) level7() { s.level6() }
func (s *server) level6() { s.level5() }
func (s *server) level5() { s.level4() }
func (s *server) level4() { s.level3() }
func (s *server) level3() { s.level2() }
func (s *server) level2() { s.level1() }
func (s *server) level1() {
	time.Sleep(time.Second) // related `^time\.Sleep sleeps here$`
}
