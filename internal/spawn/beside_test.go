package spawn_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

const service = `
type service struct {
	mu         sync.Mutex
	quit, done chan bool
	out        chan int
}

func (s *service) Start() { go s.loop() }

func (s *service) loop() {
	defer close(s.done)
	for {
		select {
		case <-s.quit:
			return
		default:
		}
		s.out <- 1 // x
	}
}
`

// TestBeside asks whether x, on a goroutine of one function, and y, of another,
// may happen at once.
func TestBeside(t *testing.T) {
	relate(t, []scenario{
		{"without a wait", true, service + `
func (s *service) Stop() {
	close(s.quit)
	close(s.out) // y
}`},
		{"behind a wait", false, service + `
func (s *service) Stop() {
	close(s.quit)
	<-s.done
	close(s.out) // y
}`},
		{"behind a wait by a helper", false, service + `
func (s *service) Stop() {
	s.wait()
	close(s.out) // y
}

func (s *service) wait() { <-s.done }`},
		{"behind a wait on one of two ways", true, service + `
func (s *service) Stop(now bool) {
	close(s.quit)
	if !now {
		<-s.done
	}
	close(s.out) // y
}`},
		{"behind a wait for what others do", false, service + `
func (s *service) Stop(wg *sync.WaitGroup) {
	close(s.quit)
	wg.Wait()
	close(s.out) // y
}`},
		{"under a lock of one side", true, service + `
func (s *service) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.out) // y
}`},
	}, func(x, y *skeleton.Node) bool {
		r := spawn.NewRace(spawn.Outermost(x))
		return r.Lives(x) && r.Beside(spawn.NewRace(spawn.Outermost(y))).Unordered(x, y)
	})
}
