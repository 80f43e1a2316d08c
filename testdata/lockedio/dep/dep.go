// Package dep keeps records in files.
package dep

import "os"

// A Store keeps a record.
type Store struct {
	path    string
	pending []byte
}

// Save writes the record.
func (s *Store) Save(data []byte) error { return s.write(data) }

func (s *Store) write(data []byte) error { return os.WriteFile(s.path, data, 0o600) }

// Path returns where the record is.
func (s *Store) Path() string { return s.path }

// Put keeps a record for later, or writes it at once.
func (s *Store) Put(data []byte, sync bool) error {
	if !sync {
		s.pending = append(s.pending, data...)
		return nil
	}
	return s.Save(data)
}
