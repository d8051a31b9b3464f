//go:build !unix

package queue

import (
	"errors"
	"os"
)

func lockFile(string) (*os.File, error) {
	return nil, errors.New("this system can't lock the file against a second process (use PostgreSQL)")
}
