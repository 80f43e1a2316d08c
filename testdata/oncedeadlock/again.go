package oncedeadlock

import (
	"fmt"
	"os"
	"sync"

	"fixture.example/oncedeadlock/dep"
)

func direct() {
	var once sync.Once
	once.Do(func() { // related `^the function is run by this call$`
		once.Do(func() {}) // want `^once\.Do is called by the function that it runs, and waits for itself$`
	})
}

type service struct {
	once sync.Once
	name string
}

func (s *service) Name() string {
	s.once.Do(s.load) // related `^the function is run by this call$`
	return s.name
}

func (s *service) load() {
	s.name = "service"
	fmt.Println(s.describe()) // want `^this call of s\.describe leads to s\.once\.Do, which is running it and waits for itself$`
}

func (s *service) describe() string { return s.Name() + "!" }

var (
	registryOnce sync.Once
	registry     map[string]int
)

func lookup(name string) int {
	registryOnce.Do(func() { // related `^the function is run by this call$`
		registry = map[string]int{}
		fill() // want `^this call of fill leads to registryOnce\.Do, which is running it and waits for itself$`
	})
	return registry[name]
}

func fill() { registry["a"] = lookup("b") }

var setupOnce sync.Once

func setup() { setupOnce.Do(doSetup) } // related `^the function is run by this call$`

func doSetup() {
	setup() // want `^this call of setup leads to setupOnce\.Do, which is running it and waits for itself$`
}

type embedding struct {
	sync.Once
	n int
}

func (e *embedding) start() {
	e.Do(func() { // related `^the function is run by this call$`
		e.n++
		e.start() // want `^this call of e\.start leads to e\.Do, which is running it and waits for itself$`
	})
}

type stringer struct {
	once sync.Once
	text string
}

func (s *stringer) String() string {
	s.once.Do(func() { // related `^the function is run by this call$`
		s.text = fmt.Sprintf("%v", s) // want `^this call of fmt\.Sprintf leads to s\.once\.Do, which is running it and waits for itself$`
	})
	return s.text
}

func run(once *sync.Once, f func()) {
	once.Do(f) // related `^the function is run by this call$`
}

func byHelper() {
	once := new(sync.Once)
	run(once, func() {
		run(once, func() {}) // want `^this call of run leads to once\.Do, which is running it and waits for itself$`
	})
}

type generic[T any] struct {
	once sync.Once
	val  T
}

func (g *generic[T]) get() T {
	g.once.Do(func() { // related `^the function is run by this call$`
		g.val = g.get() // want `^this call of g\.get leads to g\.once\.Do, which is running it and waits for itself$`
	})
	return g.val
}

type loader interface{ load() int }

type fileLoader struct {
	once sync.Once
	n    int
	next loader
}

func (f *fileLoader) load() int { return f.n }

func (f *fileLoader) deferred() {
	f.once.Do(func() { // related `^the function is run by this call$`
		defer f.deferred() // want `^this call of f\.deferred leads to f\.once\.Do, which is running it and waits for itself$`
		f.n++
	})
}

func sameLazy(l *dep.Lazy) int {
	return l.Get(func() int { // related `^the function is run by this call$`
		return l.Get(compute) // want `^this call of l\.Get leads to l\.once\.Do, which is running it and waits for itself$`
	})
}

func again() {
	dep.Setup(again) // want `^this call of dep\.Setup leads to setup\.Do, which is running it and waits for itself$`
}

// -- OnceFunc --

func localFunc() {
	var start func()
	start = sync.OnceFunc(func() { // related `^the function is to be run once by what this call makes$`
		start() // want `^start is called by the function that it runs, and waits for itself$`
	})
	start()
	start()
}

type lazyLoop struct {
	get func() int
	n   int
}

func newLazyLoop() *lazyLoop {
	l := &lazyLoop{}
	l.get = sync.OnceValue(l.compute) // related `^the function is to be run once by what this call makes$`
	return l
}

func (l *lazyLoop) compute() int {
	return l.n + l.value() // want `^this call of l\.value leads to l\.get, which is running it and waits for itself$`
}

func (l *lazyLoop) value() int {
	return l.get() // related `^l\.get is called again here$`
}

var loadAll func() int

func init() {
	loadAll = sync.OnceValue(loadThem) // related `^the function is to be run once by what this call makes$`
}

func loadThem() int {
	return loadAll() // want `^loadAll is called by the function that it runs, and waits for itself$`
}

// -- by a part that refers to what it is a part of --

type source interface{ load() int }

type fileSource struct{ of *lazySet }

func (f *fileSource) load() int { return f.of.value() + 1 }

type lazySet struct {
	once sync.Once
	v    int
	from source
}

func newLazySet() *lazySet {
	s := &lazySet{}
	s.from = &fileSource{s}
	return s
}

func (s *lazySet) value() int {
	s.once.Do(func() { // related `^the function is run by this call$`
		s.v = s.from.load() // want `^this call of s\.from\.load leads to s\.once\.Do, which is running it and waits for itself$`
	})
	return s.v
}

// The loader of an index reads a file, which goes deep into other packages, and comes back
// for what the file refers to.
type reader interface {
	read() (map[string]string, error)
}

type fileReader struct {
	path string
	reg  *index
}

func (r *fileReader) read() (map[string]string, error) {
	b, err := os.ReadFile(r.path)
	if err != nil {
		return nil, err
	}
	return map[string]string{"file": r.expand(string(b))}, nil
}

func (r *fileReader) expand(v string) string {
	if v[0] == '$' {
		return r.reg.value(v[1:])
	}
	return v
}

type index struct {
	once   sync.Once
	values map[string]string
	err    error
	reader reader
}

func newIndex(path string) *index {
	r := &index{}
	r.reader = &fileReader{path: path, reg: r}
	return r
}

func (r *index) fill() error {
	r.once.Do(func() { // related `^the function is run by this call$`
		r.values, r.err = r.reader.read() // want `^this call of r\.reader\.read leads to r\.once\.Do, which is running it and waits for itself$`
	})
	return r.err
}

func (r *index) value(key string) string {
	if r.fill() != nil {
		return ""
	}
	return r.values[key]
}
