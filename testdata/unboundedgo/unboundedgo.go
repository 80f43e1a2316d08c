// Package unboundedgo has goroutines for each of many.
package unboundedgo

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"fixture.example/unboundedgo/dep"
)

func remove(name string) { _ = os.Remove(name) }

func slice(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() { // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
			defer wg.Done()
			remove(name)
		}()
	}
	wg.Wait()
}

func byIndex(names []string) {
	for i := 0; i < len(names); i++ {
		go remove(names[i]) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
	for i := range len(names) {
		go remove(names[i]) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
}

func channel(in <-chan string) {
	for name := range in {
		go remove(name) // want `^a goroutine is started for each value from in, and nothing bounds how many there are at once$`
	}
}

func mapped[K comparable](names map[K]string) {
	for _, name := range names {
		go remove(name) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
}

func accept(l net.Listener, serve func(net.Conn)) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go serve(conn) // want `^a goroutine is started for each connection that l\.Accept returns, and nothing bounds how many there are at once$`
	}
}

func group(names []string) error {
	var g errgroup.Group
	for _, name := range names {
		g.Go(func() error { return os.Remove(name) }) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
	return g.Wait()
}

func groupGo(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { remove(name) }) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
	wg.Wait()
}

type pool struct{ wg sync.WaitGroup }

func (p *pool) start(name string) { p.startTwice(name) }

func (p *pool) startTwice(name string) {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		remove(name)
	}()
}

func (p *pool) all(names []string) {
	for _, name := range names {
		p.start(name) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
	for _, name := range names {
		dep.Start(name) // want `^a goroutine is started for each element of names, and nothing bounds how many there are at once$`
	}
}

// -- silent --

func limited(names []string) error {
	var g errgroup.Group
	g.SetLimit(4)
	for _, name := range names {
		g.Go(func() error { return os.Remove(name) })
	}
	return g.Wait()
}

func tokens(names []string) {
	sem := make(chan struct{}, 4)
	for _, name := range names {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			remove(name)
		}()
	}
}

func weighted(ctx context.Context, names []string) error {
	sem := semaphore.NewWeighted(4)
	for _, name := range names {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		go func() {
			defer sem.Release(1)
			remove(name)
		}()
	}
	return nil
}

func rate(names []string) {
	limiter := time.NewTicker(time.Second)
	defer limiter.Stop()
	for _, name := range names {
		<-limiter.C
		go remove(name)
	}
}

func workers(n int, in <-chan string) {
	for range n {
		go func() {
			for name := range in {
				remove(name)
			}
		}()
	}
	for i := 0; i < n; i++ {
		go func() {
			for name := range in {
				remove(name)
			}
		}()
	}
}

func few() {
	for _, name := range []string{"a", "b"} {
		go remove(name)
	}
}

func counted(names []string, most int) {
	running := 0
	for _, name := range names {
		if running >= most {
			return
		}
		running++
		go remove(name)
	}
}

func batches(lists [][2]string) {
	for _, list := range lists {
		var wg sync.WaitGroup
		wg.Go(func() { remove(list[0]) })
		wg.Go(func() { remove(list[1]) })
		wg.Wait()
	}
}

func inTurn(names []string) {
	for _, name := range names {
		remove(name)
	}
}

func eachLine(r io.Reader) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		go remove(lines.Text()) // want `^a goroutine is started for each token that lines\.Scan reads, and nothing bounds how many there are at once$`
	}
	return lines.Err()
}

func eachLineWithSlots(r io.Reader) error {
	slots := make(chan struct{}, 8)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		slots <- struct{}{}
		go func(name string) {
			defer func() { <-slots }()
			remove(name)
		}(lines.Text())
	}
	return lines.Err()
}
