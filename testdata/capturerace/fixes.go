package capturerace

import "sync"

func borrowedErr() error {
	err := work()
	if err != nil {
		use(err)
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // related `^the goroutine that has err written starts here$`
		defer wg.Done()
		err = work() // want `^err is written by this goroutine, and may be written at the same time at line \d+$`
		if err != nil {
			use(err)
		}
	}()
	err = work() // related `^err is written here at the same time$`
	wg.Wait()
	return err
}

// What the goroutine found is wanted.
func lentErr() error {
	var err error
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have err start here$`
			defer wg.Done()
			if err = work(); err != nil { // want `^err is written by several goroutines, perhaps at the same time$`
				use(err)
			}
		}()
	}
	wg.Wait()
	return err
}

func borrowedErrs() {
	var wg sync.WaitGroup
	err := work()
	use(err)
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have err start here$`
			defer wg.Done()
			if err = work(); err != nil { // want `^err is written by several goroutines, perhaps at the same time$`
				use(err)
			}
		}()
	}
	wg.Wait()
}
