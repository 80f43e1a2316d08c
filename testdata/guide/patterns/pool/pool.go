// Package pool runs jobs in a number of workers.
package pool

import "sync"

type Job struct{ n int }

type Result struct{ n int }

func process(job Job) Result { return Result{n: job.n * job.n} }

func workerPool(numWorkers int, jobs <-chan Job) <-chan Result {
	results := make(chan Result)

	var wg sync.WaitGroup
	for i := 0; i < numWorkers; i++ {
		wg.Add(1)
		go func(id int) {
			defer wg.Done()
			for job := range jobs {
				results <- process(job)
			}
		}(i)
	}

	go func() {
		wg.Wait()
		close(results)
	}()

	return results
}
