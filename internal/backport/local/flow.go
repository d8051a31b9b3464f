package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/concorde-bot/concorde/internal/git"
)

// Request is what a person asks for.
type Request struct {
	Commit   string   // any name of a commit
	Branches []string // of the remote
	Remote   string   // to fetch from; "" is upstream if there is one, else origin
	PushTo   string   // remote to push to; "" is origin
	Push     bool
	NoFetch  bool
	Force    bool    // overwrite branches that hold other work
	Title    string  // instead of the commit's subject
	Body     *string // instead of the rest of its message
	Worktree string  // directory for conflicts; "" is one beside the repository
}

// Report is how things stand. Its JSON form is an interface of the program: keys
// are only ever added.
type Report struct {
	Unfinished bool   `json:"unfinished"` // there is something to go on with
	Commit     string `json:"commit,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Remote     string `json:"remote,omitempty"`
	Branches   []Row  `json:"branches"`
}

// Done tells that nothing is left to do, and nothing went wrong.
func (r Report) Done() bool {
	return !r.Unfinished && !slices.ContainsFunc(r.Branches, func(row Row) bool { return row.State == Failed })
}

// Misuse is an error of the person's: a name that is none, or a wrong mix.
type Misuse struct{ Err error }

func (m *Misuse) Error() string { return m.Err.Error() }

func (m *Misuse) Unwrap() error { return m.Err }

func misuse(format string, args ...any) error { return &Misuse{fmt.Errorf(format, args...)} }

// Config of a Flow.
type Config struct {
	Dir  string        // any directory of the repository
	Log  io.Writer     // gets what git tells while it fetches and pushes
	Tell func(row Row) // is told of each branch as soon as something became of it
}

// Flow backports in one repository. Of several at the same time, one works and
// the others are refused.
type Flow struct {
	repo    *git.Local
	tell    func(Row)
	missing map[string]bool // branches that the remote does not have
	into    place           // see places
	from    place
}

// New opens the repository.
func New(ctx context.Context, c Config) (*Flow, error) {
	if c.Log == nil || c.Tell == nil {
		return nil, errors.New("backporting: Log or Tell is nil")
	}
	repo, err := git.OpenLocal(ctx, c.Dir, c.Log)
	if err != nil {
		return nil, &Misuse{err}
	}
	return &Flow{repo: repo, tell: c.Tell, missing: map[string]bool{}}, nil
}

// Close ends what New started; it leaves the state.
func (f *Flow) Close() error { return f.repo.Close() }

// alone runs what only one process may do at a time, with the state of the
// moment.
func (f *Flow) alone(do func(*state) (Report, error)) (Report, error) {
	unlock, alone := f.repo.Lock()
	defer unlock()
	if !alone {
		return Report{}, errors.New("another bot backport is running in this repository: wait for it to finish")
	}
	s, err := f.load()
	if err != nil {
		return Report{}, err
	}
	return do(s)
}

func report(s *state, unfinished bool) Report {
	if s == nil {
		return Report{Branches: []Row{}}
	}
	return Report{unfinished, s.Commit, s.Subject, s.Remote, s.Rows}
}

// Start begins. Conflicts end it with an unfinished report.
func (f *Flow) Start(ctx context.Context, r Request) (Report, error) {
	return f.alone(func(s *state) (Report, error) {
		if s != nil {
			return Report{}, fmt.Errorf("the backport of %.10s isn't finished: run bot backport --status to see it, then --continue, --skip or "+
				"--abort", s.Commit)
		}
		s, err := f.plan(ctx, r)
		if err != nil {
			return Report{}, err
		}
		if err := f.fetch(ctx, s, r.NoFetch); err != nil {
			return Report{}, err
		}
		if err := f.save(s); err != nil {
			return Report{}, err
		}
		return f.run(ctx, s)
	})
}
