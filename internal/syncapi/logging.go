package syncapi

import (
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
)

var logging = lazyregexp.New(`^([Ll]og|[Dd]ebug|[Ii]nfo|[Ww]arn|[Ww]arning|[Ee]rror|[Tt]race|[Ff]atal|[Pp]anic|[Pp]rint|[Nn]otice)(f|ln|w|s)?([A-Z].*)?$`)

// IsLogging reports whether fn, by its name, logs something, so that nobody waits for what
// it does.
func IsLogging(fn *types.Func) bool { return fn != nil && logging().MatchString(fn.Name()) }
