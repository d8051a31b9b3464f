package pulltest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// failed is a test that remembers why it failed.
type failed struct {
	testing.TB
	why string
}

func (f *failed) Helper() {}

func (f *failed) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

func (f *failed) Fatalf(format string, args ...any) {
	f.why = fmt.Sprintf(format, args...)
	panic(f) // Laws counts on not coming back
}

func lawsFail(r *pull.Request, rules ...pull.Rule) (why string) {
	f := &failed{}
	defer func() {
		if p := recover(); p != nil && p != f {
			panic(p)
		}
		why = f.why
	}()
	Laws(f, r, rules)
	return ""
}

// Every law is broken by some rule, and that is seen.
func TestLawsAreHeld(t *testing.T) {
	const every = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes
	rule := func(want func(r *pull.Request) pull.Want) pull.Rule {
		return pull.Rule{Name: "x", Needs: every, Owns: []string{"s", "a", "b"}, Want: want}
	}
	status := func(text string) pull.Want {
		return pull.Want{Statuses: []pull.Status{{Context: "s", State: pull.StatusSuccess, Description: text}}}
	}
	label := func(name string, on bool) pull.Label { return pull.Label{Name: name, On: on} }
	calls := 0
	for want, broken := range map[string]pull.Rule{
		"a second look": rule(func(*pull.Request) pull.Want {
			calls++
			return status(fmt.Sprint(calls))
		}),
		"changed the request": rule(func(r *pull.Request) pull.Want {
			r.Labels[0] = "other"
			return pull.Want{}
		}),
		"not the rest": rule(func(r *pull.Request) pull.Want {
			return pull.Want{Labels: []pull.Label{label("a", !r.HasLabel("a"))}}
		}),
		"an hour after": rule(func(r *pull.Request) pull.Want { return status(r.Now.String()) }),
		"another order of files and labels": rule(func(r *pull.Request) pull.Want {
			return status(r.Labels[0])
		}),
		"rule x reads Files, which Needs doesn't name": {Name: "x", Needs: pull.Statuses, Owns: []string{"s"},
			Want: func(r *pull.Request) pull.Want {
				return status(fmt.Sprint(len(r.Files)))
			}},
		"cannot live together": {Name: "x"},
	} {
		r := Random([]byte("0000000000"))
		r.Labels = []string{"l", "m"}
		r.Files = []pull.File{{Path: "p", Change: pull.Added}}
		if why := lawsFail(r, broken); !strings.Contains(why, want) {
			t.Errorf("the rule that breaks %q: %q", want, why)
		}
	}
	content := pull.Rule{Name: "x", Needs: every, Owns: []string{"s"}, Want: func(r *pull.Request) pull.Want {
		return status(fmt.Sprint(r.Files[0].Content != nil))
	}}
	r := Random(nil)
	r.Files = []pull.File{{Path: "p", Change: pull.Added, Content: &pull.Content{}}}
	if why := lawsFail(r, content); !strings.Contains(why, "Reads") {
		t.Errorf("a rule that reads contents without Reads: %q", why)
	}
	content.Reads = func(*pull.Request, string) bool { return true }
	if why := lawsFail(r, content); why != "" {
		t.Errorf("a rule that breaks no law: %s", why)
	}
}

// Each fact that a rule reads without naming it is named by the law.
func TestUndeclaredFactsAreNamed(t *testing.T) {
	r := Random([]byte("0000000000"))
	r.Files, r.Commits, r.Statuses = []pull.File{{Path: "p"}}, []pull.Commit{{}}, map[string]pull.Status{"s": {}}
	r.Checks, r.Notes, r.Events = map[string]pull.CheckState{"c": {}}, map[string]pull.PostedNote{"n": {}}, []pull.Event{{}}
	r.Reviews, r.MergeState, r.Comments = map[string]pull.Review{"dana": pull.Approved}, "clean", []pull.Comment{{}}
	r.Opinions, r.Core, r.Mentions, r.AuditLog = []pull.Opinion{{}}, map[string]bool{"dana": true}, []pull.Summary{{}}, []pull.LogEntry{{}}
	reads := func(r *pull.Request) (all []bool) {
		for _, n := range []int{len(r.Files), len(r.Commits), len(r.Statuses), len(r.Checks), len(r.Notes), len(r.Events), len(r.Reviews),
			len(r.MergeState),
			len(r.Comments), len(r.Opinions), len(r.Core), len(r.Mentions), len(r.AuditLog)} {
			all = append(all, n > 0)
		}
		return all
	}
	for i := range reads(r) {
		rule := pull.Rule{Name: "x", Needs: ^(pull.Facts(1) << i), Want: func(r *pull.Request) pull.Want { return pull.Want{Waits: reads(r)[i]} }}
		want := fmt.Sprintf("rule x reads %s, which Needs doesn't name", pull.Facts(1)<<i)
		if why := lawsFail(r, rule); !strings.Contains(why, want) {
			t.Errorf("%q, want %s", why, want)
		}
	}
	if next := pull.Facts(1) << len(reads(r)); next.String() != fmt.Sprint(uint(next)) {
		t.Errorf("the fact %s isn't tested here", next)
	}
}

func TestRandomIsTheSameForTheSameBytes(t *testing.T) {
	seen := map[string]bool{}
	for i := range 200 {
		data := make([]byte, 100)
		for j := range data {
			data[j] = byte(i * (j + 3) * 7)
		}
		r := Random(data)
		if diff := cmp.Diff(r, Random(data)); diff != "" {
			t.Fatal(diff)
		}
		for _, f := range r.Files {
			seen[string(f.Change)] = true
			if f.Change == pull.Removed && f.Content != nil {
				t.Errorf("%s is removed and has contents", f.Path)
			}
		}
		seen[string(r.State)] = true
	}
	for _, want := range []string{"added", "modified", "renamed", "removed", "open", "closed", "merged"} {
		if !seen[want] {
			t.Errorf("no random request has %q", want)
		}
	}
}
