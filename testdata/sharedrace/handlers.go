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
	title = "t"
	go reload()                                                              // related `^the goroutine that has greeting written starts here$`
	http.HandleFunc("/greet", func(w http.ResponseWriter, _ *http.Request) { // related `^the other goroutine that has greeting starts here$`
		use(w, greeting, title, footer) // related `^greeting is read here at the same time$`
	})
	footer = "ciao" // the server is not started yet
	use(http.ListenAndServe(":80", nil))
}

func reload() {
	for {
		b, _ := os.ReadFile("greeting")
		greeting = string(b) // want `^greeting is written while another goroutine may be reading it at line \d+$`
		time.Sleep(time.Minute)
	}
}
