// Package limiter limits a rate, by a ticker and by a bucket of tokens.
package limiter

import (
	"fmt"
	"time"
)

type Item struct{ name string }

func process(item Item) { fmt.Println(item.name) }

func paced(items []Item) {
	limiter := time.NewTicker(100 * time.Millisecond)
	defer limiter.Stop()

	for _, item := range items {
		<-limiter.C
		go process(item)
	}
}

type RateLimiter struct {
	tokens chan struct{}
}

func NewRateLimiter(rate int) *RateLimiter {
	rl := &RateLimiter{
		tokens: make(chan struct{}, rate),
	}
	go func() {
		ticker := time.NewTicker(time.Second / time.Duration(rate)) // finding: timerleak
		for range ticker.C {
			select {
			case rl.tokens <- struct{}{}:
			default:
			}
		}
	}()
	return rl
}

func (rl *RateLimiter) Wait() {
	<-rl.tokens
}
