package ordered

import (
	"fmt"
	"net/http"
)

// A handler that is registered while the package is initialised runs once something
// serves: what is set up before needs no lock.

var pages map[string]string

func init() { http.HandleFunc("/page", servePage) }

func servePage(w http.ResponseWriter, r *http.Request) {
	if page, ok := pages[r.URL.Path]; ok {
		fmt.Fprint(w, page)
	}
}

func loadPages(names []string) {
	pages = make(map[string]string)
	for _, name := range names {
		pages[name] = "<p>" + name + "</p>"
	}
}

// Serve serves the pages.
func Serve(address string, names []string) error {
	loadPages(names)
	return http.ListenAndServe(address, nil)
}
