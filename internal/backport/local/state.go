package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/concorde-bot/concorde/internal/git"
)

// StateFile is what an unfinished run leaves, in the directory that all work
// trees of the repository share.
const StateFile = "concorde-backport.json"

const (
	stateFormat  = "concorde-backport"
	stateVersion = 2 // since 2, rows have left_out
	maxState     = 1 << 20
)

// State of a branch.
type State string

// The states of a branch.
const (
	Waiting    State = "waiting"  // nothing was done yet
	Made       State = "made"     // the local branch is there
	Pushed     State = "pushed"   // and so is the one in the fork
	Present    State = "present"  // the change is there already, there is no branch
	Conflicted State = "conflict" // a work tree is there to resolve it
	Skipped    State = "skipped"  // the person went on without it
	Failed     State = "error"    // Row.Error says why
)

// Row is what became of one branch. Its JSON form is an interface of the
// program: keys are only ever added.
type Row struct {
	Branch    string     `json:"branch"`              // that is picked onto
	State     State      `json:"state"`               //
	Head      string     `json:"head"`                // the branch with the pick
	Onto      string     `json:"onto,omitempty"`      // the commit that was picked onto
	Commit    string     `json:"commit,omitempty"`    // the pick
	Title     string     `json:"title,omitempty"`     // of the pull request
	Body      string     `json:"body,omitempty"`      // of the pull request
	URL       string     `json:"url,omitempty"`       // of the page that opens it
	Draft     bool       `json:"draft,omitempty"`     // it is to be a draft
	Worktree  string     `json:"worktree,omitempty"`  // where the conflict is to be resolved
	Conflicts []Conflict `json:"conflicts,omitempty"` //
	Error     string     `json:"error,omitempty"`     //
	// LeftOut are changed files that belong to a newer version.
	LeftOut []string `json:"left_out,omitempty"`
}

// Conflict is a path that could not be merged, and git's name for its kind.
type Conflict struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	// Command makes a generated file again; "" if it isn't generated.
	Command string `json:"command,omitempty"`
}

// state is all that a run must remember.
type state struct {
	Format   string   `json:"format"`
	Version  int      `json:"version"`
	Commit   string   `json:"commit"`
	Subject  string   `json:"subject"`
	Remote   string   `json:"remote"`
	PushTo   string   `json:"push_remote"`
	Push     bool     `json:"push"`
	Force    bool     `json:"force,omitempty"`
	Title    string   `json:"title,omitempty"`
	Body     *string  `json:"body,omitempty"`
	Worktree string   `json:"worktree,omitempty"`
	Settings Settings `json:"settings"`
	Rows     []Row    `json:"branches"`
	// Current is the conflict that is being resolved.
	Current *current `json:"current,omitempty"`
}

// current is a work tree, from before it is made until after it is gone.
type current struct {
	Row    int    `json:"row"`              // in state.Rows
	Before string `json:"before,omitempty"` // where the branch was
	Ready  bool   `json:"ready,omitempty"`  // the pick was begun, and is the person's now
	Result string `json:"result,omitempty"` // the branch is there, and the work tree of no more use
}

func (f *Flow) path() string { return filepath.Join(f.repo.Common, StateFile) }

// save writes the state so that it is always whole.
func (f *Flow) save(s *state) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(f.repo.Common, StateFile+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path(), err)
	}
	_, err = temporary.Write(append(data, '\n'))
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), f.path())
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path(), errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}

// load reads the state; nil without one.
func (f *Flow) load() (*state, error) {
	file, err := os.Open(f.path())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxState))
	if err != nil {
		return nil, err
	}
	s, err := parseState(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.path(), err)
	}
	return s, nil
}

// byHand is what to do with a state that is of no use.
const byHand = "to start over, remove it; git worktree list and git branch --list 'backport-*' show what else may be left"

func parseState(data []byte) (*state, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("it's corrupt (%w): %s", err, byHand)
	}
	if head.Format != stateFormat || head.Version < 1 {
		return nil, fmt.Errorf("bot backport didn't write it: %s", byHand)
	}
	if head.Version > stateVersion {
		return nil, fmt.Errorf("a newer bot wrote it, in format version %d: use that one to continue, or %s", head.Version, byHand)
	}
	var s state
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&s)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, fmt.Errorf("it's corrupt (%w): %s", err, byHand)
	}
	return &s, nil
}

var fullID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// check keeps what others may have written from reaching git.
func (s *state) check() error {
	for _, remote := range []string{s.Remote, s.PushTo} {
		if remote == "" || remote[0] == '-' {
			return fmt.Errorf("%q isn't a valid remote name", remote)
		}
	}
	for _, r := range s.Rows {
		if err := r.check(); err != nil {
			return err
		}
	}
	if err := s.Current.check(s.Rows); err != nil {
		return err
	}
	if s.Commit == "" {
		return errors.New("the commit is missing")
	}
	return checkIDs(s.Commit)
}

func (r Row) check() error {
	if !git.ValidBranch(r.Branch) || !git.ValidBranch(r.Head) {
		return fmt.Errorf("%q or %q isn't a valid branch name", r.Branch, r.Head)
	}
	if r.Worktree != "" && !filepath.IsAbs(r.Worktree) {
		return fmt.Errorf("the work tree's path %q isn't absolute", r.Worktree)
	}
	return checkIDs(r.Onto, r.Commit)
}

func (c *current) check(rows []Row) error {
	if c == nil {
		return nil
	}
	if c.Row < 0 || c.Row >= len(rows) {
		return fmt.Errorf("the branch %d doesn't exist", c.Row)
	}
	if r := rows[c.Row]; r.Onto == "" || r.Worktree == "" {
		return errors.New("the conflict has no work tree")
	}
	return checkIDs(c.Before, c.Result)
}

// checkIDs allows empty ones.
func checkIDs(ids ...string) error {
	for _, id := range ids {
		if id != "" && !fullID.MatchString(id) {
			return fmt.Errorf("%q isn't a full commit ID", id)
		}
	}
	return nil
}
