// Package semaphore bounds goroutines by a buffered channel.
package semaphore

import "fmt"

type Item struct{ name string }

func process(item Item) { fmt.Println(item.name) }

func all(items []Item, maxConcurrency int) {
	sem := make(chan struct{}, maxConcurrency)

	for _, item := range items {
		sem <- struct{}{}
		go func(item Item) {
			defer func() { <-sem }()
			process(item)
		}(item)
	}
}
