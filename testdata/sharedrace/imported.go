package sharedrace

import (
	"time"

	"fixture.example/sharedrace/dep"
)

func setAfterStart() {
	// races
	dep.Start()
	dep.Verbose = true
}

func setBeforeStart() {
	dep.Verbose = true
	dep.Start()
}

func setAfterNew() *dep.Server {
	s := dep.New()          // related `^this call leaves the goroutine behind$`
	s.Timeout = time.Minute // want `^s\.Timeout is written while a goroutine that dep\.New has started may read it$`
	s.Name = "x"
	return s
}

func setBeforeRun() *dep.Server {
	s := &dep.Server{}
	s.Timeout = time.Minute
	s.Run()
	return s
}

func setAfterRun(s *dep.Server) {
	s.Run() // related `^this call leaves the goroutine behind$`
	if s.Name != "" {
		s.Timeout = time.Minute // want `^s\.Timeout is written while a goroutine that s\.Run has started may read it$`
	}
}

func readAfterStop() int {
	s := dep.New()
	s.Stop()
	return s.Hits
}

func readWhileRunning() int {
	s := dep.New() // related `^this call leaves the goroutine behind$`
	return s.Hits  // want `^s\.Hits is read while a goroutine that dep\.New has started may write it$`
}

func otherServer(s, t *dep.Server) {
	s.Run()
	t.Timeout = time.Minute
}
