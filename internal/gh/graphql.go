package gh

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"
)

// graphql returns the error in an answer with status 200 from the GraphQL API. Data beside
// errors only counts if all errors are holes.
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

// fault is the error for a fault that isn't a hole.
func (x exchange) fault(f graphqlFault, said string, now time.Time) error {
	answer := x.answer(Tidy(said))
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

// mixed is the outcome of several mutations of which some were refused: each error by its
// mutation's name.
type mixed struct {
	Answer
	faults map[string]error
}

// limited sets the ends of the limits among the errors.
func (m *mixed) limited(note func(error) error) {
	for name, err := range m.faults {
		if _, limited := errors.AsType[*Limited](err); limited {
			m.faults[name] = note(err)
		}
	}
}

// mixed returns nil unless every error belongs to one of several mutations. A limit
// doesn't undo the mutations before it.
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

func (x exchange) isHole(f graphqlFault) bool {
	m := f.meaning()
	return m == meansHole || m == meansHeavy && f.spared() && x.request.Context().Value(smallest{}) != nil
}

// Outcome is the result of a request's nth mutation, from the request's error.
func Outcome(err error, n int) error {
	if each, some := errors.AsType[*mixed](err); some {
		return each.faults[Alias(n)]
	}
	return err
}
