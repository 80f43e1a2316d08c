// Package events holds operations at which the scheduler may switch.
package events

import (
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"time"
)

type all struct {
	ch    chan int
	conn  net.Conn
	file  *os.File
	mutex sync.Mutex
	wg    sync.WaitGroup
}

func (a *all) send(value int) { a.ch <- value }
func (a *all) receive() int   { return <-a.ch }

func (a *all) wait(url string, b []byte) error {
	if _, err := a.conn.Read(b); err != nil {
		return err
	}
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := a.file.Read(b); err != nil {
		return err
	}
	time.Sleep(time.Second)
	runtime.Gosched()
	a.mutex.Lock()
	a.ch = make(chan int, 1)
	a.mutex.Unlock()
	a.wg.Wait()
	return nil
}
