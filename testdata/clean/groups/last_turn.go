package groups

import "sync"

type result struct{ sequence int }

// publishAll has many publishers, of which the one that publishes the last message says
// that all are: the loop ends by the condition under which it does.
func publishAll(publish func() result, publishers, total int) {
	var complete, down sync.WaitGroup
	complete.Add(1)
	down.Add(publishers)
	for range publishers {
		go func() {
			defer down.Done()
			for {
				r := publish()
				if r.sequence == total {
					complete.Done()
				}
				if r.sequence >= total {
					return
				}
			}
		}()
	}
	complete.Wait()
	down.Wait()
}
