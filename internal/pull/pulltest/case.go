package pulltest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/pull"
)

// yamlRequest is a pull request as golden cases write it. What is left out
// gets the value of a usual one: open, by a member, into main.
type yamlRequest struct {
	PR            string    `yaml:"pr"` // "python/cpython#1000"
	Now           time.Time `yaml:"now"`
	Created       time.Time `yaml:"created"`
	Updated       time.Time `yaml:"updated"`
	Title         string    `yaml:"title"`
	Body          string    `yaml:"body"`
	State         string    `yaml:"state"`
	Draft         bool      `yaml:"draft"`
	Author        string    `yaml:"author"`
	Association   string    `yaml:"association"`
	Base          string    `yaml:"base"`
	DefaultBranch string    `yaml:"default-branch"`
	Head          string    `yaml:"head"`
	Labels        []string  `yaml:"labels"`

	// Files are "A path", "M path", "D path", "R old -> new", or "R -> new"
	// where GitHub does not tell the old path.
	Files          []string `yaml:"files"`
	FilesOmitted   int      `yaml:"files-omitted"`
	Commits        []string `yaml:"commits"` // messages
	Merges         []int    `yaml:"merges"`  // which of Commits have two parents, counted from 1
	Authors        []string `yaml:"authors"` // of Commits, "NAME <E-MAIL>"; those left out have none
	CommitsOmitted int      `yaml:"commits-omitted"`

	// Contents by path, for bytes that a txtar part cannot hold: "\0" in double
	// quotes, or !!binary with base64. Kinds and Sizes are for what is not a
	// plain file of the length of its contents. A file with none of these, and
	// without a head/ part, is one that could not be loaded.
	Contents map[string]string    `yaml:"contents"`
	Kinds    map[string]pull.Kind `yaml:"kinds"`
	Sizes    map[string]int64     `yaml:"sizes"`

	Statuses        map[string]yamlStatus `yaml:"statuses"`
	EarlierStatuses []string              `yaml:"earlier-statuses"`
	Checks          map[string]string     `yaml:"checks"` // name to digest
	Notes           map[string]string     `yaml:"notes"`  // key to digest
	NotesDeleted    int                   `yaml:"notes-deleted"`

	yamlHistory `yaml:",inline"`
}

type yamlStatus struct {
	State       pull.StatusState `yaml:"state"`
	Description string           `yaml:"description"`
	URL         string           `yaml:"url"`
}

const headPart = "head/"

type goldenCase struct {
	request  yamlRequest
	settings []byte
	plan     string
}

func parse(archive *txtar.Archive) (*goldenCase, error) {
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		return nil, errors.New("the case does not start with a sentence that says what it shows")
	}
	c := &goldenCase{request: yamlRequest{
		PR: "python/cpython#1000", State: string(pull.Open), Author: "contributor", Association: "MEMBER",
		Base: "main", DefaultBranch: "main", Head: strings.Repeat("1234567890", 4),
		Now:     time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC),
		Created: time.Date(2026, 8, 4, 10, 30, 0, 0, time.UTC),
		Updated: time.Date(2026, 8, 5, 9, 0, 0, 0, time.UTC),
	}}
	contents := map[string]string{}
	for _, part := range archive.Files {
		switch {
		case part.Name == "request":
			decoder := yaml.NewDecoder(bytes.NewReader(part.Data))
			decoder.KnownFields(true)
			if err := decoder.Decode(&c.request); err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("reading the request: %w", err)
			}
		case part.Name == "settings":
			c.settings = part.Data
		case part.Name == "plan":
			c.plan = string(part.Data)
		case strings.HasPrefix(part.Name, headPart):
			contents[strings.TrimPrefix(part.Name, headPart)] = string(part.Data)
		default:
			return nil, fmt.Errorf("the part %q is none that a case has", part.Name)
		}
	}
	for path, text := range c.request.Contents {
		contents[path] = text
	}
	c.request.Contents = contents
	return c, c.check()
}

// check finds slips of the pen that would make a case show nothing.
func (c *goldenCase) check() error {
	if _, err := pull.ParseKey(c.request.PR); err != nil {
		return err
	}
	if !slices.Contains([]pull.State{pull.Open, pull.Closed, pull.Merged}, pull.State(c.request.State)) {
		return fmt.Errorf("%q is not a state", c.request.State)
	}
	if len(c.request.Authors) > len(c.request.Commits) {
		return fmt.Errorf("%d commits have %d authors", len(c.request.Commits), len(c.request.Authors))
	}
	for _, n := range c.request.Merges {
		if n < 1 || n > len(c.request.Commits) {
			return fmt.Errorf("there is no commit %d to be a merge", n)
		}
	}
	for _, events := range append([][]string{c.request.Events}, eventsOf(c.request.Pulls)...) {
		if _, err := parseEvents(events, c.request.Created); err != nil {
			return err
		}
	}
	for _, lines := range c.request.Checked {
		if _, err := parseChecked(lines); err != nil {
			return err
		}
	}
	changed := map[string]bool{}
	for _, line := range c.request.Files {
		f, err := parseFile(line)
		if err != nil {
			return err
		}
		changed[f.Path] = true
	}
	for path := range c.request.Contents {
		if !changed[path] {
			return fmt.Errorf("%s has contents, but is not among the changed files", path)
		}
	}
	return nil
}

func parseFile(line string) (pull.File, error) {
	letter, path, _ := strings.Cut(line, " ")
	f := pull.File{Path: path}
	switch letter {
	case "A":
		f.Change = pull.Added
	case "M":
		f.Change = pull.Modified
	case "D":
		f.Change = pull.Removed
	case "R":
		f.Change = pull.Renamed
		old, path, found := strings.Cut(path, "-> ")
		if !found {
			return f, fmt.Errorf("%q lacks the arrow of a rename: R old -> new", line)
		}
		f.Path, f.Previous = path, strings.TrimSpace(old)
	default:
		return f, fmt.Errorf("%q does not start with A, M, D or R", line)
	}
	if f.Path == "" {
		return f, fmt.Errorf("%q has no path", line)
	}
	return f, nil
}

// load makes the snapshot, with the contents that the rules ask for.
func (c *goldenCase) load(rules []pull.Rule) *pull.Request {
	y := c.request
	key, _ := pull.ParseKey(y.PR) // checked by parse
	r := &pull.Request{
		Key: key, Now: y.Now, CreatedAt: y.Created, UpdatedAt: y.Updated, Title: y.Title, Body: y.Body, State: pull.State(y.State),
		Draft:  y.Draft,
		Author: y.Author, Association: y.Association, Base: y.Base, DefaultBranch: y.DefaultBranch, Head: y.Head, Labels: y.Labels,
		Facts:        ^pull.Facts(0),
		FilesOmitted: y.FilesOmitted, CommitsOmitted: y.CommitsOmitted, NotesDeleted: y.NotesDeleted,
		Statuses: map[string]pull.Status{}, EarlierStatuses: map[string]bool{}, Checks: map[string]pull.CheckState{},
		Notes: map[string]pull.PostedNote{},
	}
	r.Own, r.HeadBranch, r.HeadOwner = y.Own, y.HeadBranch, y.HeadOwner // for Reads
	for _, context := range y.EarlierStatuses {
		r.EarlierStatuses[context] = true
	}
	for _, line := range y.Files {
		f, _ := parseFile(line) // checked by parse
		if f.Change != pull.Removed && pull.Reads(rules, r, f.Path) {
			f.Content = c.content(f.Path)
		}
		r.Files = append(r.Files, f)
	}
	authors := slices.Concat(y.Authors, make([]string, len(y.Commits)))
	for i, message := range y.Commits {
		r.Commits = append(r.Commits, pull.Commit{SHA: fmt.Sprintf("%040x", i+1), Message: message, Author: authors[i],
			Merge: slices.Contains(y.Merges, i+1)})
	}
	for context, s := range y.Statuses {
		r.Statuses[context] = pull.Status{Context: context, State: s.State, Description: s.Description, URL: s.URL}
		r.EarlierStatuses[context] = true
	}
	for name, digest := range y.Checks {
		r.Checks[name] = pull.CheckState{ID: 1, Digest: digest}
	}
	for key, digest := range y.Notes {
		r.Notes[key] = pull.PostedNote{ID: 1, Digest: digest}
	}
	y.live(r, rules)
	return r
}

func (c *goldenCase) content(path string) *pull.Content {
	text, written := c.request.Contents[path]
	kind, odd := c.request.Kinds[path]
	size, sized := c.request.Sizes[path]
	if !written && !odd && !sized {
		return nil
	}
	content := &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}
	if odd {
		content.Kind = kind
	}
	if sized {
		content.Size = size
	}
	if content.Size > pull.MaxContent {
		content.Data = nil
	}
	return content
}
