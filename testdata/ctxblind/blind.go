// Package ctxblind has calls that wait without the context in scope.
package ctxblind

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"fixture.example/ctxblind/dep"
)

type store struct {
	db     *sql.DB
	client *dep.Client
	out    chan int
	queue  chan int
}

func newStore(db *sql.DB) *store {
	return &store{db: db, client: new(dep.Client), out: make(chan int), queue: make(chan int, 16)}
}

// -- the standard library --

func (s *store) rows(ctx context.Context) error {
	rows, err := s.db.Query("select 1") // want `^s\.db\.Query is called without ctx, which QueryContext takes$`
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := s.db.Ping(); err != nil { // want `^s\.db\.Ping is called without ctx, which PingContext takes$`
		return err
	}
	tx, err := s.db.Begin() // want `^s\.db\.Begin is called without ctx, which BeginTx takes$`
	if err != nil {
		return err
	}
	return tx.Commit()
}

func (s *store) rowsWithContext(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, "select 1")
	if err != nil {
		return err
	}
	return rows.Close()
}

func (s *store) rowsWithout() error { return s.db.Ping() }

func command(ctx context.Context, name string) error {
	_ = ctx
	return exec.Command(name, "-v").Run() // want `^exec\.Command is called without ctx, which exec\.CommandContext takes$`
}

func killed(ctx context.Context, name string) error {
	cmd := exec.Command(name)
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	return cmd.Wait()
}

func get(ctx context.Context, url string) (*http.Response, error) {
	_ = ctx
	return http.Get(url) // want `^http\.Get is called without ctx, which http\.NewRequestWithContext takes$`
}

func request(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `^http\.NewRequest is called without ctx, which http\.NewRequestWithContext takes$`
	if err != nil {
		return nil, err
	}
	_ = ctx
	return http.DefaultClient.Do(req)
}

func requestLater(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req.WithContext(ctx))
}

func handler(w http.ResponseWriter, r *http.Request) {
	if err := exec.Command("date").Run(); err != nil { // want `^exec\.Command is called without r\.Context\(\), which exec\.CommandContext takes$`
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	if _, err := net.LookupHost(addr); err != nil { // want `^net\.LookupHost is called without ctx, which net\.Resolver\.LookupHost takes$`
		return nil, err
	}
	d := net.Dialer{Timeout: time.Second}
	if c, err := d.Dial("tcp", addr); err == nil { // want `^d\.Dial is called without ctx, which DialContext takes$`
		return c, nil
	}
	_ = ctx
	return net.Dial("tcp", addr) // want `^net\.Dial is called without ctx, which net\.Dialer\.DialContext takes$`
}

func logs(ctx context.Context, l *slog.Logger) {
	slog.InfoContext(ctx, "a")
	l.Info("b", "n", 1) // want `^l\.Info is called without ctx, which InfoContext takes$`
}

func inLiteral(ctx context.Context, names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = exec.Command(name).Run() // want `^exec\.Command is called without ctx, which exec\.CommandContext takes$`
		}()
	}
	wg.Wait()
	_ = ctx
}

// -- siblings by name --

func (s *store) load(ctx context.Context) error {
	if _, err := s.client.Load("a"); err != nil { // want `^s\.client\.Load is called without ctx, which LoadContext takes$`
		return err
	}
	_ = ctx
	dep.Infof("b")
	_ = dep.Open("c")
	return dep.Fetch("a") // want `^dep\.Fetch is called without ctx, which FetchCtx takes$`
}

func (s *store) Save(n int) error { return s.SaveContext(context.Background(), n) }

// SaveContext does its work by Save, once ctx is alive.
func (s *store) SaveContext(ctx context.Context, n int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Save(n)
}

func each[T any](items []T, do func(T)) {
	for _, item := range items {
		do(item)
	}
}

func eachContext[T any](ctx context.Context, items []T, do func(T)) {
	for _, item := range items {
		if ctx.Err() == nil {
			do(item)
		}
	}
}

func generic(ctx context.Context, items []int) {
	eachContext(ctx, items, func(int) {})
	each(items, func(int) {}) // want `^each is called without ctx, which eachContext takes$`
}

func (s *store) Close(ctx context.Context) error {
	_ = ctx
	return s.db.Ping()
}

// -- sleeping --

func retry(ctx context.Context, do func(context.Context) error) error {
	for range 3 {
		if do(ctx) == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond) // want `^time\.Sleep does not end when ctx does$`
	}
	return ctx.Err()
}

func backoff(ctx context.Context, do func(context.Context) error) {
	wait := time.Millisecond
	for do(ctx) != nil {
		time.Sleep(wait) // want `^time\.Sleep does not end when ctx does$`
		wait *= 2
	}
}

func sleepLong(ctx context.Context) int {
	time.Sleep(time.Minute) // want `^time\.Sleep does not end when ctx does$`
	return len(ctx.Err().Error())
}

func sleepShort(ctx context.Context) error {
	time.Sleep(10 * time.Millisecond)
	return ctx.Err()
}

func pollOften(ctx context.Context, ready func() bool) {
	for ctx.Err() == nil && !ready() {
		time.Sleep(5 * time.Millisecond)
	}
}

func sleepWithout() { time.Sleep(time.Minute) }

// -- channels --

func (s *store) feed(ctx context.Context, in <-chan int) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case n := <-in:
			s.out <- n // want `^the send on s\.out does not end when ctx does$`
		}
	}
}

func produce(ctx context.Context, out chan<- int) {
	for i := range 100 {
		if ctx.Err() != nil {
			return
		}
		out <- i // want `^the send on out does not end when ctx does$`
	}
}

func consume(ctx context.Context, in <-chan int, do func(context.Context, int)) {
	for {
		n := <-in // want `^the receive from in does not end when ctx does$`
		do(ctx, n)
	}
}

func feedWithContext(ctx context.Context, out chan<- int) error {
	for i := range 100 {
		select {
		case out <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *store) enqueue(ctx context.Context) {
	for i := range 16 {
		s.queue <- i
	}
	<-ctx.Done()
}

func ranges(ctx context.Context, in <-chan int, do func(context.Context, int)) {
	for n := range in {
		do(ctx, n)
	}
}

func join(ctx context.Context, names []string) error {
	errs := make(chan error, len(names))
	for _, name := range names {
		go func() { errs <- exec.CommandContext(ctx, name).Run() }()
	}
	var first error
	for range names {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func tokens(ctx context.Context, sem chan struct{}, names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		sem <- struct{}{}
		wg.Go(func() {
			defer func() { <-sem }()
			_ = exec.CommandContext(ctx, name).Run()
		})
	}
	wg.Wait()
}

func stopped(ctx context.Context, errs <-chan error) error {
	for {
		if ctx.Err() != nil {
			return <-errs
		}
	}
}

// -- time that passes --

func afterInLoop(ctx context.Context, d time.Duration, try func() error) {
	for try() != nil {
		<-time.After(d) // want `^the receive from time\.After\(d\) does not end when ctx does$`
	}
}

func afterAlone(ctx context.Context, try func() error) error {
	<-time.After(2 * time.Second) // want `^the receive from time\.After\(2 \* time\.Second\) does not end when ctx does$`
	return try()
}

type poller struct{ every *time.Ticker }

func (p *poller) poll(ctx context.Context, try func() error) {
	for range p.every.C { // want `^the loop over p\.every\.C does not end when ctx does$`
		if try() == nil {
			return
		}
	}
}

func polls[T any](ctx context.Context, try func() (T, error)) (v T) {
	for range time.Tick(time.Second) { // want `^the loop over time\.Tick\(time\.Second\) does not end when ctx does$`
		if t, err := try(); err == nil {
			return t
		}
	}
	return v
}

func afterMinded(ctx context.Context, try func() error) {
	for try() != nil {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
	}
	<-time.After(time.Millisecond)
}

func pollsWith(ctx context.Context, try func(context.Context) error) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for range t.C {
		if ctx.Err() != nil || try(ctx) == nil {
			return
		}
	}
}

func beats(ctx context.Context, beat func()) {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C {
			beat()
		}
	}()
	<-ctx.Done()
	t.Stop()
}
