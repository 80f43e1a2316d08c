// Package broken breaks the five rules for contexts.
package broken

import (
	"context"
	"database/sql"
	"time"
)

type Request struct{ id int }

func ProcessRequest(req *Request, ctx context.Context) error { // finding: ctxfirst
	_ = req.id
	return ctx.Err()
}

type Handler struct {
	ctx context.Context // finding: ctxfield
}

func (h *Handler) handle(ctx context.Context) error {
	h.ctx = ctx
	return ProcessRequest(&Request{}, context.Background()) // finding: ctxdropped
}

func query(parent context.Context, timeout time.Duration, db *sql.DB) error {
	ctx, _ := context.WithTimeout(parent, timeout) // finding: leakedcancel
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := db.Exec("DELETE FROM t") // finding: ctxblind
	return err
}
