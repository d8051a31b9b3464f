package pull_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// A merge queue's commit gets the bot's results of the pull request that it lacks.
func TestQueueEntry(t *testing.T) {
	status := func(context string, state pull.StatusState) pull.Status {
		return pull.Status{Context: context, State: state}
	}
	entry := pull.QueueEntry{
		Number: 7, Group: "abcdef0123",
		Own: pull.Reports{
			Statuses: map[string]pull.Status{
				"own/a": status("own/a", pull.StatusSuccess), "own/b": status("own/b", pull.StatusFailure), "ci": status("ci", pull.StatusSuccess),
			},
			Checks: map[string]pull.CheckState{"NEWS": {Conclusion: pull.Failure}, "requested again": {}},
		},
		Reported: pull.Reports{Statuses: map[string]pull.Status{"own/a": status("own/a", pull.StatusSuccess)}},
	}
	rules := []pull.Rule{{Name: "r", Owns: []string{"own/*"}}}
	repository := pull.Key{Owner: "python", Repo: "cpython"}
	plan := entry.Plan(repository, rules)
	var got []string
	for _, a := range plan.Actions {
		got = append(got, a.String())
		if plan.Because[a.String()] != "merge-queue" {
			t.Errorf("%s is because of %q", a, plan.Because[a.String()])
		}
	}
	want := []string{
		`status own/b failure "" on abcdef0`,
		`check "NEWS" failure "As on pull request #7" with 0 annotations on abcdef0`,
	}
	if diff := cmp.Diff(want, got); diff != "" || plan.Key.Number != 7 {
		t.Errorf("of %s (-want +got):\n%s", plan.Key, diff)
	}
	entry.Reported.Statuses["own/b"] = entry.Own.Statuses["own/b"]
	entry.Reported.Checks = map[string]pull.CheckState{"NEWS": {Digest: plan.Actions[1].(pull.SetCheck).Digest()}}
	if again := entry.Plan(repository, rules); len(again.Actions) > 0 {
		t.Errorf("planned again: %v", again.Actions)
	}
}
