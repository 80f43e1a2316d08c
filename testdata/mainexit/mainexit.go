package mainexit

import (
	"bufio"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"sync"

	"fixture.example/mainexit/dep"
)

var errWork = errors.New("work")

func work(string) error { return errWork }

func removes() {
	dir, err := os.MkdirTemp("", "work")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) // related `^this deferred call is not made$`
	if err := work(dir); err != nil {
		log.Fatal(err) // want `^log\.Fatal ends the process, and what is deferred on line 26 is not done$`
	}
}

func twice(path string) {
	f, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close() // related `^this deferred call is not made$`
	w := bufio.NewWriter(f)
	defer w.Flush() // related `^this deferred call is not made$`
	if err := work(path); err != nil {
		log.Printf("work: %v", err)
		os.Exit(1) // want `^os\.Exit ends the process, and what is deferred on line 37 is not done$`
	}
	for range 3 {
		if err := work(path); err != nil {
			log.Fatalf("work: %v", err) // related `^this ends the process as well$`
		}
	}
}

func profile(f *os.File) {
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	defer pprof.StopCPUProfile() // related `^this deferred call is not made$`
	os.Exit(run())               // want `^os\.Exit ends the process, and what is deferred on line 55 is not done$`
}

func run() int { return 0 }

func literal(dir string) {
	defer func() { // related `^this deferred call is not made$`
		os.RemoveAll(dir)
	}()
	log.Fatalln(work(dir)) // want `^log\.Fatalln ends the process, and what is deferred on line 62 is not done$`
}

type server struct {
	dir string
	log *bufio.Writer
}

func (s *server) cleanup() { s.remove() }

func (s *server) remove() { os.RemoveAll(s.dir) }

func (s *server) run() {
	defer s.cleanup() // related `^this deferred call is not made$`
	if err := work(s.dir); err != nil {
		s.fatal(err) // want `^s\.fatal ends the process, and what is deferred on line 78 is not done$`
	}
}

func (s *server) fatal(err error) { fatalDeep(err) }

func fatalDeep(err error) { log.Fatal(err) }

func elsewhere(w *bufio.Writer) {
	defer w.Flush() // related `^this deferred call is not made$`
	if err := work(""); err != nil {
		dep.Fatal(err) // want `^dep\.Fatal ends the process, and what is deferred on line 89 is not done$`
	}
	dep.Check(nil)
}

func setup() (string, func()) {
	dir := "work"
	return dir, func() { os.RemoveAll(dir) }
}

func returned() {
	dir, done := setup()
	defer done() // related `^this deferred call is not made$`
	if err := work(dir); err != nil {
		log.Fatal(err) // want `^log\.Fatal ends the process, and what is deferred on line 103 is not done$`
	}
}

func inLiteral() func() {
	return func() {
		defer os.Remove("lock") // related `^this deferred call is not made$`
		log.Fatal(work(""))     // want `^log\.Fatal ends the process, and what is deferred on line 111 is not done$`
	}
}

func generic[T any](v T, w *bufio.Writer) {
	defer w.Flush()     // related `^this deferred call is not made$`
	log.Fatal(work("")) // want `^log\.Fatal ends the process, and what is deferred on line 117 is not done$`
}

// -- what does not matter --

func harmless(ctx context.Context, mu *sync.Mutex, conn net.Conn, resp *http.Response) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mu.Lock()
	defer mu.Unlock()
	defer conn.Close()
	defer resp.Body.Close()
	f, err := os.Open("in")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if ctx.Err() != nil {
		log.Fatal(ctx.Err())
	}
}

func before(dir string) {
	if dir == "" {
		log.Fatal("usage: before dir")
	}
	defer os.RemoveAll(dir)
	work(dir)
}

func other(dir string, quick bool) {
	if quick {
		defer os.RemoveAll(dir)
		work(dir)
		return
	}
	log.Fatal(work(dir))
}

func done(dir string) {
	defer os.RemoveAll(dir)
	if err := work(dir); err != nil {
		os.RemoveAll(dir)
		log.Fatal(err)
	}
}

func serves(w *bufio.Writer) {
	defer w.Flush()
	log.Fatal(http.ListenAndServe(":80", nil))
}

func servesError(w *bufio.Writer) {
	defer w.Flush()
	err := http.ListenAndServe(":80", nil)
	if err != nil {
		log.Fatal(err)
	}
}

func returnsCode(w *bufio.Writer) int {
	defer w.Flush()
	if work("") != nil {
		return 1
	}
	return 0
}

func doneInLiteral(dir string) {
	defer func() {
		if dir != "" {
			os.RemoveAll(dir)
		}
	}()
	if err := work(dir); err != nil {
		os.RemoveAll(dir)
		log.Fatal(err)
	}
}

func halfDoneInLiteral(dir string, w *bufio.Writer) {
	defer func() { // related `^this deferred call is not made$`
		w.Flush()
		os.RemoveAll(dir)
	}()
	if err := work(dir); err != nil {
		os.RemoveAll(dir)
		log.Fatal(err) // want `^log\.Fatal ends the process, and what is deferred on line 199 is not done$`
	}
}
