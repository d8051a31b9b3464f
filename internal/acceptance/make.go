package acceptance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What a run makes is told by its name.
const (
	branchPrefix = "concorde-acceptance/"
	labelPrefix  = "acceptance "
	issueTitle   = "Concorde acceptance run "
)

// file is one of a commit; with Mode "160000" its content is the commit of a submodule.
type file struct {
	Content string
	Mode    string // "": 100644
}

type files map[string]file

// draft is a commit to make. It has no parents but one.
type draft struct {
	parent  string
	message string
	files   files
	dated   time.Time // zero: now, by GitHub's clock
}

// made is a pull request of the run.
type made struct {
	key    pull.Key
	branch string
	head   string
}

// commit makes a commit by the REST API ("Git database"); nothing refers to it yet.
func (s *session) commit(ctx context.Context, d draft) (sha string, err error) {
	var entries []map[string]any
	for _, path := range slices.Sorted(maps.Keys(d.files)) {
		entry, err := s.entry(ctx, path, d.files[path])
		if err != nil {
			return "", err
		}
		entries = append(entries, entry)
	}
	var tree, commit struct{ SHA string }
	if err := s.want(ctx, "POST", "git/trees", map[string]any{"base_tree": s.trees[d.parent], "tree": entries}, &tree); err != nil {
		return "", err
	}
	body := map[string]any{"message": d.message, "tree": tree.SHA, "parents": []string{d.parent}}
	if !d.dated.IsZero() {
		who := map[string]any{"name": "Concorde", "email": "concorde@example.com", "date": d.dated.UTC().Format(time.RFC3339)}
		body["author"], body["committer"] = who, who
	}
	err = s.want(ctx, "POST", "git/commits", body, &commit)
	s.trees[commit.SHA] = tree.SHA
	return commit.SHA, err
}

func (s *session) entry(ctx context.Context, path string, f file) (map[string]any, error) {
	entry := map[string]any{"path": path, "mode": f.Mode, "type": "blob"}
	switch f.Mode {
	case "":
		entry["mode"] = "100644"
	case "160000":
		entry["type"], entry["sha"] = "commit", f.Content
		return entry, nil
	}
	var blob struct{ SHA string }
	content := base64.StdEncoding.EncodeToString([]byte(f.Content))
	err := s.want(ctx, "POST", "git/blobs", map[string]string{"content": content, "encoding": "base64"}, &blob)
	entry["sha"] = blob.SHA
	return entry, err
}

// setBranch makes a branch of the run.
func (s *session) setBranch(ctx context.Context, name, sha string) error {
	s.owns(name) // also if the answer is lost
	return s.want(ctx, "POST", "git/refs", map[string]string{"ref": "refs/heads/" + name, "sha": sha}, nil)
}

// owns has a branch deleted in the end.
func (s *session) owns(branch string) {
	s.made("the branch "+branch, func(ctx context.Context) error {
		raw, err := s.rest(ctx, "DELETE", "git/refs/heads/"+branch, nil)
		return removed(raw, err)
	})
}

// removed is nil for what is gone, whoever deleted it. GitHub answers 422 both for a ref
// that doesn't exist and for one that can't be deleted.
func removed(raw said, err error) error {
	missing := strings.Contains(strings.ToLower(string(raw.body)), "does not exist")
	gone := raw.status == 404 || raw.status == 410 || raw.status == 422 && missing
	if err == nil && raw.status >= 300 && !gone {
		return fmt.Errorf("%d: %s", raw.status, raw.body)
	}
	return err
}

// moveBranch moves a branch of the run, by force.
func (s *session) moveBranch(ctx context.Context, name, sha string) error {
	return s.want(ctx, "PATCH", "git/refs/heads/"+name, map[string]any{"sha": sha, "force": true}, nil)
}

func (s *session) newIssue(ctx context.Context, title string) (pull.Key, error) {
	key := s.cfg.Repository
	var issue struct{ Number int }
	err := s.want(ctx, "POST", "issues", map[string]string{"title": title, "body": "It's closed at the end of the run."}, &issue)
	if err != nil {
		return key, err
	}
	key.Number = issue.Number
	s.ownsSubject("issue", key.Number)
	return key, nil
}

// closeSubject closes an issue or a pull request, once the App's comments are deleted.
func (s *session) closeSubject(ctx context.Context, key pull.Key) error {
	var comments []struct {
		ID   int64
		User struct{ Login string }
	}
	if err := s.want(ctx, "GET", fmt.Sprintf("issues/%d/comments?per_page=100", key.Number), nil, &comments); err != nil {
		return err
	}
	for _, c := range comments {
		if c.User.Login != s.slug+"[bot]" {
			continue
		}
		raw, err := s.rest(ctx, "DELETE", fmt.Sprintf("issues/comments/%d", c.ID), nil)
		if err := removed(raw, err); err != nil {
			return fmt.Errorf("deleting the comment %d: %w", c.ID, err)
		}
	}
	path := fmt.Sprintf("issues/%d", key.Number)
	raw, err := s.rest(ctx, "PATCH", path, map[string]string{"state": "closed"})
	if err != nil || raw.status < 300 {
		return err
	}
	var is struct{ State string } // one that is merged
	if now, err := s.rest(ctx, "GET", path, nil); err == nil && json.Unmarshal(now.body, &is) == nil && is.State == "closed" {
		return nil
	}
	return removed(raw, nil)
}

// newPull opens a pull request of one commit into the base of the run, as the bot opens
// backports.
func (s *session) newPull(ctx context.Context, name string, of files) (made, error) {
	sha, err := s.commit(ctx, draft{parent: s.tip, message: "Add " + name, files: of})
	if err != nil {
		return made{}, err
	}
	return s.openPull(ctx, s.opening(name), sha)
}

// opening is a pull request of the run, from the branch of that name.
func (s *session) opening(name string) pull.OpenPull {
	return pull.OpenPull{Head: s.branch(name), Base: s.base, Title: "Acceptance: " + name, Body: "It's closed at the end of the run."}
}

func (s *session) openPull(ctx context.Context, o pull.OpenPull, sha string) (made, error) {
	m := made{key: s.cfg.Repository, branch: o.Head, head: sha}
	if err := s.setBranch(ctx, o.Head, sha); err != nil {
		return m, err
	}
	err := s.patiently(ctx, func() error {
		opened, err := s.writes.OpenPull(ctx, 0, s.cfg.Repository, o)
		m.key.Number = opened.Number
		return err
	})
	if err == nil {
		s.ownsSubject("pull request", m.key.Number)
	}
	return m, err
}

// comment posts a comment as the bot posts its own, and gives its numbers.
func (s *session) comment(ctx context.Context, on pull.Key, key string) (pull.PostedNote, error) {
	if err := s.apply(ctx, on, pull.AddNote{Note: pull.Note{Key: key, Body: "A comment of the acceptance run"}}); err != nil {
		return pull.PostedNote{}, err
	}
	var posted pull.PostedNote
	_, err := s.shows(ctx, "a comment", func() (bool, error) {
		r, err := s.load(ctx, on)
		if err != nil {
			return false, err
		}
		posted = r.Notes[key]
		return posted.ID != 0, nil
	})
	return posted, err
}

// newLabel makes a label as the bot would, and gives its id.
func (s *session) newLabel(ctx context.Context, name string) (id string, err error) {
	s.ownsLabel(name) // also if the answer is lost
	err = s.patiently(ctx, func() error {
		return s.writes.CreateLabel(ctx, 0, s.cfg.Repository, pull.LabelStyle{Name: name, Color: "ededed"})
	})
	if err != nil {
		return "", err
	}
	var found struct{ Label *struct{ ID string } }
	_, err = s.shows(ctx, "a label", func() (bool, error) {
		answer, err := s.ask(ctx, "label(name:$label){id}", map[string]any{"label:String!": name})
		if err != nil {
			return false, err
		}
		return found.Label != nil, answer.repository(&found)
	})
	if found.Label == nil {
		return "", err
	}
	return found.Label.ID, err
}

func (s *session) ownsLabel(name string) {
	s.made("the label "+name, func(ctx context.Context) error {
		raw, err := s.rest(ctx, "DELETE", "labels/"+url.PathEscape(name), nil)
		return removed(raw, err)
	})
}

// node is the id of a pull request or an issue.
func (s *session) node(ctx context.Context, key pull.Key) (string, error) {
	var found struct {
		Subject struct{ ID string } `json:"issueOrPullRequest"`
	}
	fields := gh.IssueOrPull + "(number:$number){...on Issue{id} ...on PullRequest{id}}"
	answer, err := s.ask(ctx, fields, map[string]any{"number:Int!": key.Number})
	if err == nil {
		err = answer.repository(&found)
	}
	return found.Subject.ID, err
}
