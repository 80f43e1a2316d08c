package ctxfield

import (
	"context"
	"testing"
)

// Tests may hold contexts.
type suite struct {
	ctx   context.Context
	value any
}

func TestSuite(t *testing.T) {
	s := &suite{ctx: t.Context()}
	s.value = s.ctx
	for _, test := range []struct {
		ctx context.Context
	}{{s.ctx}} {
		_ = test
	}
}
