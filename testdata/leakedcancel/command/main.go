// Command command ends with its main function.
package main

import (
	"context"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if ctx.Err() != nil {
		return
	}
	cancel()
	quick, _ := context.WithTimeout(ctx, time.Second) // want `^the cancel function of context\.WithTimeout is discarded$`
	<-quick.Done()
}
