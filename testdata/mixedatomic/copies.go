package mixedatomic

import "sync/atomic"

// -- a struct with such a field that is copied whole --

type cacheStats struct {
	hits, misses uint64
	name         string
}

type statCache struct {
	stats cacheStats
	done  chan bool
}

func (c *statCache) hit() {
	atomic.AddUint64(&c.stats.hits, 1) // related `^this access is atomic$`
}

func (c *statCache) Stats() cacheStats {
	// races: c := &statCache{}; go c.hit(); c.Stats()
	return c.stats // want `^c\.stats is read plainly, and its field hits accessed atomically at line 18$`
}

func (c *statCache) Loaded() cacheStats {
	// ordered: c := &statCache{}; go c.hit(); c.Loaded()
	return cacheStats{hits: atomic.LoadUint64(&c.stats.hits)}
}

// Nobody counts any more.
func (c *statCache) Final() cacheStats {
	<-c.done
	return c.stats
}

// The copy belongs to whoever has it.
func total(s cacheStats) uint64 { return s.hits + s.misses }

// The names are not what is counted.
type labelled struct {
	label struct{ text string }
	n     int64
}

func (l *labelled) inc() { atomic.AddInt64(&l.n, 1) }

func (l *labelled) text() string {
	// ordered: l := new(labelled); go l.inc(); l.text()
	label := l.label
	return label.text
}
