package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// surveyed is the repository as the run finds it.
type surveyed struct {
	DatabaseID                   int64
	IsArchived, AutoMergeAllowed bool
	SquashMergeAllowed           bool
	ForkCount, StargazerCount    int
	DefaultBranchRef             *struct{ Target tipOf }
	Refs                         struct {
		Nodes []struct{ Name string }
	}
	Labels struct {
		Nodes []struct{ Name string }
	}
	PullRequests, Issues struct{ Nodes []subjectData }
}

// tipOf is the tip of a branch.
type tipOf struct {
	Oid     string
	Tree    struct{ Oid string }
	History struct{ TotalCount int }
}

// subjectData is an open issue or pull request.
type subjectData struct {
	Number             int
	Title, HeadRefName string
	Author             *struct{ Login string }
}

const surveyFields = "databaseId isArchived autoMergeAllowed squashMergeAllowed forkCount stargazerCount " +
	"defaultBranchRef{target{oid ...on Commit{tree{oid} history{totalCount}}}} " +
	`refs(refPrefix:"refs/heads/",first:100){nodes{name}} labels(first:100,query:"acceptance"){nodes{name}} ` +
	"pullRequests(first:100,states:OPEN){nodes{number title headRefName author{login}}} " +
	"issues(first:100,states:OPEN){nodes{number title author{login}}}"

// survey checks the repository before anything is written: nobody may be working in it.
// This run also removes what an earlier one left.
func (s *session) survey(ctx context.Context) error {
	var found surveyed
	answer, err := s.ask(ctx, surveyFields, nil)
	if err == nil {
		err = answer.repository(&found)
	}
	switch {
	case err != nil:
		return err
	case found.IsArchived:
		return errors.New("the repository is archived: use another one")
	case found.DefaultBranchRef == nil:
		return errors.New("the repository is empty: give it one commit, such as a README")
	case !found.SquashMergeAllowed:
		return errors.New("the repository doesn't allow squash merges, and the bot makes no others: allow them in its settings")
	}
	s.began, s.number = answer.at, found.DatabaseID
	tip := found.DefaultBranchRef.Target
	s.tip, s.trees[tip.Oid], s.autoMerges = tip.Oid, tip.Tree.Oid, found.AutoMergeAllowed
	return s.takeOver(found)
}

// takeOver refuses a repository that has more than a throw-away one needs, and has the
// rest of earlier runs removed.
func (s *session) takeOver(found surveyed) error {
	branches, pulls, issues := 0, 0, 0
	for _, b := range found.Refs.Nodes {
		if !ofARun(b.Name) {
			branches++
			continue
		}
		s.owns(b.Name)
	}
	for _, l := range found.Labels.Nodes {
		if strings.HasPrefix(l.Name, labelPrefix) {
			s.ownsLabel(l.Name)
		}
	}
	for _, p := range found.PullRequests.Nodes {
		if !ofARun(p.HeadRefName) {
			pulls++
			continue
		}
		s.ownsSubject("pull request", p.Number)
	}
	for _, i := range found.Issues.Nodes {
		if !strings.HasPrefix(i.Title, issueTitle) || i.Author == nil || i.Author.Login != s.slug {
			issues++
			continue
		}
		s.ownsSubject("issue", i.Number)
	}
	for _, sign := range []struct {
		what     string
		is, most int
	}{
		{"open pull requests", pulls, 5}, // the second account's
		{"open issues", issues, 10},
		{"branches", branches, 10},
		{"commits", found.DefaultBranchRef.Target.History.TotalCount, 20},
		{"forks", found.ForkCount, 5},
		{"stars", found.StargazerCount, 10},
	} {
		if sign.is > sign.most {
			s.undo = nil
			return fmt.Errorf("the repository has %d %s, so it seems to be in use: create an empty one for this run", sign.is, sign.what)
		}
	}
	return nil
}

// ofARun reports whether a run made a branch.
func ofARun(branch string) bool {
	prefixes := []string{branchPrefix, refusedPrefix, checkedPrefix}
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(branch, prefix) })
}

// ownsSubject has an issue or a pull request closed in the end.
func (s *session) ownsSubject(kind string, number int) {
	key := pull.Key{Owner: s.cfg.Repository.Owner, Repo: s.cfg.Repository.Repo, Number: number}
	s.made(fmt.Sprintf("the open %s #%d", kind, number), func(ctx context.Context) error { return s.closeSubject(ctx, key) })
}
