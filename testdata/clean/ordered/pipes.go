package ordered

import (
	"io"
	"net"
)

// -- what comes out of one end of a pipe has been put into the other before --

func throughPipe(src []byte) (int, error) {
	pr, pw := io.Pipe()
	written := 0
	var failed error
	go func() {
		written, failed = pw.Write(src)
		pw.CloseWithError(failed)
	}()
	b, err := io.ReadAll(pr)
	if err != nil {
		return 0, err
	}
	return written + len(b), failed
}

func throughConns(msg []byte) ([]byte, error) {
	near, far := net.Pipe()
	defer near.Close()
	var n int
	go func() {
		defer far.Close()
		b := make([]byte, 100)
		n, _ = far.Read(b)
		far.Write(b[:n])
	}()
	if _, err := near.Write(msg); err != nil {
		return nil, err
	}
	out := make([]byte, 100)
	if _, err := near.Read(out); err != nil {
		return nil, err
	}
	return out[:n], nil
}
