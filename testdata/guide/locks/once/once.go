// Package once connects to a database once.
package once

import "sync"

type Database struct{ name string }

var (
	once     sync.Once
	instance *Database
)

func connectToDatabase() *Database { return &Database{name: "main"} }

func GetDatabase() *Database {
	once.Do(func() {
		instance = connectToDatabase()
	})
	return instance
}
