package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// progress is what the setup must remember across restarts.
type progress struct {
	State   string    `json:"state"` // that GitHub sends back; "": the browser wasn't sent there
	Until   time.Time `json:"until"` // when GitHub's code ends at the latest
	Webhook string    `json:"webhook"`
}

// memo keeps the progress in a file, which exists from the first step to the last one.
type memo struct {
	path string // "": only in memory
	last progress
}

// progressFile is next to the credentials' directory.
func progressFile(dir string) string { return filepath.Clean(dir) + ".setup" }

// Unfinished reports whether a setup that puts its credentials into dir was begun and
// not finished.
func Unfinished(dir string) bool {
	_, err := os.Stat(progressFile(dir))
	return err == nil
}

func openMemo(path string) *memo {
	m := &memo{path: path}
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &m.last) != nil {
		m.last = progress{} // start over
	}
	return m
}

func (m *memo) keep(p progress) error {
	m.last = p
	if m.path == "" {
		return nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("storing the state of the setup: %w", err)
	}
	next := m.path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("storing the state of the setup: %w", err)
	}
	if err := write(next, text); err != nil {
		return fmt.Errorf("storing the state of the setup: %w", err)
	}
	if err := errors.Join(os.Rename(next, m.path), settle(filepath.Dir(m.path))); err != nil {
		return fmt.Errorf("storing the state of the setup: %w", err)
	}
	return nil
}

func (m *memo) forget() error {
	m.last = progress{}
	if m.path == "" {
		return nil
	}
	if err := os.Remove(m.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ending the setup: %w", err)
	}
	return nil
}
