// Package roots makes contexts with no parent.
package roots

import "context"

func roots() (context.Context, context.Context) {
	return context.Background(), context.TODO()
}
