package contexts

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"time"
)

// An auditor writes what has happened, whatever becomes of the request.
type auditor struct {
	db     *sql.DB
	once   sync.Once
	err    error
	cancel context.CancelFunc
	done   chan struct{}
}

// newAuditor has a context of its own for what it does in the background.
func newAuditor(ctx context.Context, db *sql.DB) (*auditor, error) {
	if err := db.PingContext(ctx); err != nil {
		return nil, err
	}
	run, cancel := context.WithCancel(context.Background())
	a := &auditor{db: db, cancel: cancel, done: make(chan struct{})}
	go a.run(run)
	return a, nil
}

func (a *auditor) run(ctx context.Context) {
	defer close(a.done)
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if _, err := a.db.ExecContext(ctx, "delete old"); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// Close waits for the background work, at most as long as ctx lets it.
func (a *auditor) Close(ctx context.Context) error {
	a.cancel()
	select {
	case <-a.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prepare is done once for all requests, so that none of them may end it.
func (a *auditor) prepare(ctx context.Context) error {
	a.once.Do(func() { _, a.err = a.db.ExecContext(context.Background(), "create table") })
	return errors.Join(a.err, ctx.Err())
}

// transfer rolls back when ctx has ended already.
func (a *auditor) transfer(ctx context.Context) (err error) {
	conn, err := a.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			back, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_, undo := conn.ExecContext(back, "rollback")
			err = errors.Join(err, undo)
		}
		err = errors.Join(err, conn.Close())
	}()
	_, err = conn.ExecContext(ctx, "insert")
	return err
}

// ServeHTTP answers, and writes beside that.
func (a *auditor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	_, err := a.db.ExecContext(ctx, "insert")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// or has a context if the caller has none.
func or(ctx context.Context, db *sql.DB) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return db.PingContext(ctx)
}
