package timerleak

import (
	"encoding/json"
	"time"
)

// -- intervals that may not have been set --

type agentConfig struct {
	Node     string `json:"node"`
	Interval int    `json:"interval_seconds"` // related `^nothing checks Interval, or gives it a default$`
}

func (c agentConfig) interval() time.Duration { return time.Duration(c.Interval) * time.Second }

func parseAgent(raw []byte) (agentConfig, error) {
	var c agentConfig
	err := json.Unmarshal(raw, &c)
	return c, err
}

func runAgent(c agentConfig, done <-chan struct{}) {
	interval := c.interval()
	t := time.NewTicker(interval) // want `^Interval may be zero, with which this panics: what it is decoded from may lack it$`
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-done:
			return
		}
	}
}

type refresher struct {
	every   time.Duration // related `^nothing checks every, or gives it a default$`
	refresh func()
}

type refreshOption func(*refresher)

func withEvery(d time.Duration) refreshOption { return func(r *refresher) { r.every = d } }

func newRefresher(refresh func(), opts ...refreshOption) *refresher {
	r := &refresher{refresh: refresh}
	for _, o := range opts {
		o(r)
	}
	return r
}

func (r *refresher) run(done <-chan struct{}) {
	t := time.NewTicker(r.every) // want `^every may be zero, with which this panics: only an option sets it$`
	defer t.Stop()
	for {
		select {
		case <-t.C:
			r.refresh()
		case <-done:
			return
		}
	}
}

// -- their neighbours --

type checkedConfig struct {
	Interval int `json:"interval_seconds"`
}

func runChecked(raw []byte) {
	var c checkedConfig
	if err := json.Unmarshal(raw, &c); err != nil || c.Interval <= 0 {
		return
	}
	t := time.NewTicker(time.Duration(c.Interval) * time.Second)
	defer t.Stop()
	<-t.C
}

type defaultConfig struct {
	Interval int `json:"interval_seconds"`
}

func runDefault(raw []byte) {
	c := defaultConfig{Interval: 10}
	if err := json.Unmarshal(raw, &c); err != nil {
		return
	}
	t := time.NewTicker(time.Duration(c.Interval) * time.Second)
	defer t.Stop()
	<-t.C
}

type validConfig struct {
	Interval int `json:"interval_seconds" validate:"min=1"`
}

func runValid(raw []byte, validate func(any) error) {
	var c validConfig
	if json.Unmarshal(raw, &c) != nil || validate(c) != nil {
		return
	}
	t := time.NewTicker(time.Duration(c.Interval) * time.Second)
	defer t.Stop()
	<-t.C
}

// Others fill it.
type givenConfig struct {
	Interval int `json:"interval_seconds"`
}

func runGiven(c givenConfig) {
	t := time.NewTicker(time.Duration(c.Interval) * time.Second)
	defer t.Stop()
	<-t.C
}

type defaultRefresher struct{ every time.Duration }

func withDefaultEvery(d time.Duration) func(*defaultRefresher) {
	return func(r *defaultRefresher) { r.every = d }
}

func newDefaultRefresher(opts ...func(*defaultRefresher)) *defaultRefresher {
	r := &defaultRefresher{every: time.Second}
	for _, o := range opts {
		o(r)
	}
	return r
}

func (r *defaultRefresher) run() {
	t := time.NewTicker(r.every)
	defer t.Stop()
	<-t.C
}
