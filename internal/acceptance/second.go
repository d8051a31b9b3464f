package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// needsSecond is what steps of another account say without one.
const needsSecond = "no token of a second account is given with --second"

// forkTime is how long GitHub says that filling a fork may take ("Create a fork").
const forkTime = 5 * time.Minute

// guest is the second account. It forks the repository and opens a pull request.
type guest struct {
	made
	login string
	fork  string // "LOGIN/NAME"
	gone  bool   // the fork is deleted
}

// guest makes the fork and the pull request that several steps share, once.
func (s *session) guest(ctx context.Context) (*guest, error) {
	if s.second == nil && s.refused == nil {
		s.second, s.refused = s.invite(ctx)
	}
	return s.second, s.refused
}

func (s *session) invite(ctx context.Context) (*guest, error) {
	g := &guest{}
	var self struct{ Login string }
	if err := s.wantOfSecond(ctx, request{"GET", "/user", nil}, &self); err != nil {
		return nil, err
	}
	g.login = self.Login
	if err := s.forkFor(ctx, g); err != nil {
		return nil, err
	}
	var tree, commit struct{ SHA string }
	g.branch = s.branch("fork")
	at := "/repos/" + g.fork + "/git/"
	for _, step := range []struct {
		path string
		body func() any
		into any
	}{
		{"trees", func() any {
			file := map[string]string{"path": "acceptance/fork.txt", "mode": "100644", "type": "blob", "content": "x\n"}
			return map[string]any{"base_tree": s.trees[s.tip], "tree": []any{file}}
		}, &tree},
		{"commits", func() any {
			return map[string]any{"message": "From a fork", "tree": tree.SHA, "parents": []string{s.tip}}
		}, &commit},
		{"refs", func() any { return map[string]string{"ref": "refs/heads/" + g.branch, "sha": commit.SHA} }, nil},
	} {
		if err := s.wantOfSecond(ctx, request{"POST", at + step.path, step.body()}, step.into); err != nil {
			return nil, err
		}
	}
	g.head, g.key = commit.SHA, s.cfg.Repository
	var opened struct{ Number int }
	body := map[string]string{
		"head": g.login + ":" + g.branch, "base": s.base, "title": "Acceptance: fork", "body": "It's closed at the end of the run.",
	}
	if err := s.wantOfSecond(ctx, request{"POST", s.own("pulls"), body}, &opened); err != nil {
		return nil, err
	}
	g.key.Number = opened.Number
	s.ownsSubject("pull request", opened.Number)
	_, err := s.shows(ctx, "a pull request from a fork", func() (bool, error) {
		node, err := s.node(ctx, g.key)
		return node != "", err
	})
	return g, err
}

// forkFor forks the repository under a name of the run, so that nobody's work is deleted
// later. An account has one fork of a repository.
func (s *session) forkFor(ctx context.Context, g *guest) error {
	name := strings.TrimSuffix(branchPrefix, "/") + "-" + s.names
	var fork struct {
		FullName string `json:"full_name"`
	}
	create := request{"POST", s.own("forks"), map[string]any{"name": name, "default_branch_only": true}}
	if err := s.wantOfSecond(ctx, create, &fork); err != nil {
		return err
	}
	_, got, _ := strings.Cut(fork.FullName, "/")
	switch {
	case strings.EqualFold(fork.FullName, s.cfg.Repository.Owner+"/"+s.cfg.Repository.Repo):
		return &skip{"the second account owns the repository: use another one"}
	case !strings.HasPrefix(got, strings.TrimSuffix(branchPrefix, "/")+"-"):
		return &skip{"the second account has a fork of the repository: delete it"}
	}
	g.fork = fork.FullName
	s.made("the second account's fork", func(ctx context.Context) error {
		raw, err := s.asSecond(ctx, request{"DELETE", "/repos/" + g.fork, nil})
		return removed(raw, err)
	})
	// GitHub answers before the fork is filled.
	_, err := s.within(ctx, patience{"a fork", forkTime, deliveryPause}, func() (bool, error) {
		raw, err := s.asSecond(ctx, request{"GET", "/repos/" + g.fork + "/branches", nil})
		return raw.status == 200 && string(raw.body) != "[]", err
	})
	return err
}

// own is a path of this repository.
func (s *session) own(path string) string {
	return fmt.Sprintf("/repos/%s/%s/%s", s.cfg.Repository.Owner, s.cfg.Repository.Repo, path)
}

// request is one of the REST API.
type request struct {
	method, path string
	body         any
}

// asSecond makes a request as the second account, and returns the answer, whatever its
// status.
func (s *session) asSecond(ctx context.Context, r request) (raw said, err error) {
	req, err := s.client.REST.NewRequest(r.method, strings.TrimPrefix(r.path, "/"), r.body)
	if err != nil {
		return raw, err
	}
	req.Header.Set("Authorization", "Bearer "+s.cfg.Second)
	client := http.Client{
		Transport: s.record, Timeout: cmp.Or(s.cfg.GitHub.Timeout, time.Minute),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // with the token
	}
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return raw, fmt.Errorf("asking as the second account: %w", err)
	}
	defer resp.Body.Close()
	raw.status = resp.StatusCode
	raw.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return raw, err
}

// wantOfSecond makes a request that must succeed. If the token isn't allowed to make it,
// that's no difference of GitHub's.
func (s *session) wantOfSecond(ctx context.Context, r request, into any) error {
	raw, err := s.asSecond(ctx, r)
	switch {
	case err != nil:
		return err
	case raw.status == 401 || raw.status == 403 || raw.status == 404:
		return &skip{fmt.Sprintf("the second account's token isn't allowed to %s %s", r.method, route(r.path))}
	case raw.status >= 300:
		return differs("%s %s is answered %d: %s", r.method, route(r.path), raw.status, raw.body)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(raw.body, into); err != nil {
		return differs("%s %s: the answer has an unknown form: %v", r.method, route(r.path), err)
	}
	return nil
}
