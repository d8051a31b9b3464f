package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

// answer is a raw one of the GraphQL API.
type answer struct {
	Data   map[string]json.RawMessage
	Errors []struct {
		Type, Message string
		Path          []any
	}
	at time.Time // by GitHub's clock
}

// repository reads the fields of the repository.
func (a answer) repository(into any) error {
	if err := json.Unmarshal(a.Data["repository"], into); err != nil {
		return differs("the answer has an unknown form: %v", err)
	}
	return nil
}

// problems are the errors as "TYPE at path: message".
func (a answer) problems() (all []string) {
	for _, e := range a.Errors {
		all = append(all, fmt.Sprintf("%s at %v: %s", e.Type, e.Path, e.Message))
	}
	return all
}

// ask sends a query of the repository and gives its raw answer: what internal/gh makes of
// it is none of the question. Variables are declared by name, "$number:Int!".
func (s *session) ask(ctx context.Context, fields string, variables map[string]any) (a answer, err error) {
	declared := "$owner:String!,$name:String!"
	sent := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		declared += ",$" + name
		bare, _, _ := strings.Cut(name, ":")
		sent[bare] = variables[name]
	}
	query := "query(" + declared + "){viewer{login} repository(owner:$owner,name:$name,followRenames:false){" + fields + "}}"
	var raw said
	err = s.patiently(ctx, func() error {
		raw = said{}
		return s.client.Ask(watching(ctx, &raw), query, sent, &struct{}{})
	})
	a.at = raw.at
	return a, raw.read(&a, err)
}

// mutate sends n mutations and returns the raw answer.
func (s *session) mutate(ctx context.Context, n int, text string, variables map[string]any) (a answer, err error) {
	var raw said
	err = s.patiently(ctx, func() error {
		raw = said{}
		return s.client.Mutate(watching(ctx, &raw), n, text, variables, &struct{}{})
	})
	return a, raw.read(&a, err)
}

// rest makes a request of the REST API and gives its raw answer, whatever its status.
// The path follows /repos/OWNER/NAME/, or begins with a slash.
func (s *session) rest(ctx context.Context, method, path string, body any) (raw said, err error) {
	full, absolute := strings.CutPrefix(path, "/")
	if !absolute {
		full = fmt.Sprintf("repos/%s/%s/%s", s.cfg.Repository.Owner, s.cfg.Repository.Repo, path)
	}
	var whole bytes.Buffer
	err = s.patiently(ctx, func() error {
		raw = said{}
		whole.Reset()
		req, err := s.client.REST.NewRequest(method, full, body)
		if err != nil {
			return err
		}
		_, err = s.client.REST.Do(watching(ctx, &raw), req, &whole)
		return gh.Settle(err)
	})
	if raw.status == http.StatusNotModified { // internal/gh has the body
		raw.status, raw.body = http.StatusOK, whole.Bytes()
	}
	if raw.status != 0 && raw.status < 500 && raw.status != 429 {
		return raw, nil
	}
	return raw, err
}

// want makes a request that must succeed, and reads its answer.
func (s *session) want(ctx context.Context, method, path string, body, into any) error {
	raw, err := s.rest(ctx, method, path, body)
	switch {
	case err != nil:
		return err
	case raw.status >= 300:
		return differs("%s %s is answered %d: %s", method, path, raw.status, raw.body)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(raw.body, into); err != nil {
		return differs("%s %s: the answer has an unknown form: %v", method, path, err)
	}
	return nil
}

// said is an answer as it came.
type said struct {
	status int
	body   []byte
	at     time.Time // by GitHub's clock
}

// read reads an answer 200 of the GraphQL API, whatever errors are in it; without one,
// the error is err.
func (r said) read(a *answer, err error) error {
	if r.status != 200 {
		return err
	}
	if json.Unmarshal(r.body, a) != nil {
		return err
	}
	if a.Data == nil && err != nil && len(a.Errors) == 0 {
		return err
	}
	return nil
}

type watched struct{}

// watching has the answer to the last request of ctx put into raw.
func watching(ctx context.Context, raw *said) context.Context {
	return context.WithValue(ctx, watched{}, raw)
}
