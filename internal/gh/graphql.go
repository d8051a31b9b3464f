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
	if f.Type != "NOT_FOUND" || len(f.Path) != 2 || f.Path[0] != "repository" {
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
	var texts []string
	for _, e := range said.Errors {
		text := strings.TrimSpace(e.Type + " " + e.Message)
		if len(e.Path) > 0 {
			text += fmt.Sprint(" at ", e.Path)
		}
		texts = append(texts, text)
	}
	first := said.Errors[0]
	answer := x.answer(tidy(strings.Join(texts, "; ")))
	switch {
	case first.Type == "RATE_LIMITED" || first.Type == "RATE_LIMIT" || overLimit(nil, first.Message):
		return &Limited{Answer: answer, Until: named(x.resp.Header, now)}
	case first.Type == "NOT_FOUND" && wholeRequest(first.Path):
		return &Gone{answer}
	case first.Type == "FORBIDDEN" || first.Type == "INSUFFICIENT_SCOPES":
		return &Denied{Answer: answer, Permission: x.permission()}
	case first.Type == "UNPROCESSABLE": // of a mutation
		return &Rejected{answer}
	case first.Type == "MAX_NODE_LIMIT_EXCEEDED" || first.Extensions.Code != "": // a query that GitHub does not understand
		return &Rejected{answer}
	}
	return &Temporary{answer}
}

// wholeRequest tells whether it is the repository or the pull request itself
// that was not found.
func wholeRequest(path []any) bool {
	return len(path) == 1 && path[0] == "repository" || len(path) == 2 && path[1] == "pullRequest"
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
