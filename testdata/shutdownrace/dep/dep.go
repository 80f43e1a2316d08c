// Package dep is imported by the fixtures, so that what is known of it comes by facts.
package dep

import (
	"context"
	"net/http"
	"time"
)

// Stop shuts a server down.
func Stop(srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = srv.Shutdown(ctx)
}
