package leakedcancel

import (
	"context"
	"time"
)

// What a turn of a loop has asked of its element says nothing of the next one.

type header struct{ name, value string }

type headers []header

func (fields headers) operate(ctx context.Context, tap func(context.Context) error) bool {
	method, typed, timed := "", false, false
	for _, f := range fields {
		switch f.name {
		case "content-type":
			typed = true
		case "method":
			method = f.value
		case "timeout":
			timed = true
		}
	}
	if !typed {
		return false
	}
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 38$`
	if timed {
		time.AfterFunc(time.Second, cancel)
	}
	if method != "POST" {
		cancel()
		return false
	}
	if tap(ctx) != nil {
		return false // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return true
}
