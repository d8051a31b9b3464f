package pulltest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// shadows: a rule in shadow changes nothing about the plan of the others. If all are, they
// decide the same, and nothing is to be done.
func shadows(t testing.TB, r *pull.Request, rules []pull.Rule) {
	t.Helper()
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Shadow = nil
	}
	plan := decide(t, r, rules)
	all := inShadow(rules, func(int) bool { return true })
	before := clone(r)
	shadow := decide(t, r, all)
	if n := len(shadow.Actions) + len(shadow.Enqueue) + len(shadow.Points); n > 0 || shadow.Waits {
		t.Fatalf("rules in shadow act: %s", shadow)
	}
	if len(plan.Work()) == 0 {
		if diff := cmp.Diff(texts(plan.Actions), texts(shadow.Shadow)); diff != "" {
			t.Fatalf("rules in shadow decide something else (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(before, r); diff != "" {
		t.Fatalf("rules in shadow changed the request:\n%s", diff)
	}
	slices.Reverse(all)
	same(t, "the reverse order of rules in shadow", shadow, decide(t, r, all))
	for odd := range 2 {
		others := slices.Clone(rules)
		for i := len(others) - 1; i >= 0; i-- {
			if i%2 == odd {
				others = slices.Delete(others, i, i+1)
			}
		}
		half := decide(t, r, inShadow(rules, func(i int) bool { return i%2 == odd }))
		want := decide(t, r, others)
		if !slices.Equal(texts(half.Actions), texts(want.Actions)) || !slices.Equal(half.Enqueue, want.Enqueue) || !slices.Equal(half.Points,
			want.Points) || half.Waits != want.Waits {
			t.Fatalf("rules in shadow changed the plan of others:\n%s\nwithout them:\n%s", half, want)
		}
	}
}

func inShadow(rules []pull.Rule, is func(i int) bool) []pull.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		if is(i) {
			rules[i].Shadow = &pull.Shadow{}
		}
	}
	return rules
}

func texts(actions []pull.Action) (all []string) {
	for _, a := range actions {
		all = append(all, a.String())
	}
	return all
}
