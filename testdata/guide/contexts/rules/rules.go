// Package rules keeps to the five rules for contexts.
package rules

import (
	"context"
	"database/sql"
	"net/http"
	"time"
)

type Request struct{ id int }

func ProcessRequest(ctx context.Context, req *Request) error {
	_ = req.id
	return ctx.Err()
}

type Handler struct {
	name string
}

func (h *Handler) handle(ctx context.Context) error {
	if err := ProcessRequest(ctx, &Request{id: len(h.name)}); err != nil {
		return err
	}
	return ProcessRequest(ctx, &Request{})
}

func query(parent context.Context, timeout time.Duration, db *sql.DB, client *http.Client, req *http.Request) error {
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()

	rows, err := db.QueryContext(ctx, "SELECT 1")
	if err != nil {
		return err
	}
	defer rows.Close()
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
