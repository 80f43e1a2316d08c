package syncapi

import "strings"

// IsBeneathSync reports whether package sync is built on the package with the given
// import path. Such packages order what their goroutines do by means of their own, which
// the model does not have: locks that stop a processor, goroutines that are parked, the
// world that is stopped.
func IsBeneathSync(path string) bool {
	return path == "runtime" || strings.HasPrefix(path, "runtime/internal/") || strings.HasPrefix(path, "internal/runtime/")
}
