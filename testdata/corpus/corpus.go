// Package corpus keeps the modules that the suite is measured on in go.mod.
//
// It has no code. See README.md beside this file.
package corpus

import (
	_ "github.com/IBM/sarama"
	_ "github.com/caddyserver/caddy/v2"
	_ "github.com/cockroachdb/pebble/v2"
	_ "github.com/dgraph-io/badger/v4"
	_ "github.com/go-redis/redis/v8"
	_ "github.com/gocql/gocql"
	_ "github.com/gorilla/websocket"
	_ "github.com/hashicorp/memberlist"
	_ "github.com/hashicorp/raft"
	_ "github.com/hashicorp/serf/serf"
	_ "github.com/hashicorp/yamux"
	_ "github.com/libp2p/go-libp2p"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/panjf2000/ants/v2"
	_ "github.com/quic-go/quic-go"
	_ "github.com/segmentio/kafka-go"
	_ "github.com/sourcegraph/jsonrpc2"
	_ "github.com/streadway/amqp"
	_ "github.com/syndtr/goleveldb/leveldb"
	_ "go.etcd.io/etcd/server/v3/etcdserver"
	_ "golang.org/x/net/http2"
	_ "golang.org/x/tools/go/ssa"
	_ "google.golang.org/grpc"
	_ "k8s.io/client-go/tools/cache"
)
