package gh

import (
	"cmp"
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

// graphqlAnswer is what every answer of the GraphQL API has.
type graphqlAnswer struct {
	Data *struct { // nil: none, or null
		RateLimit struct{ Cost int }
	}
	Errors []graphqlFault
}

func readAnswer(body []byte) (said graphqlAnswer, err error) {
	err = json.Unmarshal(body, &said)
	return said, err
}

// graphql is the error in an answer 200 of the GraphQL API, if any. Data that
// comes along with errors is only used where all of them are holes.
func (x exchange) graphql(now time.Time) error {
	said := x.said
	if x.unread != nil {
		return &Temporary{x.answer("the answer has an unknown form: " + message(x.body))}
	}
	said.Errors = slices.DeleteFunc(said.Errors, x.isHole)
	if len(said.Errors) == 0 {
		if said.Data == nil {
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
	worst := slices.MaxFunc(said.Errors, func(a, b graphqlFault) int { return cmp.Compare(a.meaning(), b.meaning()) })
	return x.fault(worst, strings.Join(texts, "; "), now)
}

func (f graphqlFault) text() string {
	text := strings.TrimSpace(f.Type + " " + f.Message)
	if len(f.Path) > 0 {
		text += fmt.Sprint(" at ", f.Path)
	}
	return text
}

// fault is the error for a fault that isn't a hole.
func (x exchange) fault(f graphqlFault, said string, now time.Time) error {
	answer := x.answer(tidy(said))
	switch f.meaning() {
	case meansLimited:
		return &Limited{Answer: answer, Until: named(x.resp.Header, now)}
	case meansGone:
		return &Gone{answer}
	case meansDenied:
		return &Denied{Answer: answer, Permission: x.permission()}
	case meansRejected:
		answer.unknown = f.Extensions.Code == "undefinedField"
		return &Rejected{answer}
	case meansHeavy:
		answer.heavy = tooHeavy[f.Type] || x.reads()
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

// mutation is the key of how many writes a request holds.
type mutation struct{}

// mutate sends one GraphQL mutation, which counts as a write.
func (r *repository) mutate(ctx context.Context, name string, input map[string]any) error {
	form := strings.ToUpper(name[:1]) + name[1:] + "Input"
	text := fmt.Sprintf("mutation($input:%s!){%s(input:$input){clientMutationId}}", form, name)
	err := r.graphql(context.WithValue(ctx, mutation{}, 1), text, map[string]any{"input": input}, &struct{}{})
	if denied, ok := errors.AsType[*Denied](err); ok {
		denied.Permission = "contents: write, pull requests: write"
	}
	return err
}

func (r *repository) graphql(ctx context.Context, text string, variables map[string]any, answer any) error {
	req, err := r.client.NewRequest("POST", r.app.graphql, map[string]any{"query": priced(text), "variables": variables})
	if err != nil {
		return fmt.Errorf("writing the query: %w", err)
	}
	said := struct {
		Data   any
		Errors []graphqlFault // holes: anything else is an error
	}{Data: answer}
	if _, err = r.client.Do(ctx, req, &said); err != nil {
		return settle(err)
	}
	r.missed(said.Errors)
	return nil
}
