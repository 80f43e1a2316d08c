// Package syncmap holds what a sync.Map can do.
package syncmap

import (
	"fmt"
	"sync"
)

var m sync.Map

func use() {
	m.Store("key", "value")
	if v, ok := m.Load("key"); ok {
		fmt.Println(v)
	}
	actual, loaded := m.LoadOrStore("key", "default")
	fmt.Println(actual, loaded)
	m.Delete("key")
	m.Range(func(key, value interface{}) bool {
		fmt.Println(key, value)
		return true
	})
}
