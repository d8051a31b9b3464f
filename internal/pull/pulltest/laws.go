package pulltest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxPermuted is the number of rules up to which every order of them is tried.
const maxPermuted = 4

// mostActions of a plan and of those that follow from its work.
const mostActions = 1000

// Laws holds the plan of the rules for r to what every plan must keep:
//
//   - the same request gives the same plan, and is left as it was;
//   - once the plan is applied, there is nothing to do, now or an hour later;
//   - stopped after any k actions, the next plan is the rest, unless the action opens or merges, or finds something out;
//   - neither the order of the rules nor that of files and labels matters;
//   - a plan writes to the head of its own pull request, and looks at others only, but for its own line in the lists of issues;
//   - a rule reads no more than what it declares;
//   - a rule in shadow does nothing, and decides what it would do without.
func Laws(t testing.TB, r *pull.Request, rules []pull.Rule) {
	t.Helper()
	if err := pull.Validate(rules); err != nil {
		t.Fatalf("the rules cannot live together: %v", err)
	}
	before := clone(r)
	plan := decide(t, r, rules)
	same(t, "a second look at the same request", plan, decide(t, r, rules))
	if !reflect.DeepEqual(before, r) {
		t.Fatalf("a rule changed the request:\n%s", cmp.Diff(before, r))
	}
	remembering := *r
	remembering.Memo = &pull.Memo{}
	for range 2 {
		same(t, "a request that remembers what was read", plan, decide(t, &remembering, rules))
	}
	ownOnly(t, r, plan)
	stops(t, r, rules, plan)
	orders(t, r, rules, plan)
	declared(t, r, rules)
	shadows(t, r, rules)
}

func decide(t testing.TB, r *pull.Request, rules []pull.Rule) pull.Plan {
	t.Helper()
	plan, err := pull.Decide(r, rules)
	if err == nil {
		err = plan.ShadowFault
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func same(t testing.TB, what string, want, got pull.Plan) {
	t.Helper()
	if reflect.DeepEqual(want, got) { // cmp is slow, and laws are fuzzed
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s gives another plan (-want +got):\n%s", what, diff)
	}
}

func ownOnly(t testing.TB, r *pull.Request, plan pull.Plan) {
	t.Helper()
	if plan.Key != r.Key {
		t.Fatalf("the plan is for %s, the request is %s", plan.Key, r.Key)
	}
	for _, a := range plan.Actions {
		switch a := a.(type) {
		case pull.SetStatus:
			if a.SHA != r.Head {
				t.Fatalf("%s: the head is %s", a, r.Head)
			}
		case pull.SetCheck:
			if a.SHA != r.Head {
				t.Fatalf("%s: the head is %s", a, r.Head)
			}
		case pull.EditEntry:
			if a.Number != r.Key.Number {
				t.Fatalf("%s: another pull request's line", a)
			}
		}
	}
	if slices.Contains(slices.Concat(plan.Enqueue, plan.Points), r.Key) {
		t.Fatalf("%s pokes itself", r.Key)
	}
}

// stops applies the plan action by action and plans again after each.
func stops(t testing.TB, r *pull.Request, rules []pull.Rule, plan pull.Plan) {
	t.Helper()
	for k := 1; len(plan.Actions) > 0; k++ {
		if k > mostActions {
			t.Fatalf("after %d actions there is still something to do:\n%s", k, plan)
		}
		next, err := r.After(plan.Actions[0])
		if err != nil {
			t.Fatal(err)
		}
		r = next
		again := decide(t, r, rules)
		if !turns(plan.Actions[0]) {
			if diff := cmp.Diff(plan.Actions[1:], again.Actions, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("after %d actions the next plan is not the rest (-want +got):\n%s", k, diff)
			}
		}
		plan = again
	}
	later := *r
	later.Now = r.Now.Add(time.Hour)
	if !plan.Again.IsZero() && !plan.Again.After(later.Now) {
		return // the rules said that they will have more to do then
	}
	if again := decide(t, &later, rules); len(again.Actions) > 0 {
		t.Fatalf("an hour after the plan was applied there is something to do:\n%s", again)
	}
}

// turns reports whether an action changes what the rules have to look at: work
// finds something out, and a pull request that is opened or merged is another
// one.
func turns(a pull.Action) bool {
	switch a.(type) {
	case pull.Work, pull.Reopen, pull.MergePull:
		return true
	}
	return false
}

func orders(t testing.TB, r *pull.Request, rules []pull.Rule, plan pull.Plan) {
	t.Helper()
	turned := clone(r)
	slices.Reverse(turned.Files)
	slices.Reverse(turned.Labels)
	same(t, "another order of files and labels", plan, decide(t, turned, rules))
	if len(rules) > maxPermuted {
		turnedRules := slices.Clone(rules)
		slices.Reverse(turnedRules)
		same(t, "the reverse order of rules", plan, decide(t, r, turnedRules))
		return
	}
	permute(slices.Clone(rules), 0, func(order []pull.Rule) {
		same(t, "another order of rules", plan, decide(t, r, order))
	})
}

func permute(rules []pull.Rule, from int, visit func([]pull.Rule)) {
	if from >= len(rules)-1 {
		visit(rules)
		return
	}
	for i := from; i < len(rules); i++ {
		rules[from], rules[i] = rules[i], rules[from]
		permute(rules, from+1, visit)
		rules[from], rules[i] = rules[i], rules[from]
	}
}

// declared takes from the request what a rule does not declare to read.
func declared(t testing.TB, r *pull.Request, rules []pull.Rule) {
	t.Helper()
	for _, rule := range rules {
		if r.Issue && !rule.Issues {
			continue
		}
		bare := clone(r)
		bare.Facts = rule.Needs
		for fact, blank := range facts {
			if rule.Needs&fact == 0 {
				blank(bare)
			}
		}
		ignore(bare, rule)
		if want, got := rule.Want(r), rule.Want(bare); !reflect.DeepEqual(want, got) {
			t.Fatalf("rule %s reads %s:\n%s", rule.Name, undeclared(r, rule), cmp.Diff(want, got))
		}
	}
}

// undeclared names what a rule reads and doesn't declare.
func undeclared(r *pull.Request, rule pull.Rule) string {
	want, missing := rule.Want(r), pull.Facts(0)
	for fact, blank := range facts {
		bare := clone(r)
		if blank(bare); rule.Needs&fact == 0 && !reflect.DeepEqual(want, rule.Want(bare)) {
			missing |= fact
		}
	}
	if missing == 0 {
		return "contents that Reads doesn't pick, or what Looks doesn't name"
	}
	return fmt.Sprintf("%s, which Needs doesn't name", missing)
}

// facts are what a request has if a fact isn't loaded: nothing.
var facts = map[pull.Facts]func(*pull.Request){
	pull.Files:    func(r *pull.Request) { r.Files, r.FilesOmitted, r.Additions, r.Deletions = nil, 0, 0, 0 },
	pull.Commits:  func(r *pull.Request) { r.Commits, r.CommitsOmitted = nil, 0 },
	pull.Statuses: func(r *pull.Request) { r.Statuses, r.EarlierStatuses = nil, nil },
	pull.Checks:   func(r *pull.Request) { r.Checks = nil },
	pull.Notes:    func(r *pull.Request) { r.Notes, r.NotesDeleted = nil, 0 },
	pull.Events:   func(r *pull.Request) { r.Events = nil },
	pull.Reviews: func(r *pull.Request) {
		r.Reviews, r.Approvals, r.Reviewers, r.Assignees = nil, nil, nil, nil
	},
	pull.Merging: func(r *pull.Request) {
		r.MergeState, r.AutoMerge, r.AutoMergeMine, r.Heard = "", false, false, false
	},
	pull.Comments: func(r *pull.Request) { r.Comments = nil },
	pull.Opinions: func(r *pull.Request) { r.Opinions = nil },
	pull.Team:     func(r *pull.Request) { r.Core, r.CoreFault = nil, "" },
	pull.Mentions: func(r *pull.Request) { r.Mentions, r.Closes, r.MoreCloses = nil, nil, false },
	pull.AuditLog: func(r *pull.Request) { r.AuditLog = nil },
}

// ignore takes contents and what is outside of the pull request from the request, except
// for what the rule declares.
func ignore(r *pull.Request, rule pull.Rule) {
	for i := range r.Files {
		if rule.Reads == nil || !rule.Reads(r, r.Files[i].Path) {
			r.Files[i].Content = nil
		}
	}
	var looks pull.Looks
	if rule.Looks != nil {
		looks = rule.Looks(r)
	}
	maps.DeleteFunc(r.Branches, func(name string, _ pull.Branch) bool { return !slices.Contains(looks.Branches, name) })
	maps.DeleteFunc(r.Into, func(name string, _ []pull.Summary) bool { return !slices.Contains(looks.Into, name) })
	maps.DeleteFunc(r.Others, func(number int, _ pull.Summary) bool { return !slices.Contains(looks.Requests, number) })
	maps.DeleteFunc(r.Issues, func(number int, _ pull.Issue) bool { return !slices.Contains(looks.Issues, number) })
	maps.DeleteFunc(r.Compared, func(branch string, _ pull.Comparison) bool { return !slices.Contains(looks.Compared, branch) })
	maps.DeleteFunc(r.Guarded, func(branch string, _ bool) bool { return !slices.Contains(looks.Guarded, branch) })
	maps.DeleteFunc(r.Releases, func(version string, _ pull.Release) bool {
		return !slices.ContainsFunc(looks.Releases, func(l pull.ReleaseLook) bool { return l.Version == version })
	})
	maps.DeleteFunc(r.Blobs, func(file, _ string) bool { return !slices.Contains(looks.Blobs, file) })
	maps.DeleteFunc(r.Threads, func(number int, _ pull.Thread) bool { return !slices.Contains(looks.Threads, number) })
	maps.DeleteFunc(r.Open, func(branch string, _ []pull.OpenSummary) bool { return !slices.Contains(looks.Open, branch) })
	maps.DeleteFunc(r.Awaiting, func(label string, _ []int) bool { return !slices.Contains(looks.Awaiting, label) })
	maps.DeleteFunc(r.Known, func(label string, _ bool) bool {
		return !slices.ContainsFunc(looks.Labels, func(l string) bool { return strings.EqualFold(l, label) })
	})
	maps.DeleteFunc(r.People, func(login string, _ pull.Role) bool {
		return !slices.ContainsFunc(looks.People, func(l string) bool { return strings.EqualFold(l, login) })
	})
}

func clone(r *pull.Request) *pull.Request {
	c := *r
	c.Labels = slices.Clone(r.Labels)
	c.Settings = slices.Clone(r.Settings)
	c.Files = slices.Clone(r.Files)
	for i, f := range c.Files {
		if f.Content != nil {
			content := *f.Content
			content.Data = slices.Clone(content.Data)
			c.Files[i].Content = &content
		}
	}
	c.Commits = slices.Clone(r.Commits)
	c.Statuses = maps.Clone(r.Statuses)
	c.EarlierStatuses = maps.Clone(r.EarlierStatuses)
	c.Checks = maps.Clone(r.Checks)
	c.Notes = maps.Clone(r.Notes)
	c.Events = slices.Clone(r.Events)
	c.Reviews = maps.Clone(r.Reviews)
	c.Approvals = slices.Clone(r.Approvals)
	c.Reviewers = slices.Clone(r.Reviewers)
	c.Assignees = slices.Clone(r.Assignees)
	c.Branches = maps.Clone(r.Branches)
	c.Others = maps.Clone(r.Others)
	c.Into = maps.Clone(r.Into)
	c.Picked, c.Pointers, c.Listed, c.Closes = maps.Clone(r.Picked), slices.Clone(r.Pointers), slices.Clone(r.Listed), slices.Clone(r.Closes)
	c.LabelRules = slices.Clone(r.LabelRules)
	c.Comments, c.Opinions = slices.Clone(r.Comments), slices.Clone(r.Opinions)
	c.Mentions, c.AuditLog = slices.Clone(r.Mentions), slices.Clone(r.AuditLog)
	c.Core, c.Issues, c.People = maps.Clone(r.Core), maps.Clone(r.Issues), maps.Clone(r.People)
	c.Compared, c.Known = maps.Clone(r.Compared), maps.Clone(r.Known)
	c.Guarded, c.Releases, c.Blobs = maps.Clone(r.Guarded), maps.Clone(r.Releases), maps.Clone(r.Blobs)
	c.Threads, c.Open, c.Awaiting = maps.Clone(r.Threads), maps.Clone(r.Open), maps.Clone(r.Awaiting)
	return &c
}
