package earlyresults

import "sync"

// -- work that is handed out without a look at the results --

func handOutAll(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j) // related `^here they wait for a receiver of results$`
			}
		}()
	}
	for _, j := range jobs {
		todo <- j // want `^this send on todo blocks forever once all its receivers wait to send on results, which is not received from meanwhile$`
	}
	close(todo)
	for range jobs {
		sum += <-results
	}
	return sum
}

type crawled struct {
	url   string
	links []string
}

func crawlSite(root string, workers int, fetch func(string) []string) (all []string) {
	todo := make(chan string)
	pages := make(chan crawled)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go crawlWorker(todo, pages, fetch, &wg)
	}
	seen := map[string]bool{root: true}
	todo <- root
	for pending := 1; pending > 0; {
		p := <-pages
		pending--
		all = append(all, p.url)
		for _, l := range p.links {
			if !seen[l] {
				seen[l] = true
				pending++
				todo <- l // want `^this send on todo blocks forever once all its receivers wait to send on pages, which is not received from meanwhile$`
			}
		}
	}
	close(todo)
	wg.Wait()
	return all
}

func crawlWorker(todo <-chan string, pages chan<- crawled, fetch func(string) []string, wg *sync.WaitGroup) {
	defer wg.Done()
	for u := range todo {
		pages <- crawled{u, fetch(u)} // related `^here they wait for a receiver of pages$`
	}
}

// handOutBeside hands out on a goroutine of its own.
func handOutBeside(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	go func() {
		defer close(todo)
		for _, j := range jobs {
			todo <- j
		}
	}()
	for range jobs {
		sum += <-results
	}
	return sum
}

// collectOnOther receives on another goroutine.
func collectOnOther(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range jobs {
			sum += <-results
		}
	}()
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	<-done
	return sum
}

// workerEach starts as many as there are jobs.
func workerEach(jobs []int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range jobs {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	for range jobs {
		sum += <-results
	}
	return sum
}

// roomForResults has room for all.
func roomForResults(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int, len(jobs))
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	for range jobs {
		sum += <-results
	}
	return sum
}

// underWay receives when enough are under way.
func underWay(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	n := 0
	for _, j := range jobs {
		if n == workers {
			sum += <-results
			n--
		}
		todo <- j
		n++
	}
	close(todo)
	for range n {
		sum += <-results
	}
	return sum
}

// eitherWay does what it can.
func eitherWay(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			for j := range todo {
				results <- do(j)
			}
		}()
	}
	pending := 0
	for _, j := range jobs {
		for sent := false; !sent; {
			select {
			case todo <- j:
				sent = true
				pending++
			case r := <-results:
				sum += r
				pending--
			}
		}
	}
	close(todo)
	for range pending {
		sum += <-results
	}
	return sum
}

// resultsLater sends what has come about when there is no more work.
func resultsLater(jobs []int, workers int, do func(int) int) (sum int) {
	todo := make(chan int)
	results := make(chan int)
	for range workers {
		go func() {
			n := 0
			for j := range todo {
				n += do(j)
			}
			results <- n
		}()
	}
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	for range workers {
		sum += <-results
	}
	return sum
}
