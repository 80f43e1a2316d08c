package chain

import "time"

type sub struct {
	updates chan int
	closing chan chan error
}

func (s *sub) loop(fetch func() []int) {
	var fetchDone chan []int
	var pending []int
	for {
		var startFetch <-chan time.Time
		if fetchDone == nil && len(pending) < 10 {
			startFetch = time.After(1)
		}
		var first int
		var updates chan int
		if len(pending) > 0 {
			first = pending[0]
			updates = s.updates
		}
		select {
		case <-startFetch:
			fetchDone = make(chan []int, 1)
			go func() {
				fetchDone <- fetch()
			}()
		case r := <-fetchDone:
			fetchDone = nil
			pending = append(pending, r...)
		case errc := <-s.closing:
			errc <- nil
			close(s.updates)
			return
		case updates <- first:
			pending = pending[1:]
		}
	}
}
