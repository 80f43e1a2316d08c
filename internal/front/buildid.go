package front

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// printContentID answers -V=full: a line that changes with the content of the program,
// for the go command, which keeps results by it. The build ID is read where it can be had,
// as the hash of the program takes longer than all else that the go command asks for.
func printContentID(w io.Writer) error {
	name, err := os.Executable()
	if err != nil {
		return err
	}
	id, err := contentID(name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s version devel buildID=%s\n", name, id)
	return err
}

// contentID returns what tells an executable file from one with another content: its
// build ID if the go command made that, else a hash.
func contentID(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	start := make([]byte, 32<<10) // the linker puts the ID here
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	if id := buildID(start[:n]); madeByGo(id) {
		return id, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// buildID returns the ID that the linker wrote, given the start of a file, or "": in ELF
// files it is a note (of type 4, named Go), in others quoted before the first instruction.
// Notes in the order of bytes of big-endian machines are not looked for.
func buildID(start []byte) string {
	const noteType = "\x04\x00\x00\x00Go\x00\x00"
	if _, after, ok := bytes.Cut(start, []byte(noteType)); ok {
		at := len(start) - len(after) - len(noteType)
		if at < 8 || binary.LittleEndian.Uint32(start[at-8:]) != uint32(len("Go\x00\x00")) {
			return ""
		}
		size := binary.LittleEndian.Uint32(start[at-4:])
		if uint64(size) > uint64(len(after)) {
			return ""
		}
		return string(after[:size])
	}
	_, after, _ := bytes.Cut(start, []byte("\xff Go build ID: \""))
	id, _, ok := bytes.Cut(after, []byte("\"\n \xff"))
	if !ok {
		return ""
	}
	return string(id)
}

// madeByGo reports whether id has the form of the IDs that the go command makes, the last
// of whose four parts is a hash of the content. With -ldflags=-buildid= it may be anything.
func madeByGo(id string) bool {
	const hash = 20 // characters
	parts := strings.Split(id, "/")
	for _, part := range parts {
		if len(part) != hash {
			return false
		}
	}
	return len(parts) == 4
}
