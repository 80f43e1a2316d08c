package orphanop

import "context"

// -- requests that are not answered where the work fails --

type keyLookup struct {
	key   string
	reply chan string
}

type keyLookups struct {
	reqs chan keyLookup
	load func(string) (string, error)
}

func newKeyLookups(load func(string) (string, error)) *keyLookups {
	l := &keyLookups{reqs: make(chan keyLookup), load: load}
	go l.loop()
	return l
}

func (l *keyLookups) loop() {
	for r := range l.reqs {
		v, err := l.load(r.key)
		if err != nil {
			println(err.Error())
			continue // related `^here the request is not answered$`
		}
		r.reply <- v // related `^this is the only answer$`
	}
}

func (l *keyLookups) get(key string) string {
	r := keyLookup{key, make(chan string, 1)}
	l.reqs <- r
	return <-r.reply // want `^this receive from r\.reply may block forever: who answers goes on without an answer at line \d+$`
}

// The failure is answered too.
type answered struct {
	key   string
	reply chan string
}

func answerAll(reqs chan answered, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			r.reply <- ""
			continue
		}
		r.reply <- v
	}
}

func askAnswered(reqs chan answered, key string) string {
	r := answered{key, make(chan string, 1)}
	reqs <- r
	return <-r.reply
}

// ... by somebody else.
type passedOn struct {
	key   string
	reply chan string
}

func refuseLookup(r passedOn) { r.reply <- "" }

func answerOrPassOn(reqs chan passedOn, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			refuseLookup(r)
			continue
		}
		r.reply <- v
	}
}

func askPassedOn(reqs chan passedOn, key string) string {
	r := passedOn{key, make(chan string, 1)}
	reqs <- r
	return <-r.reply
}

// Who asks waits no longer than a context.
type patient struct {
	key   string
	reply chan string
}

func answerSome(reqs chan patient, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			continue
		}
		r.reply <- v
	}
}

func askPatiently(ctx context.Context, reqs chan patient, key string) string {
	r := patient{key, make(chan string, 1)}
	reqs <- r
	select {
	case v := <-r.reply:
		return v
	case <-ctx.Done():
		return ""
	}
}
