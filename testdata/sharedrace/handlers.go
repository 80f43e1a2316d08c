package sharedrace

import (
	"net/http"
	"os"
	"time"
)

// A goroutine and the handlers of a server.
var (
	greeting = "hello"
	footer   = "bye"
	title    string
)

func greet() {
	// races: go reload(); use(greeting)
	title = "t"
	go reload()                                                              // related `^the goroutine that has greeting written starts here$`
	http.HandleFunc("/greet", func(w http.ResponseWriter, _ *http.Request) { // related `^the other goroutine that has greeting starts here$`
		use(w, greeting, title, footer) // related `^greeting is read here at the same time$`
	})
	footer = "ciao" // the server is not started yet
	use(http.ListenAndServe(":80", nil))
}

func reload() {
	// races: go reload(); go reload()
	for {
		b, _ := os.ReadFile("greeting")
		greeting = string(b) // want `^greeting is written while another goroutine may be reading it at line \d+$`
		time.Sleep(time.Minute)
	}
}

// The server runs on a goroutine of its own, whose waits inside net/http have nothing
// to do with the variable.
var limit *int

func reloads(c chan string, errs chan error) {
	for name := range c {
		errs <- readLimit(name)
	}
}

func readLimit(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	n := len(b)
	limit = &n // want `^limit is written while another goroutine may be reading it at line \d+$`
	return nil
}

func writeLimit(w http.ResponseWriter, _ *http.Request) {
	use(w, limit) // related `^limit is read here at the same time$`
}

func runLimits(c chan string) error {
	if err := readLimit("limit"); err != nil {
		return err
	}
	errs := make(chan error, 1)
	go reloads(c, errs)                    // related `^the goroutine that has limit written starts here$`
	http.HandleFunc("/limits", writeLimit) // related `^the other goroutine that has limit starts here$`
	go func() { errs <- http.ListenAndServe(":80", nil) }()
	return <-errs
}
