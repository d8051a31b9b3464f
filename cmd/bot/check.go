package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

type checkCmd struct {
	Repo   string   `default:"." placeholder:"DIR" help:"The git repository, or a directory inside it."`
	Base   string   `placeholder:"REF" help:"The branch to merge into (default: upstream/main, or else origin/main, or main)."`
	Head   string   `default:"HEAD" placeholder:"REF" help:"The tip of the pull request."`
	Staged bool     `help:"Also check staged changes. For pre-commit hooks."`
	Title  string   `placeholder:"T" help:"The pull request's title, to check it too (default: its first commit's subject)."`
	Label  []string `placeholder:"L" sep:"none" help:"A label of the pull request, such as \"skip news\". May be repeated."`
	Config string   `placeholder:"FILE" help:"Settings, before the repository's .github/concorde.yml (default: the built-in preset cpython)."`
	JSON   bool     `name:"json" help:"Print the result as JSON."`
}

func (checkCmd) Help() string {
	return `Runs the bot's rules on the changes between two commits. It writes nothing and
doesn't use the network. Exit code: 0 if every status would succeed, 1 if one would fail,
2 if the command was misused.

  bot check                                   what this branch changes
  bot check --staged                          in a pre-commit hook
  bot check --base origin/3.14 --title "[3.14] gh-123456: Fix it (GH-123460)"

In a GitHub Action (GITHUB_ACTIONS=true) faults also become annotations.`
}

// report is the result of a check. Its JSON form is an interface of the program.
type report struct {
	Failed   bool          `json:"failed"`
	Statuses []statusLine  `json:"statuses"`
	Checks   []checkReport `json:"checks"`
}

type statusLine struct {
	Context     string `json:"context"`
	State       string `json:"state"`
	Description string `json:"description"`
}

type checkReport struct {
	Name        string       `json:"name"`
	Conclusion  string       `json:"conclusion"`
	Title       string       `json:"title"`
	Summary     string       `json:"summary"`
	Annotations []annotation `json:"annotations"`
}

type annotation struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"` // missing for the whole line
	Level   string `json:"level"`
	Title   string `json:"title"`
	Message string `json:"message"`
}

func (c *checkCmd) Run(s streams) error {
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	repository := git.Repository{Dir: c.Repo}
	if settings.Rules, err = ownSettings(s.ctx, settings, repository); err != nil {
		return misuse(err)
	}
	rules := c.rules(surroundings{central: settings}.rules(settings.Rules))
	request, err := c.request(s.ctx, repository, rules)
	if err != nil {
		return misuse(err)
	}
	plan, err := pull.Decide(request, rules)
	if err != nil {
		return err
	}
	result := newReport(plan)
	if err := c.print(s, result); err != nil {
		return err
	}
	if result.Failed {
		return failure{code: exitFailed}
	}
	return nil
}

// rules leaves out those on the title while it's unknown: a commit's subject isn't the
// title if the commit will be squashed. None is in shadow here, where nothing is written.
func (c *checkCmd) rules(all []pull.Rule) []pull.Rule {
	for i := range all {
		all[i].Shadow = nil
	}
	if c.Title != "" {
		return all
	}
	return slices.DeleteFunc(all, func(r pull.Rule) bool { return r.Name == "issue-number" || r.Name == "title" })
}

// ownSettings returns the rules' settings with the repository's own file on top, as it
// is in the work tree.
func ownSettings(ctx context.Context, central *config.Config, repository git.Repository) (config.Rules, error) {
	root, err := repository.Root(ctx)
	if err != nil {
		return config.Rules{}, err
	}
	path := filepath.Join(root, filepath.FromSlash(config.RepositoryFile))
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return central.Rules, nil
	}
	if err != nil {
		return config.Rules{}, fmt.Errorf("reading the repository's settings: %w", err)
	}
	own, err := central.Override(path, text)
	if err == nil {
		err = surroundings{central: central}.together(path, own)
	}
	return own, err
}

// request is the range as a new pull request.
func (c *checkCmd) request(ctx context.Context, repository git.Repository, rules []pull.Rule) (*pull.Request, error) {
	if c.Staged && c.Head != "HEAD" {
		return nil, errors.New("staged changes are on top of HEAD: remove --head")
	}
	base, err := c.base(ctx, repository)
	if err != nil {
		return nil, err
	}
	comparison, err := repository.Compare(ctx, git.Range{
		Base: base, Head: c.Head, Staged: c.Staged,
		Reads: func(path string) bool { return pull.Reads(rules, &pull.Request{}, path) },
	})
	if err != nil {
		return nil, err
	}
	title := c.Title
	if title == "" && len(comparison.Commits) > 0 {
		title, _, _ = strings.Cut(comparison.Commits[0].Message, "\n")
	}
	return &pull.Request{
		Key: pull.Key{Owner: "local", Repo: "local", Number: 1}, Now: time.Now(),
		Title: title, State: pull.Open, Base: base[strings.LastIndex(base, "/")+1:], Head: comparison.Head,
		Labels: c.Label, Facts: ^pull.Facts(0), Files: comparison.Files, Commits: comparison.Commits,
	}, nil
}

func (c *checkCmd) base(ctx context.Context, repository git.Repository) (string, error) {
	if c.Base != "" {
		return c.Base, nil
	}
	for _, name := range []string{"upstream/main", "origin/main", "main"} {
		if _, err := repository.Resolve(ctx, name); err == nil {
			return name, nil
		}
	}
	if _, err := repository.Resolve(ctx, "HEAD"); err != nil {
		return "", err
	}
	return "", errors.New("finding the base: none of upstream/main, origin/main and main exists here: set one with --base")
}

func newReport(plan pull.Plan) report {
	r := report{Statuses: []statusLine{}, Checks: []checkReport{}}
	for _, action := range plan.Actions {
		switch a := action.(type) {
		case pull.SetStatus:
			r.Statuses = append(r.Statuses, statusLine{a.Context, string(a.State), a.Description})
			r.Failed = r.Failed || a.State == pull.StatusFailure
		case pull.SetCheck:
			check := checkReport{a.Name, string(a.Conclusion), a.Title, a.Summary, []annotation{}}
			for _, n := range a.Annotations {
				check.Annotations = append(check.Annotations, annotation{n.Path, n.Line, n.Column, string(n.Level), n.Title, n.Message})
			}
			r.Checks = append(r.Checks, check)
		}
	}
	return r
}

func (c *checkCmd) print(s streams, r report) error {
	if c.JSON {
		encoder := json.NewEncoder(s.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	if s.getenv("GITHUB_ACTIONS") != "true" {
		printText(s.stdout, r)
		return nil
	}
	token := rand.Text() // only those who know it can end the pause
	fmt.Fprintf(s.stdout, "::stop-commands::%s\n", token)
	printText(s.stdout, r)
	fmt.Fprintf(s.stdout, "::%s::\n", token)
	for _, check := range r.Checks {
		printCommands(s.stdout, check)
	}
	return nil
}

func printText(w io.Writer, r report) {
	for _, status := range r.Statuses {
		fmt.Fprintf(w, "%s: %s: %s\n", status.Context, status.State, status.Description)
	}
	for _, check := range r.Checks {
		printCheck(w, check)
	}
}

func printCheck(w io.Writer, check checkReport) {
	for _, n := range check.Annotations {
		at := pull.Annotation{Path: plainLine(n.Path), Line: n.Line, Column: n.Column}
		fmt.Fprintf(w, "\n%s: %s: %s\n", at.Position(), n.Level, plainLine(n.Title))
		for line := range strings.SplitSeq(plain(n.Message), "\n") {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	if check.Conclusion != string(pull.Success) && check.Summary != "" {
		fmt.Fprintf(w, "\n%s\n", plain(check.Summary))
	}
}

// printCommands prints workflow commands, which GitHub shows as annotations ("Workflow
// commands for GitHub Actions").
func printCommands(w io.Writer, check checkReport) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	commands := map[string]string{string(pull.FailureLevel): "error", string(pull.WarningLevel): "warning", string(pull.NoticeLevel): "notice"}
	for _, n := range check.Annotations {
		column := ""
		if n.Column > 0 {
			column = fmt.Sprintf(",col=%d", n.Column)
		}
		fmt.Fprintf(w, "::%s file=%s,line=%d%s,title=%s::%s\n", commands[n.Level], property.Replace(n.Path), n.Line, column,
			property.Replace(n.Title), data.Replace(n.Message))
	}
}
