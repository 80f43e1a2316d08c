package ctxfirst

import (
	"context"
	"testing"
)

func inTest(name string, ctx context.Context) {}

func TestFirst(t *testing.T) { inTest("", context.Background()) }
