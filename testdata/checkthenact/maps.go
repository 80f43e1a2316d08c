package checkthenact

import (
	"sync"

	"fixture.example/checkthenact/dep"
)

type cache struct {
	m sync.Map
}

var shared sync.Map

func newEntry(k string) *int { return new(int) }

func (c *cache) Absent(k string) *int {
	if v, ok := c.m.Load(k); ok { // related `^this is the entry that it depends on$`
		return v.(*int)
	}
	v := newEntry(k)
	c.m.Store(k, v) // want `^c\.m\.Store depends on the entry that was loaded on line 18: another goroutine may have changed it in between$`
	return v
}

func (c *cache) Nested(k string) {
	if _, ok := c.m.Load(k); !ok { // related `^this is the entry that it depends on$`
		c.m.Store(k, 1) // want `^c\.m\.Store depends on the entry that was loaded on line 27: another goroutine may have changed it in between$`
	}
}

func (c *cache) NestedCall(k string) {
	if _, ok := c.m.Load(k); !ok { // related `^this is the entry that it depends on$`
		c.m.Store(k, newEntry(k)) // want `^c\.m\.Store depends on the entry that was loaded on line 33: another goroutine may have changed it in between$`
	}
}

func (c *cache) Increment(k string) {
	n := 0
	if v, ok := c.m.Load(k); ok { // related `^this is the entry that it depends on$`
		n = v.(int)
	}
	c.m.Store(k, n+1) // want `^c\.m\.Store depends on the entry that was loaded on line 40: another goroutine may have changed it in between$`
}

func (c *cache) Remove(k string) {
	v, ok := c.m.Load(k) // related `^this is the entry that it depends on$`
	if !ok {
		return
	}
	close(v.(chan int))
	c.m.Delete(k) // want `^c\.m\.Delete depends on the entry that was loaded on line 47: another goroutine may have changed it in between$`
}

func registerOnce(v any) {
	if _, ok := shared.Load("key"); !ok { // related `^this is the entry that it depends on$`
		shared.Store("key", v) // want `^shared\.Store depends on the entry that was loaded on line 56: another goroutine may have changed it in between$`
	}
}

func (c *cache) has(k string) bool {
	_, ok := c.m.Load(k)
	return ok
}

func (c *cache) put(k string, v any)   { c.m.Store(k, v) }
func (c *cache) place(k string, v any) { c.put(k, v) }

func (c *cache) Deep(k string) {
	if !c.has(k) { // related `^this is the entry that it depends on$`
		c.place(k, newEntry(k)) // want `^c\.m\.Store depends on the entry that was loaded on line 70: another goroutine may have changed it in between$`
	}
}

func capturedMap(keys []string) {
	var m sync.Map
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Go(func() {
			if _, ok := m.Load(k); !ok { // related `^this is the entry that it depends on$`
				m.Store(k, newEntry(k)) // want `^m\.Store depends on the entry that was loaded on line 80: another goroutine may have changed it in between$`
			}
		})
	}
	wg.Wait()
}

func otherCache(c *dep.Counter, k string) {
	if _, loaded := c.Cache.Load(k); !loaded { // related `^this is the entry that it depends on$`
		c.Cache.Store(k, newEntry(k)) // want `^c\.Cache\.Store depends on the entry that was loaded on line 89: another goroutine may have changed it in between$`
	}
}
