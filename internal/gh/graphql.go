package gh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// optional is how the names of those fields begin that may be missing: GitHub
// answers null, and NOT_FOUND for each.
const optional = "maybe"

type graphqlFault struct {
	Type, Message string
	Path          []any
	Extensions    struct{ Code string }
}

// harmless tells whether it is an optional field that was not found, or a team
// that is asked for a review and that an App without "members: read" does not
// see: nobody looks at teams.
func (f graphqlFault) harmless() bool {
	if n := len(f.Path); n > 2 && f.Path[n-1] == "requestedReviewer" {
		return f.Type == "FORBIDDEN" || f.Type == "NOT_FOUND"
	}
	if f.Type != "NOT_FOUND" || len(f.Path) < 2 || f.Path[0] != "repository" || len(f.Path) > 2 && f.Path[2] != "compare" {
		return false
	}
	name, _ := f.Path[1].(string)
	return strings.HasPrefix(name, optional)
}

// graphql is the error in an answer 200 of the GraphQL API, if any. Data that
// comes along with errors is never used, but for optional fields: it has holes.
func (x exchange) graphql(now time.Time) error {
	var said struct {
		Data   json.RawMessage
		Errors []graphqlFault
	}
	if err := json.Unmarshal(x.body, &said); err != nil {
		return &Temporary{x.answer("the answer has an unknown form: " + message(x.body))}
	}
	said.Errors = slices.DeleteFunc(said.Errors, graphqlFault.harmless)
	if len(said.Errors) == 0 {
		if len(said.Data) == 0 || string(said.Data) == "null" {
			return &Temporary{x.answer("the answer has no data: " + message(x.body))}
		}
		return nil
	}
	if mixed := x.mixed(said.Errors, now); mixed != nil {
		return mixed
	}
	var texts []string
	for _, e := range said.Errors {
		texts = append(texts, e.text())
	}
	return x.fault(said.Errors[0], strings.Join(texts, "; "), now)
}

func (f graphqlFault) text() string {
	text := strings.TrimSpace(f.Type + " " + f.Message)
	if len(f.Path) > 0 {
		text += fmt.Sprint(" at ", f.Path)
	}
	return text
}

// fault is what an error of the GraphQL API means.
func (x exchange) fault(f graphqlFault, said string, now time.Time) error {
	answer := x.answer(tidy(said))
	lower := strings.ToLower(f.Message)
	switch {
	case f.Type == "RATE_LIMITED" || f.Type == "RATE_LIMIT" || overLimit(nil, f.Message):
		return &Limited{Answer: answer, Until: named(x.resp.Header, now)}
	case f.Type == "NOT_FOUND" && (wholeRequest(f.Path) || ofMutation(f.Path)):
		return &Gone{answer}
	case ofMutation(f.Path) && (strings.Contains(lower, "is locked") || strings.Contains(lower, "archived")):
		return &Rejected{answer} // it is the place that takes no writes, from anybody
	case f.Type == "FORBIDDEN" || f.Type == "INSUFFICIENT_SCOPES":
		return &Denied{Answer: answer, Permission: x.permission()}
	case f.Type == "UNPROCESSABLE": // of a mutation
		return &Rejected{answer}
	case f.Type == "MAX_NODE_LIMIT_EXCEEDED" || f.Extensions.Code != "": // a query that GitHub does not understand
		return &Rejected{answer}
	}
	return &Temporary{answer}
}

// mixed is the outcome of several mutations of which some were refused: each
// error by the name of its mutation.
type mixed struct {
	Answer
	faults map[string]error
}

// limited gives the limits among the errors their times.
func (m *mixed) limited(note func(error) error) {
	for name, err := range m.faults {
		if _, limited := errors.AsType[*Limited](err); limited {
			m.faults[name] = note(err)
		}
	}
}

// mixed is nil unless every error belongs to one of several mutations. A limit in
// the middle does not undo those before it.
func (x exchange) mixed(faults []graphqlFault, now time.Time) error {
	m := &mixed{Answer: x.answer("some of the writes were refused"), faults: map[string]error{}}
	for _, f := range faults {
		if !ofMutation(f.Path) {
			return nil
		}
		m.faults[f.Path[0].(string)] = x.fault(f, f.text(), now)
	}
	return m
}

// ofMutation tells whether an error belongs to one of several mutations.
func ofMutation(path []any) bool {
	if len(path) == 0 {
		return false
	}
	name, _ := path[0].(string)
	return strings.HasPrefix(name, alias(0)[:len(alias(0))-1])
}

// wholeRequest tells whether it is the repository or the pull request itself
// that was not found.
func wholeRequest(path []any) bool {
	return len(path) == 1 && path[0] == "repository" || len(path) == 2 && path[1] == issueOrPull
}

// query sends one GraphQL query about the repository and reads the data into
// answer.
func (r *repository) query(ctx context.Context, text string, variables map[string]any, answer any) error {
	variables["owner"], variables["name"] = r.key.Owner, r.key.Repo
	return r.graphql(ctx, text, variables, answer)
}

type mutation struct{}

// mutate sends one GraphQL mutation, which counts as a write.
func (r *repository) mutate(ctx context.Context, name string, input map[string]any) error {
	form := strings.ToUpper(name[:1]) + name[1:] + "Input"
	text := fmt.Sprintf("mutation($input:%s!){%s(input:$input){clientMutationId}}", form, name)
	err := r.graphql(context.WithValue(ctx, mutation{}, true), text, map[string]any{"input": input}, &struct{}{})
	if denied, ok := errors.AsType[*Denied](err); ok {
		denied.Permission = "contents: write, pull requests: write"
	}
	return err
}

func (r *repository) graphql(ctx context.Context, text string, variables map[string]any, answer any) error {
	req, err := r.client.NewRequest("POST", r.app.graphql, map[string]any{"query": text, "variables": variables})
	if err != nil {
		return fmt.Errorf("writing the query: %w", err)
	}
	_, err = r.client.Do(ctx, req, &struct{ Data any }{answer})
	return settle(err)
}
