package syncapi

import "go/types"

// A Sibling is a function that does what another does, and takes a context.
type Sibling struct {
	// Name spells it: "Func" or "Type.Method" of the same package.
	Name string
	// Last is what the call has as its last argument beside those of the other, "" if
	// nothing.
	Last string
	// Direct is set if the other becomes this one by its name, the context as the first
	// argument, and Last.
	Direct bool
	// Logs is set if it does not wait for anything, and has of the context its values.
	Logs bool
}

// SiblingOf returns the function of the standard library that does what fn does with a
// context, nil if there is none.
func SiblingOf(fn *types.Func) *Sibling {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	return siblings[fn.Pkg().Path()][key(fn.Origin())]
}

// Siblings calls yield for each function that has one: the import path of its package,
// its key there, "Func" or "Type.Method", and the sibling.
func Siblings(yield func(path, key string, s *Sibling) bool) {
	for path, table := range siblings {
		for key, s := range table {
			if !yield(path, key, s) {
				return
			}
		}
	}
}

func direct(name string) *Sibling   { return &Sibling{Name: name, Direct: true} }
func indirect(name string) *Sibling { return &Sibling{Name: name} }

// What only reads a local table, as LookupPort does, is left out.
var siblings = map[string]map[string]*Sibling{
	"net/http": {
		"NewRequest": direct("NewRequestWithContext"),
		"Get":        indirect("NewRequestWithContext"), "Head": indirect("NewRequestWithContext"),
		"Post": indirect("NewRequestWithContext"), "PostForm": indirect("NewRequestWithContext"),
		"Client.Get": indirect("NewRequestWithContext"), "Client.Head": indirect("NewRequestWithContext"),
		"Client.Post": indirect("NewRequestWithContext"), "Client.PostForm": indirect("NewRequestWithContext"),
	},
	"net/http/httptest": {"NewRequest": direct("NewRequestWithContext")},
	"os/exec":           {"Command": direct("CommandContext")},
	"net": {
		"Dial": indirect("Dialer.DialContext"), "DialTimeout": indirect("Dialer.DialContext"),
		"Dialer.Dial": direct("Dialer.DialContext"),
		"LookupAddr":  indirect("Resolver.LookupAddr"), "LookupCNAME": indirect("Resolver.LookupCNAME"),
		"LookupHost": indirect("Resolver.LookupHost"), "LookupIP": indirect("Resolver.LookupIPAddr"),
		"LookupMX": indirect("Resolver.LookupMX"), "LookupNS": indirect("Resolver.LookupNS"),
		"LookupSRV": indirect("Resolver.LookupSRV"), "LookupTXT": indirect("Resolver.LookupTXT"),
	},
	"crypto/tls": {
		"Dial": indirect("Dialer.DialContext"), "DialWithDialer": indirect("Dialer.DialContext"),
		"Dialer.Dial": direct("Dialer.DialContext"), "Conn.Handshake": direct("Conn.HandshakeContext"),
	},
	"database/sql": {
		"DB.Begin": {Name: "DB.BeginTx", Last: "nil", Direct: true},
		"DB.Exec":  direct("DB.ExecContext"), "DB.Ping": direct("DB.PingContext"), "DB.Prepare": direct("DB.PrepareContext"),
		"DB.Query": direct("DB.QueryContext"), "DB.QueryRow": direct("DB.QueryRowContext"),
		"Tx.Exec": direct("Tx.ExecContext"), "Tx.Prepare": direct("Tx.PrepareContext"), "Tx.Query": direct("Tx.QueryContext"),
		"Tx.QueryRow": direct("Tx.QueryRowContext"), "Tx.Stmt": direct("Tx.StmtContext"),
		"Stmt.Exec": direct("Stmt.ExecContext"), "Stmt.Query": direct("Stmt.QueryContext"), "Stmt.QueryRow": direct("Stmt.QueryRowContext"),
	},
	"log/slog": {
		"Debug": logs("DebugContext"), "Info": logs("InfoContext"), "Warn": logs("WarnContext"), "Error": logs("ErrorContext"),
		"Logger.Debug": logs("Logger.DebugContext"), "Logger.Info": logs("Logger.InfoContext"),
		"Logger.Warn": logs("Logger.WarnContext"), "Logger.Error": logs("Logger.ErrorContext"),
	},
}

func logs(name string) *Sibling { return &Sibling{Name: name, Direct: true, Logs: true} }
