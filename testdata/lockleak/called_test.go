package lockleak

import "testing"

type testEntry struct{ *Entry }

type kept struct{ entry *testEntry }

func TestCommit(t *testing.T) {
	te := &testEntry{&Entry{new(ledger)}}
	k := &kept{}
	if err := te.Commit("row"); err != nil {
		t.Fatal(err)
	}
	k.entry = te
	t.Log(k)
}
