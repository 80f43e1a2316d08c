package errgroupmisuse

import (
	"golang.org/x/sync/errgroup"

	"fixture.example/errgroupmisuse/dep"
)

func limitAfterGo() error {
	var g errgroup.Group
	g.Go(check)   // related `^g\.Go starts one here$`
	g.SetLimit(2) // want `^g\.SetLimit is called while functions of g may run, started on line \d+$`
	return g.Wait()
}

func limitFirst() error {
	var g errgroup.Group
	g.SetLimit(2)
	g.Go(check)
	return g.Wait()
}

func limitBetween() error {
	var g errgroup.Group
	g.Go(check)
	if err := g.Wait(); err != nil {
		return err
	}
	g.SetLimit(2)
	g.Go(check)
	return g.Wait()
}

func limitInLoop(urls []string) error {
	var g errgroup.Group
	for range urls {
		g.SetLimit(2) // want `^g\.SetLimit is called while functions of g may run, started on line \d+$`
		g.Go(check)   // related `^g\.Go starts one here$`
	}
	return g.Wait()
}

func limitDeferred() error {
	var g errgroup.Group
	defer g.Wait()
	defer g.SetLimit(2) // want `^g\.SetLimit is called while functions of g may run, started on line \d+$`
	g.Go(never)         // related `^g\.Go starts one here$`
	return nil
}

func limit(g *errgroup.Group, n int) { g.SetLimit(n) }

func limitByHelper(n int) error {
	var g errgroup.Group
	g.Go(check)  // related `^g\.Go starts one here$`
	limit(&g, n) // want `^limit limits g while functions of it may run, started on line \d+$`
	return g.Wait()
}

func limitByOtherPackage() error {
	var g errgroup.Group
	g.Go(check)   // related `^g\.Go starts one here$`
	dep.Limit(&g) // want `^dep\.Limit limits g while functions of it may run, started on line \d+$`
	return g.Wait()
}

func limitOnOneBranch(many bool) error {
	var g errgroup.Group
	if many {
		g.SetLimit(2)
	} else {
		g.Go(check)
	}
	return g.Wait()
}

func limitOnBothBranches(many bool) error {
	var g errgroup.Group
	g.Go(check) // related `^g\.Go starts one here$`
	if many {
		g.SetLimit(2) // want `^g\.SetLimit is called while functions of g may run, started on line \d+$`
	}
	return g.Wait()
}

func nested(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(4) // related `^this is the limit of g$`
	for range dirs {
		g.Go(func() error {
			g.Go(check) // want `^g\.Go waits for a place in g while the function that calls it has one$`
			return nil
		})
	}
	return g.Wait()
}

func nestedUnlimited(dirs []string) error {
	var g errgroup.Group
	for range dirs {
		g.Go(func() error {
			g.Go(check)
			return nil
		})
	}
	return g.Wait()
}

func nestedLimitRemoved(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(-1)
	g.Go(func() error {
		g.Go(check)
		return nil
	})
	return g.Wait()
}

func nestedTry(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(4)
	g.Go(func() error {
		if !g.TryGo(check) {
			return check()
		}
		return nil
	})
	return g.Wait()
}

// nestedFew has a place for each.
func nestedFew() error {
	var g errgroup.Group
	g.SetLimit(2)
	g.Go(func() error {
		g.Go(check)
		return nil
	})
	return g.Wait()
}

func nestedOther(dirs []string) error {
	var outer errgroup.Group
	outer.SetLimit(4)
	outer.Go(func() error {
		var inner errgroup.Group
		inner.SetLimit(4)
		inner.Go(check)
		return inner.Wait()
	})
	return outer.Wait()
}

func nestedByHelper(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(1) // related `^this is the limit of g$`
	g.Go(func() error {
		startDeeper(&g, "") // want `^startDeeper waits for a place in g while the function that calls it has one$`
		return nil
	})
	return g.Wait()
}

func nestedRecursively(root string, list func(string) []string) error {
	var g errgroup.Group
	g.SetLimit(8) // related `^this is the limit of g$`
	var walk func(dir string) error
	walk = func(dir string) error {
		for _, sub := range list(dir) {
			g.Go(func() error { return walk(sub) }) // want `^g\.Go waits for a place in g while the function that calls it has one$`
		}
		return nil
	}
	g.Go(func() error { return walk(root) })
	return g.Wait()
}

// A walker walks a tree.
type walker struct {
	g    errgroup.Group
	free errgroup.Group
	list func(string) []string
}

func newWalker(n int) *walker {
	w := &walker{}
	w.g.SetLimit(n) // related `^this is the limit of w\.g$`
	return w
}

func (w *walker) walk(dir string) error {
	for _, sub := range w.list(dir) {
		w.g.Go(func() error { return w.walk(sub) }) // want `^w\.g\.Go waits for a place in w\.g while the function that calls it has one$`
	}
	return nil
}

func (w *walker) walkFreely(dir string) error {
	for _, sub := range w.list(dir) {
		w.free.Go(func() error { return w.walkFreely(sub) })
	}
	return nil
}

func (w *walker) run(root string) error {
	w.g.Go(func() error { return w.walk(root) })
	w.free.Go(func() error { return w.walkFreely(root) })
	if err := w.free.Wait(); err != nil {
		return err
	}
	return w.g.Wait()
}
