// Package operations holds what the atomic types can do.
package operations

import "sync/atomic"

func operations() (int64, int64) {
	var x atomic.Int64
	x.Store(42)
	v := x.Load()
	x.Add(10)
	old := x.Swap(100)
	x.CompareAndSwap(100, 200)
	return v, old
}

var state atomic.Int32

func tryUpdate(expected, new int32) bool {
	return state.CompareAndSwap(expected, new)
}

func increment() {
	for {
		old := state.Load()
		if state.CompareAndSwap(old, old+1) {
			return
		}
	}
}

type Config struct {
	Value string
}

var configPtr atomic.Pointer[Config]

func updateConfig(c *Config) {
	configPtr.Store(c)
}

func getConfig() *Config {
	return configPtr.Load()
}
