// Package dep keeps records in files.
package dep

import "os"

// A Store keeps a record.
type Store struct{ path string }

// Save writes the record.
func (s *Store) Save(data []byte) error { return s.write(data) }

func (s *Store) write(data []byte) error { return os.WriteFile(s.path, data, 0o600) }

// Path returns where the record is.
func (s *Store) Path() string { return s.path }
