package local

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
)

const (
	// maxTitle of a pull request, in characters ("Create a pull request").
	maxTitle = 256
	// maxAddress is the longest address that a server surely takes, in bytes.
	maxAddress = 7000
)

var endNumber = regexp.MustCompile(`\(#(\d+)\)$`)

// original is the commit that is picked. A merge commit speaks for its commits, and
// in the words that GitHub gives it: those of the pull request follow its own.
func (f *Flow) original(ctx context.Context, s *state) (git.LocalCommit, error) {
	c, err := f.repo.Commit(ctx, s.Commit)
	if err != nil || len(c.Parents) < 2 {
		return c, err
	}
	commits, err := f.repo.Merged(ctx, s.Commit)
	_, said, _ := strings.Cut(c.Message, "\n")
	if said = strings.Trim(said, "\n"); said == "" && len(commits) > 0 {
		said = commits[0].Message
	}
	title, body, _ := strings.Cut(said, "\n")
	c.Source = backport.Merged(c.Source, title, body, commits)
	return c, err
}

// pickOnto says what is picked onto a commit for a branch.
func (f *Flow) pickOnto(ctx context.Context, s *state, r *Row, onto string) (git.LocalPick, error) {
	p := git.LocalPick{Commit: s.Commit, Onto: onto, Leave: r.LeftOut, Message: s.message}
	c, err := f.original(ctx, s)
	if len(c.Parents) > 1 {
		p.Instead = &c.Source
	}
	return p, err
}

// message of the pick: that of the original, or what the person gave instead.
func (s *state) message(original git.Source) string {
	subject, body, _ := strings.Cut(original.Message, "\n")
	if s.Title != "" {
		subject = s.Title
	}
	if s.Body != nil {
		body = *s.Body
	}
	original.Message = subject + "\n\n" + strings.Trim(body, "\n")
	if s.Settings.KeepNumbers {
		return backport.Verbatim(original)
	}
	return backport.Message(original)
}

// pullRequest gives title and body for a branch: "[3.14] gh-1: Fix it (GH-2)" and
// the body of the commit, which notifies nobody, and what is left out.
func (s *state) pullRequest(original git.LocalCommit, r *Row) (title, body string) {
	title, body, _ = strings.Cut(s.message(original.Source), "\n")
	body = strings.Trim(body, "\n")
	if !s.Settings.KeepNumbers {
		title = endNumber.ReplaceAllString(title, "(GH-$1)")
	}
	title = "[" + r.Branch + "] " + title
	if utf8.RuneCountInString(title) > maxTitle {
		runes := []rune(title)
		title, body = string(runes[:maxTitle-1])+"…", "…"+string(runes[maxTitle-1:])+"\n\n"+body
	}
	return title, markdown.Quiet(body) + backport.LeftSection(r.Branch, r.LeftOut)
}

// place is a repository on a GitHub.
type place struct{ host, owner, repo string }

var sshAddress = regexp.MustCompile(`^(?:[^@/:]+@)?([A-Za-z0-9.-]+):([^/].*)$`)

// github finds a repository in addresses of a remote, or none. Servers other than
// github.com are taken for a GitHub by their name.
func github(addresses []string) place {
	for _, address := range addresses {
		host, name := "", ""
		if at, err := url.Parse(address); err == nil && at.Host != "" {
			host, name = at.Hostname(), at.Path
		} else if m := sshAddress.FindStringSubmatch(address); m != nil {
			host, name = m[1], m[2]
		}
		host = strings.ToLower(host)
		if host == "ssh.github.com" || host == "www.github.com" {
			host = "github.com"
		}
		owner, repo := path.Split(strings.TrimSuffix(strings.Trim(name, "/"), ".git"))
		owner = strings.TrimSuffix(owner, "/")
		if (host == "github.com" || strings.HasPrefix(host, "github.")) && owner != "" && repo != "" && !strings.Contains(owner, "/") {
			return place{host, owner, repo}
		}
	}
	return place{}
}

// compare is the address of the page that opens the pull request, with what is
// to be said filled in as far as it fits.
func compare(into, from place, r Row) string {
	head := from.owner + ":" + r.Head
	if !strings.EqualFold(into.repo, from.repo) {
		head = from.owner + ":" + from.repo + ":" + r.Head
	}
	page := fmt.Sprintf("https://%s/%s/%s/compare/%s...%s?expand=1&title=%s", into.host, url.PathEscape(into.owner), url.PathEscape(into.repo),
		escapeBranch(r.Branch), escapeBranch(head), url.QueryEscape(r.Title))
	if full := page + "&body=" + url.QueryEscape(r.Body); len(full) <= maxAddress {
		return full
	}
	return page
}

func escapeBranch(name string) string {
	return strings.NewReplacer("%2F", "/", "%3A", ":").Replace(url.PathEscape(name))
}
