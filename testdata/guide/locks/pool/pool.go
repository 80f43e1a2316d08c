// Package pool puts slices into a pool.
package pool

import "sync"

var bufferPool = sync.Pool{
	New: func() interface{} {
		return make([]byte, 4096)
	},
}

func process(input []byte) int {
	buf := bufferPool.Get().([]byte)
	defer bufferPool.Put(buf)
	return copy(buf, input)
}
