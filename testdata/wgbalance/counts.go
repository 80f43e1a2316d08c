package wgbalance

import (
	"sync"

	"fixture.example/wgbalance/dep"
)

func neverDone(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1) // want `^wg is never done: nothing takes back what is added here, and Wait at line \d+ blocks forever$`
		go func() { run(x) }()
	}
	wg.Wait() // related `^this Wait blocks forever$`
}

func neverDoneOther() {
	var wg sync.WaitGroup
	wg.Add(1) // want `^wg is never done: nothing takes back what is added here, and Wait at line \d+ blocks forever$`
	go dep.Idle(func() {})
	wg.Wait() // related `^this Wait blocks forever$`
}

func neverAdded(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		go func() {
			defer wg.Done() // want `^Done of wg panics: nothing adds to the counter, which falls below zero$`
			run(x)
		}()
	}
	wg.Wait()
}

func addAndGo() {
	var wg sync.WaitGroup
	wg.Add(1) // want `^wg is never done: nothing takes back what is added here, and Wait at line \d+ blocks forever$`
	wg.Go(func() { run(1) })
	wg.Wait() // related `^this Wait blocks forever$`
}

func oneForAll(xs []int) {
	var wg sync.WaitGroup
	wg.Add(1) // want `^wg counts fewer than call Done before Wait at line \d+: the counter falls below zero, which panics$`
	for _, x := range xs {
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func threeForTwo() {
	var wg sync.WaitGroup
	wg.Add(3)   // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
	go func() { // related `^this calls Done of wg once$`
		defer wg.Done()
		run(1)
	}()
	go func() { // related `^this calls Done of wg once$`
		defer wg.Done()
		run(2)
	}()
	wg.Wait() // related `^Wait for wg$`
}

func oneWithout() {
	var wg sync.WaitGroup
	wg.Add(2)   // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
	go func() { // related `^this calls Done of wg once$`
		defer wg.Done()
		run(1)
	}()
	go func() {
		run(2)
	}()
	wg.Wait() // related `^Wait for wg$`
}

func twoForThree() {
	var wg sync.WaitGroup
	wg.Add(2) // want `^wg counts fewer than call Done before Wait at line \d+: the counter falls below zero, which panics$`
	for i := range 3 {
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func offByOne(n int) {
	var wg sync.WaitGroup
	wg.Add(n) // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
	for i := 1; i < n; i++ {
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func offByOneUp(n int) {
	var wg sync.WaitGroup
	wg.Add(n) // want `^wg counts fewer than call Done before Wait at line \d+: the counter falls below zero, which panics$`
	for i := 0; i <= n; i++ {
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func onePlus(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs) + 1) // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
	for _, x := range xs {
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func twoInEachTurn(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(2)   // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
		go func() { // related `^this calls Done of wg once$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func notInEachTurn(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs)) // want `^wg counts a goroutine for each turn of the loop, which does not start one in every turn: Wait blocks forever$`
	for _, x := range xs {
		if x == 0 {
			continue
		}
		go func() { // related `^this is not reached in every turn$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func leftEarly(xs []int) error {
	var wg sync.WaitGroup
	var err error
	wg.Add(len(xs)) // want `^wg counts a goroutine for each turn of the loop, which does not start one in every turn: Wait blocks forever$`
	for _, x := range xs {
		if err = run(x); err != nil {
			break
		}
		go func() { // related `^this is not reached in every turn$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
	return err
}

func addThenContinue(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1) // want `^wg counts a goroutine that is not started on a path from here: Wait blocks forever$`
		if run(x) != nil {
			continue
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func addThenBreak(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1) // want `^wg counts a goroutine that is not started on a path from here: Wait blocks forever$`
		if run(x) != nil {
			break
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func waitOnError() error {
	var wg sync.WaitGroup
	wg.Add(2)   // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
	go func() { // related `^this calls Done of wg once$`
		defer wg.Done()
		run(1)
	}()
	if err := run(0); err != nil {
		wg.Wait() // related `^Wait for wg$`
		return err
	}
	go func() { // related `^this calls Done of wg once$`
		defer wg.Done()
		run(2)
	}()
	wg.Wait()
	return nil
}

func deferredWait() error {
	var wg sync.WaitGroup
	defer wg.Wait() // related `^this Wait blocks forever then$`
	wg.Add(1)       // want `^wg counts a goroutine that is not started on a path from here: Wait blocks forever$`
	if err := run(0); err != nil {
		return err
	}
	go func() {
		defer wg.Done()
		run(1)
	}()
	return nil
}

type starter struct {
	wg sync.WaitGroup
}

func (s *starter) start() error {
	s.wg.Add(1) // want `^s\.wg counts a goroutine that is not started if the function returns on line \d+: Wait blocks forever$`
	if err := run(0); err != nil {
		return err // related `^this return leaves s\.wg with a count that nothing takes back$`
	}
	go s.loop()
	return nil
}

func (s *starter) loop() {
	defer s.wg.Done()
	run(1)
}

func (s *starter) stop() { s.wg.Wait() }

type never struct {
	wg sync.WaitGroup
}

func (n *never) start() {
	n.wg.Add(1) // want `^n\.wg is never done: nothing takes back what is added here, and Wait at line \d+ blocks forever$`
	go n.loop()
}

func (n *never) loop() { run(1) }

func (n *never) stop() { n.wg.Wait() } // related `^this Wait blocks forever$`

type noAdd struct {
	wg sync.WaitGroup
}

func (n *noAdd) start() { go n.loop() }

func (n *noAdd) loop() {
	defer n.wg.Done() // want `^Done of n\.wg panics: nothing adds to the counter, which falls below zero$`
	run(1)
}

func (n *noAdd) stop() { n.wg.Wait() }

func waitInLoop(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() { // related `^the goroutine starts here$`
			defer wg.Done()
			run(x)
		}()
		wg.Wait() // want `^Wait for wg comes in each turn of the loop that starts the goroutines: they run one at a time$`
	}
}

func waitInLoopByGo(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() { run(x) }) // related `^the goroutine starts here$`
		wg.Wait()                // want `^Wait for wg comes in each turn of the loop that starts the goroutines: they run one at a time$`
	}
}

func waitInLoopForAll(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for _, x := range xs {
		go func() { // related `^the goroutine starts here$`
			defer wg.Done()
			run(x)
		}()
		wg.Wait() // want `^Wait for wg blocks forever: the loop has started only one of the goroutines that are counted$`
	}
}

func closerFirst(xs []int) chan int {
	out := make(chan int)
	var wg sync.WaitGroup
	go func() { // related `^the goroutine that waits for wg starts here$`
		wg.Wait() // related `^Wait for wg is not ordered after the Add$`
		close(out)
	}()
	for _, x := range xs {
		wg.Add(1) // want `^wg is added to while Wait at line \d+, on a goroutine that is started before, may have returned already or not yet$`
		go func() {
			defer wg.Done()
			out <- x
		}()
	}
	return out
}

func nextRound(rounds [][]int) {
	var wg sync.WaitGroup
	for _, xs := range rounds {
		out := make(chan int)
		wg.Add(len(xs)) // want `^wg is added to while Wait at line \d+, on a goroutine that is started before, may have returned already or not yet$`
		for _, x := range xs {
			go func() {
				defer wg.Done()
				out <- x
			}()
		}
		go func() { // related `^the goroutine that waits for wg starts here$`
			wg.Wait() // related `^Wait for wg is not ordered after the Add$`
			close(out)
		}()
		go run(len(out))
	}
}

func givenGroup(wg *sync.WaitGroup, xs []int) {
	for _, x := range xs {
		wg.Add(1) // want `^wg counts a goroutine that is not started on a path from here: Wait blocks forever$`
		if x == 0 {
			continue
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func allInEachTurn(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(len(xs)) // want `^wg counts more than call Done: Wait at line \d+ blocks forever$`
		go func() {     // related `^this calls Done of wg once$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^Wait for wg$`
}

func twoWaiters() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		run(1)
	}()
	go func() { // related `^the goroutine that waits for wg starts here$`
		wg.Wait() // related `^Wait for wg is not ordered after the Add$`
		run(2)
	}()
	wg.Wait()
	wg.Add(1) // want `^wg is added to while Wait at line \d+, on a goroutine that is started before, may have returned already or not yet$`
	go func() {
		defer wg.Done()
		run(3)
	}()
	wg.Wait()
}

type service struct {
	wg sync.WaitGroup
}

func (s *service) start() {
	s.wg.Add(1)
	go s.first() // related `^this calls Done of s\.wg once$`
	s.wg.Add(1)  // want `^s\.wg counts more than call Done: Wait at line \d+ blocks forever$`
	go s.second()
}

func (s *service) first() {
	defer s.wg.Done()
	run(1)
}

func (s *service) second() { run(2) }

func (s *service) stop() { s.wg.Wait() } // related `^Wait for s\.wg$`
