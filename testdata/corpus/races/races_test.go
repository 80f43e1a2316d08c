// Package races makes races of the corpus happen that the suite finds there: each test
// names the findings that it hits, and go run ./scripts/race -corpus runs it under the race
// detector. By themselves the tests check nothing.
package races

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/syndtr/goleveldb/leveldb/util"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v2store"
	"golang.org/x/net/proxy"
)

// slow is a dialer that comes to its end when the one who dials has given up.
type slow struct{ cancel context.CancelFunc }

func (s slow) Dial(string, string) (net.Conn, error) {
	s.cancel()
	time.Sleep(time.Millisecond)
	return nil, errors.New("no route")
}

// Hits capturerace golang.org/x/net proxy/dial.go:42:3.
// Hits capturerace golang.org/x/net proxy/dial.go:42:9.
func TestDialGivenUp(t *testing.T) {
	for range 100 {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := proxy.NewPerHost(slow{cancel}, slow{cancel}).DialContext(ctx, "tcp", "example.com:80")
		if err == nil {
			t.Fatal("dialled")
		}
	}
}

// Hits mixedatomic go.etcd.io/etcd/server/v3 etcdserver/api/v2store/store.go:786:2.
func TestStatsTwice(t *testing.T) {
	s := v2store.New()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { s.JsonStats() })
	}
	wg.Wait()
}

// Hits mixedatomic go.etcd.io/etcd/server/v3 etcdserver/api/v2store/store.go:786:28.
func TestStatsWhileWatching(t *testing.T) {
	s := v2store.New()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 100 {
			if w, err := s.Watch("/", true, false, 0); err == nil {
				w.Remove()
			}
		}
	})
	for range 100 {
		s.JsonStats()
	}
	wg.Wait()
}

// Hits mixedatomic github.com/syndtr/goleveldb leveldb/util/buffer_pool.go:199:48.
func TestPoolPrinted(t *testing.T) {
	p := util.NewBufferPool(1024)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 100 {
			p.Put(p.Get(100))
		}
	})
	for range 100 {
		_ = p.String()
	}
	wg.Wait()
}

// Hits sharedrace github.com/IBM/sarama mockbroker.go:81:2.
func TestLatencySet(t *testing.T) {
	b := sarama.NewMockBroker(t, 1)
	defer b.Close()
	b.SetHandlerByMap(map[string]sarama.MockResponse{
		"MetadataRequest": sarama.NewMockMetadataResponse(t).SetBroker(b.Addr(), b.BrokerID()),
	})
	client := sarama.NewBroker(b.Addr())
	if err := client.Open(sarama.NewConfig()); err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			if _, err := client.GetMetadata(&sarama.MetadataRequest{}); err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		b.SetLatency(time.Microsecond)
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
}
