// Command cacheprog keeps the build cache of the go command in a directory that several
// machines share, such as one of a network file system. It speaks the protocol of
// GOCACHEPROG (see cmd/go/internal/cacheprog):
//
//	GOCACHEPROG="cacheprog -dir /shared/go" concurrencyvet ./...
//
// It never removes anything. With -stats it appends a line to a file when it ends: how
// many entries were asked for and there, asked for and not there, and added.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A request is what the go command sends. If BodySize is not zero, the body follows, as
// a JSON string in base 64.
type request struct {
	ID       int64
	Command  string
	ActionID []byte
	OutputID []byte
	BodySize int64
}

// A response answers the request with the same ID. The first one answers none, and tells
// the commands that are known.
type response struct {
	ID            int64
	Err           string     `json:",omitempty"`
	KnownCommands []string   `json:",omitempty"`
	Miss          bool       `json:",omitempty"`
	OutputID      []byte     `json:",omitempty"`
	Size          int64      `json:",omitempty"`
	Time          *time.Time `json:",omitempty"`
	DiskPath      string     `json:",omitempty"`
}

// An entry is what is kept of an action. The body is in a file of its own, named by
// OutputID, which is a hash of it.
type entry struct {
	OutputID []byte
	Size     int64
	Time     time.Time
}

// A cache is a directory with a file for each action and each body.
type cache struct {
	dir                string
	hits, misses, puts int
}

func main() {
	dir := flag.String("dir", "", "the directory")
	stats := flag.String("stats", "", "append the counts to this file")
	flag.Parse()
	c := &cache{dir: *dir}
	if err := c.run(*stats); err != nil {
		fmt.Fprintln(os.Stderr, "cacheprog:", err)
		os.Exit(1)
	}
}

func (c *cache) run(stats string) error {
	if c.dir == "" {
		return errors.New("-dir is not given")
	}
	var err error
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o777); err != nil {
		return err
	}
	if err := c.serve(os.Stdin, os.Stdout); err != nil || stats == "" {
		return err
	}
	file, err := os.OpenFile(stats, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%d hits %d misses %d puts\n", c.hits, c.misses, c.puts)
	return errors.Join(err, file.Close())
}

// serve answers requests until the go command has no more.
func (c *cache) serve(in io.Reader, out io.Writer) error {
	dec, enc := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	if err := enc.Encode(response{KnownCommands: []string{"get", "put", "close"}}); err != nil {
		return err
	}
	for {
		var req request
		if err := dec.Decode(&req); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var body []byte
		if req.BodySize > 0 {
			if err := dec.Decode(&body); err != nil {
				return err
			}
		}
		res, err := c.answer(req, body)
		if err != nil {
			res = response{Err: err.Error()}
		}
		res.ID = req.ID
		if err := enc.Encode(res); err != nil || req.Command == "close" {
			return err
		}
	}
}

func (c *cache) answer(req request, body []byte) (response, error) {
	switch req.Command {
	case "get":
		return c.get(req.ActionID)
	case "put":
		return c.put(req, body)
	case "close":
		return response{}, nil
	}
	return response{}, fmt.Errorf("unknown command %q", req.Command)
}

// get returns the entry of an action. One whose body is not there, or not all of it, is
// a miss.
func (c *cache) get(action []byte) (response, error) {
	miss := func(err error) (response, error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return response{}, err
		}
		c.misses++
		return response{Miss: true}, nil
	}
	data, err := os.ReadFile(c.path("a", action))
	if err != nil {
		return miss(err)
	}
	var e entry
	if err := json.Unmarshal(data, &e); err != nil {
		return miss(nil)
	}
	path := c.path("o", e.OutputID)
	if info, err := os.Stat(path); err != nil || info.Size() != e.Size {
		return miss(err)
	}
	c.hits++
	return response{OutputID: e.OutputID, Size: e.Size, Time: &e.Time, DiskPath: path}, nil
}

func (c *cache) put(req request, body []byte) (response, error) {
	path := c.path("o", req.OutputID)
	if info, err := os.Stat(path); err != nil || info.Size() != int64(len(body)) {
		if err := c.write(path, body); err != nil {
			return response{}, err
		}
	}
	data, err := json.Marshal(entry{req.OutputID, int64(len(body)), time.Now()})
	if err == nil {
		err = c.write(c.path("a", req.ActionID), data)
	}
	c.puts++
	return response{DiskPath: path}, err
}

// path returns the name of the file of an action or a body.
func (c *cache) path(kind string, id []byte) string {
	name := hex.EncodeToString(id)
	return filepath.Join(c.dir, kind, name[:min(2, len(name))], name)
}

// write writes a file as a whole or not at all: others may read it, or write the same.
func (c *cache) write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	temp, err := os.CreateTemp(c.dir, "*.tmp")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}
