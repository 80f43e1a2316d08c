package syncapi

import (
	"go/types"
	"maps"
	"slices"
	"strings"
)

// An IO says what a call of a library function waits for outside of the process.
type IO uint8

// The kinds of input and output.
const (
	NoIO    IO = iota
	Time       // it sleeps
	Network    // another machine, or another process by way of a socket
	Disk       // files
	Process    // another process
)

// IOOf returns what a call of fn waits for, NoIO if it is nothing that the model
// knows. What closes or prints is left out: it is short, or meant to be done
// in any place.
func IOOf(fn *types.Func) IO {
	if fn == nil || fn.Pkg() == nil {
		return NoIO
	}
	return ioTables[fn.Pkg().Path()][key(fn.Origin())]
}

// IOOperands returns the operands of fn, the receiver being operand 0 of a method,
// that decide whether a call of it waits for anything: it reads or writes what
// they are.
func IOOperands(fn *types.Func) []int {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	return ioOperands[fn.Pkg().Path()][key(fn.Origin())]
}

// IOType returns what reading and writing a value of type t waits for.
func IOType(t types.Type) IO {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return NoIO
	}
	switch name := named.Obj().Name(); named.Obj().Pkg().Path() {
	case "os":
		if name == "File" {
			return Disk
		}
	case "net":
		if strings.HasSuffix(name, "Conn") {
			return Network
		}
	case "crypto/tls":
		if name == "Conn" {
			return Network
		}
	case "net/http":
		if name == "ResponseWriter" {
			return Network
		}
	}
	return NoIO
}

// HasIO reports whether the model has input and output of the package with the
// given import path.
func HasIO(path string) bool { return ioTables[path] != nil }

// IsStandardStream reports whether v is one of the standard streams, by which
// programs print.
func IsStandardStream(v types.Object) bool {
	return v != nil && v.Pkg() != nil && v.Pkg().Path() == "os" && slices.Contains([]string{"Stdin", "Stdout", "Stderr"}, v.Name())
}

// IONames calls yield for each function of which the model knows what it waits
// for, or by which operands that is decided.
func IONames(yield func(path, key string) bool) {
	for path, table := range ioTables {
		for key := range table {
			if !yield(path, key) {
				return
			}
		}
	}
	for path, table := range ioOperands {
		for key := range table {
			if !yield(path, key) {
				return
			}
		}
	}
}

// all returns a table in which all functions named wait for the same. A name is
// that of a function, or a type with its methods, "Type: Method Method".
func all(io IO, lines ...string) map[string]IO {
	table := make(map[string]IO)
	for _, line := range lines {
		typ, methods, ok := strings.Cut(line, ": ")
		if !ok {
			for name := range strings.FieldsSeq(line) {
				table[name] = io
			}
			continue
		}
		for name := range strings.FieldsSeq(methods) {
			table[typ+"."+name] = io
		}
	}
	return table
}

// with returns a table that has the names of both.
func with(a, b map[string]IO) map[string]IO {
	maps.Copy(a, b)
	return a
}

var ioTables = map[string]map[string]IO{
	// The system has random numbers at hand. Their file is read only where it lacks the call.
	"crypto/internal/sysrand": {},
	"crypto/rand":             {},

	"time": all(Time, "Sleep"),
	"os": with(all(Disk,
		"Open OpenFile OpenInRoot OpenRoot Create CreateTemp ReadFile WriteFile ReadDir Mkdir MkdirAll MkdirTemp",
		"Remove RemoveAll Rename Stat Lstat Chmod Chown Lchown Chtimes Link Symlink Readlink Truncate CopyFS",
		"File: Read ReadAt ReadFrom Write WriteAt WriteString WriteTo Sync Truncate ReadDir Readdir Readdirnames",
	), all(Process, "StartProcess", "Process: Wait")),
	"io/ioutil":     all(Disk, "ReadFile WriteFile ReadDir TempDir TempFile"),
	"path/filepath": all(Disk, "Walk WalkDir Glob EvalSymlinks"),
	"plugin":        all(Disk, "Open"),
	"os/exec":       all(Process, "Cmd: Run Output CombinedOutput Start Wait"),
	// LookupPort, too, looks at most into a short file, once.
	"net": all(Network,
		"Dial DialTimeout DialTCP DialUDP DialIP DialUnix",
		"LookupAddr LookupCNAME LookupHost LookupIP LookupMX LookupNS LookupSRV LookupTXT",
		"ResolveTCPAddr ResolveUDPAddr ResolveIPAddr",
		"Dialer: Dial DialContext",
		"Resolver: LookupAddr LookupCNAME LookupHost LookupIP LookupIPAddr LookupMX LookupNS LookupNetIP LookupSRV LookupTXT",
		"Conn: Read Write", "conn: Read Write", "PacketConn: ReadFrom WriteTo", "Listener: Accept",
		"TCPConn: ReadFrom WriteTo", "TCPListener: Accept AcceptTCP", "UnixListener: Accept AcceptUnix",
		"UDPConn: ReadFrom ReadFromUDP ReadFromUDPAddrPort ReadMsgUDP ReadMsgUDPAddrPort WriteTo WriteToUDP WriteToUDPAddrPort WriteMsgUDP WriteMsgUDPAddrPort",
		"IPConn: ReadFrom ReadFromIP ReadMsgIP WriteTo WriteToIP WriteMsgIP",
		"UnixConn: ReadFrom ReadFromUnix ReadMsgUnix WriteTo WriteToUnix WriteMsgUnix",
		"Buffers: WriteTo",
	),
	"net/http": all(Network,
		"Get Head Post PostForm ListenAndServe ListenAndServeTLS Serve ServeTLS",
		"Client: Do Get Head Post PostForm", "RoundTripper: RoundTrip", "Transport: RoundTrip",
		"Server: ListenAndServe ListenAndServeTLS Serve ServeTLS Shutdown", "ResponseWriter: Write", "Flusher: Flush",
		"ResponseController: Flush",
	),
	"crypto/tls": all(Network,
		"Dial DialWithDialer", "Dialer: Dial DialContext", "Conn: Read Write Handshake HandshakeContext"),
	"net/rpc": all(Network,
		"Accept Dial DialHTTP DialHTTPPath", "Client: Call"),
	"net/rpc/jsonrpc": all(Network, "Dial"),
	"net/smtp": all(Network,
		"Dial SendMail", "Client: Auth Data Hello Mail Noop Quit Rcpt Reset StartTLS Verify"),
	"net/textproto": all(Network, "Dial"),
	"database/sql": all(Network,
		"DB: Begin BeginTx Conn Exec ExecContext Ping PingContext Prepare PrepareContext Query QueryContext QueryRow QueryRowContext",
		"Tx: Commit Exec ExecContext Prepare PrepareContext Query QueryContext QueryRow QueryRowContext Rollback",
		"Stmt: Exec ExecContext Query QueryContext QueryRow QueryRowContext",
		"Conn: BeginTx ExecContext PingContext PrepareContext QueryContext QueryRowContext",
	),
}

var ioOperands = map[string]map[string][]int{
	"io": {
		"Copy": {0, 1}, "CopyN": {0, 1}, "CopyBuffer": {0, 1}, "ReadAll": {0}, "ReadFull": {0}, "ReadAtLeast": {0},
		"WriteString": {0},
	},
	"io/ioutil": {"ReadAll": {0}},
	"fmt": {
		"Fprint": {0}, "Fprintf": {0}, "Fprintln": {0}, "Fscan": {0}, "Fscanf": {0}, "Fscanln": {0},
	},
	"encoding/binary": {"Read": {0}, "Write": {0}},
	"bytes":           {"Buffer.ReadFrom": {1}, "Buffer.WriteTo": {1}, "Reader.WriteTo": {1}},
	"strings":         {"Reader.WriteTo": {1}},
}

// Fills returns the operand of fn, the receiver being operand 0 of a method,
// whose elements it writes to: the buffer of Read, by the contract of [io.Reader]
// and its kin; not ok if there is none.
func Fills(fn *types.Func) (operand int, ok bool) {
	sig := fn.Signature()
	if sig.Recv() == nil {
		if fn.Pkg() != nil && fn.Pkg().Path() == "io" && (fn.Name() == "ReadFull" || fn.Name() == "ReadAtLeast") {
			return 1, true
		}
		return 0, false
	}
	switch fn.Name() {
	case "Read", "ReadAt", "ReadFrom":
	default:
		return 0, false
	}
	params, results := sig.Params(), sig.Results()
	if params.Len() == 0 || results.Len() < 2 || !types.Identical(params.At(0).Type(), types.NewSlice(types.Typ[types.Byte])) {
		return 0, false
	}
	last := results.At(results.Len() - 1).Type()
	return 1, IsError(last)
}

// Clones reports whether fn returns a slice or map of its own that has the elements of
// its argument.
func Clones(fn *types.Func) bool {
	if fn.Pkg() == nil || fn.Signature().Recv() != nil || fn.Name() != "Clone" {
		return false
	}
	switch fn.Pkg().Path() {
	case "slices", "maps", "golang.org/x/exp/slices", "golang.org/x/exp/maps":
		return true
	}
	return false
}

// IsPipeEnd reports whether t is one end of a pipe or connection within the program or
// out of it: what is written to one is read from another.
func IsPipeEnd(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
		return isNamed(t, "io", "PipeReader") || isNamed(t, "io", "PipeWriter") || isNamed(t, "net", "TCPConn") || isNamed(t, "net", "UnixConn")
	}
	return isNamed(t, "net", "Conn")
}
