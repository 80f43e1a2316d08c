// Command server shuts down in good order.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	server := &http.Server{Addr: ":8080"}
	if len(os.Args) > 1 {
		waiting(ctx, server)
		return
	}

	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()

	stop, done := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer done()
	if err := server.Shutdown(stop); err != nil {
		log.Printf("shutdown: %v", err)
	}
}

// waiting lets the server run itself, and waits for its shutdown.
func waiting(ctx context.Context, server *http.Server) {
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		<-ctx.Done()
		stop, done := context.WithTimeout(context.Background(), 30*time.Second)
		defer done()
		if err := server.Shutdown(stop); err != nil {
			log.Printf("shutdown: %v", err)
		}
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Print(err)
		return
	}
	<-idle
}
