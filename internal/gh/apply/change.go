package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
)

// change is one mutation of a request ("Mutations", GraphQL API).
type change struct {
	name       string
	input      map[string]any
	permission string
	done       func(error) // gets the outcome; may be nil
}

// outcome is the result of a request's nth change, from the request's error.
func (c change) outcome(n int, err error) error {
	err = gh.Outcome(err, n)
	if denied, ok := errors.AsType[*gh.Denied](err); ok {
		return &gh.Denied{Answer: denied.Answer, Permission: c.permission}
	}
	return err
}

const (
	writesSubject  = "issues: write, pull requests: write"
	writesPull     = "pull requests: write"
	writesContents = "contents: write, pull requests: write"
)

// mutations sends changes, which GitHub makes one after the other, and decodes what they
// select into answer.
func (t *target) mutations(ctx context.Context, all []change, selected string, answer any) error {
	var declared, fields []string
	variables := map[string]any{}
	for i, c := range all {
		declared = append(declared, fmt.Sprintf("$%s:%s%sInput!", gh.Alias(i), strings.ToUpper(c.name[:1]), c.name[1:]))
		fields = append(fields, fmt.Sprintf("%s:%s(input:$%s){%s}", gh.Alias(i), c.name, gh.Alias(i), cmp.Or(selected, "clientMutationId")))
		variables[gh.Alias(i)] = c.input
	}
	query := "mutation(" + strings.Join(declared, ",") + "){" + strings.Join(fields, " ") + "}"
	return t.Mutate(ctx, len(all), query, variables, answer)
}

// mutation makes one write in its own request.
func (t *target) mutation(ctx context.Context, c change) error {
	return c.outcome(0, t.mutations(ctx, []change{c}, "", &struct{}{}))
}

func noSubject() error {
	return gh.BadAnswer("the answer has no id for the pull request or issue")
}

// tooMany reports whether GitHub refused a write for being too heavy.
func tooMany(err error) bool {
	failed, _ := errors.AsType[*gh.Temporary](err)
	return failed != nil && failed.Heavy()
}

const writesChecks = "checks: write"
