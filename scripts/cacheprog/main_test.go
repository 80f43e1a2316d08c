package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// talk sends requests to a cache in the directory, each with its body, and returns what
// was answered, the greeting first.
func talk(t *testing.T, dir string, requests ...string) []response {
	t.Helper()
	var out bytes.Buffer
	c := &cache{dir: dir}
	if err := c.serve(strings.NewReader(strings.Join(requests, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	var list []response
	for dec := json.NewDecoder(&out); dec.More(); {
		var res response
		if err := dec.Decode(&res); err != nil {
			t.Fatal(err)
		}
		list = append(list, res)
	}
	return list
}

func TestProtocol(t *testing.T) {
	dir := t.TempDir()
	const get = `{"ID":3,"Command":"get","ActionID":"AQI="}`
	got := talk(t, dir,
		`{"ID":1,"Command":"get","ActionID":"AQI="}`,
		`{"ID":2,"Command":"put","ActionID":"AQI=","OutputID":"/w==","BodySize":5}`, `"aGVsbG8="`,
		get,
		`{"ID":4,"Command":"put","ActionID":"BA==","OutputID":"BQ=="}`, // without a body
		`{"ID":5,"Command":"get","ActionID":"BA=="}`,
		`{"ID":6,"Command":"nonesuch"}`,
		`{"ID":7,"Command":"close"}`,
	)
	if len(got) != 8 || len(got[0].KnownCommands) != 3 || !got[1].Miss || got[6].Err == "" || got[7].ID != 7 {
		t.Fatalf("answers: %+v", got)
	}
	for i, body := range map[int]string{3: "hello", 5: ""} {
		data, err := os.ReadFile(got[i].DiskPath)
		if err != nil || string(data) != body || got[i].Size != int64(len(body)) || got[i].Miss || got[i].Time == nil {
			t.Errorf("the entry is %+v, with body %q", got[i], data)
		}
	}
	if got[2].DiskPath != got[3].DiskPath {
		t.Errorf("put told of %s, get of %s", got[2].DiskPath, got[3].DiskPath)
	}

	// Another process finds it, but not if the body is torn, or gone.
	if got := talk(t, dir, get); got[1].Miss || string(got[1].OutputID) != "\xff" {
		t.Errorf("answer: %+v", got[1])
	}
	if err := os.WriteFile(got[3].DiskPath, []byte("hel"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := talk(t, dir, get); !got[1].Miss {
		t.Errorf("answer: %+v", got[1])
	}
	if err := os.Remove(got[3].DiskPath); err != nil {
		t.Fatal(err)
	}
	if got := talk(t, dir, get); !got[1].Miss {
		t.Errorf("answer: %+v", got[1])
	}
}
