package reconcile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

const conflicting = "merge conflict"

func TestConflicts(t *testing.T) {
	f := newFitting(t)
	one, other, touched := f.request("one", "README.rst"), f.request("two", "b"), f.request("three", "README.rst")
	f.check(f.repo.Label(touched, "dana", conflicting))
	f.check(f.repo.Unlabel(touched, "dana", conflicting))
	f.push("README.rst", "main")
	f.labelled(one, true, "main moved")
	f.labelled(other, false, "main moved")
	f.labelled(touched, false, "a person took it off before")
	kept := f.request("four", "b2")
	f.check(f.repo.Label(kept, "dana", conflicting))
	f.pass(31 * time.Minute)
	f.push("b", "main")
	f.labelled(other, true, "main moved again")
	f.labelled(kept, true, "a person set it")
	// The author makes one fit, and main makes the other fit.
	_, err := f.repo.ForcePush("eric:one", "main", ghtest.Commit{Message: "rebased",
		Files: map[string]ghtest.File{"README.rst": ghtest.Text("one")}})
	f.check(err)
	f.hint(fmt.Sprint("python/cpython#", one), "synchronize")
	f.work()
	f.labelled(one, false, "rebased")
	f.pass(31 * time.Minute)
	f.push("b", "two")
	f.labelled(other, false, "main has the same")
	for _, w := range f.repo.Writes() {
		if w.Number == touched || w.Number == kept {
			t.Errorf("wrote %+v where people had their say", w)
		}
	}
}

// Pushes that come soon after a look wait, together, for the next one.
func TestConflictsWaitForTheNextLook(t *testing.T) {
	f := newFitting(t)
	number := f.request("one", "README.rst")
	f.push("a", "1")
	if pages, _ := f.lists(); pages != 1 {
		t.Errorf("%d looks for the first push", pages)
	}
	f.pass(5 * time.Minute)
	f.push("README.rst", "main")
	f.push("a", "2")
	f.pass(24 * time.Minute)
	if pages, _ := f.lists(); pages != 0 {
		t.Errorf("%d looks before the half hour is over", pages)
	}
	f.labelled(number, false, "before")
	f.pass(2 * time.Minute)
	if pages, _ := f.lists(); pages != 1 {
		t.Errorf("%d looks after it", pages)
	}
	f.labelled(number, true, "after")
	// Other events, and pushes to other branches, are no reason to look.
	f.pass(time.Hour)
	f.branches("feature")
	f.hint("python/cpython", "delivery-9")
	f.work()
	if pages, _ := f.lists(); pages != 0 {
		t.Errorf("%d looks for nothing", pages)
	}
	f.branches("3.14")
	f.hint("python/cpython", "delivery-10")
	f.work()
	if pages, _ := f.lists(); pages != 1 {
		t.Errorf("%d looks for a maintenance branch", pages)
	}
}

// GitHub begins to find out when it is asked. It is asked again after a pause.
func TestConflictsThatGitHubDoesNotKnowYet(t *testing.T) {
	f := newFitting(t)
	number := f.request("one", "README.rst")
	f.repo.LazyMergeability(true)
	f.push("README.rst", "main")
	f.labelled(number, false, "GitHub is at it")
	f.pass(3 * time.Minute)
	f.labelled(number, true, "asked again")
	if pages, _ := f.lists(); pages != 2 {
		t.Errorf("%d looks, want 2", pages)
	}
	f.pass(time.Hour)
	if pages, _ := f.lists(); pages != 0 {
		t.Errorf("%d looks when all is known", pages)
	}
}

// What GitHub never finds out, or a list that never comes, is asked for three
// times, until the next push.
func TestConflictsThatAreNeverKnown(t *testing.T) {
	unknown := `{"data":{"repository":{"all":{"nodes":[{"number":1,"mergeable":"UNKNOWN","labels":{"nodes":[]}}],` +
		`"pageInfo":{"hasNextPage":false}}}}}`
	for name, fault := range map[string]ghtest.Fault{
		"unknown": {Status: 200, Body: unknown}, "bad gateway": ghtest.BadGateway(),
		"rejected": {Status: 422, Body: `{"message":"Query has too many nodes"}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFitting(t)
			number := f.request("one", "README.rst")
			fault.Path, fault.Contains, fault.Times = "^/graphql$", "mergeable labels", -1
			f.check(f.github.Fault(fault))
			for range 2 {
				f.push("README.rst", fmt.Sprint("main", f.pushes))
				f.pass(time.Hour)
				requests := 3
				if name == "bad gateway" { // each look asks for less, and for less again
					requests = 9
				}
				if pages, _ := f.lists(); pages != requests {
					t.Errorf("%d requests, want %d", pages, requests)
				}
			}
			f.github.ClearFaults()
			f.push("a", "x")
			f.labelled(number, true, "GitHub is well again")
		})
	}
}

// A limit ends the run, which comes again; nothing is taken for done.
func TestConflictsUnderALimit(t *testing.T) {
	f := newFitting(t)
	number := f.request("one", "README.rst")
	fault := ghtest.SecondaryLimit(time.Minute)
	fault.Path, fault.Contains = "^/graphql$", "mergeable labels"
	f.check(f.github.Fault(fault))
	_, err := f.repo.Push("main", ghtest.Commit{Message: "push", Files: map[string]ghtest.File{"README.rst": ghtest.Text("main")}})
	f.check(err)
	var limited *queue.Later
	if err := f.event(f.Reconciler, "push"); !errors.As(err, &limited) {
		t.Errorf("outcome %v", err)
	}
	f.clock.Advance(2 * time.Minute)
	f.hint("python/cpython", "push")
	f.work()
	f.labelled(number, true, "after the limit")
}

// A dry run looks and writes nothing; what it found is still to be found.
func TestConflictsAfterADryRun(t *testing.T) {
	f := newFitting(t, func(c *reconcile.Config) { c.DryRun = true })
	number := f.request("one", "README.rst")
	f.push("README.rst", "main")
	if len(f.repo.Writes()) != 0 || !strings.Contains(f.log.String(), "would apply") {
		t.Errorf("wrote %+v", f.repo.Writes())
	}
	f.Reconciler = f.reconciler(withConflicts, func(c *reconcile.Config) { c.Store = f.agenda })
	f.hint("python/cpython", "delivery-1")
	f.work()
	f.labelled(number, true, "in earnest")
}

// Where the state of the looks cannot be read, or the rule is off, all goes on.
func TestConflictsStateAndMode(t *testing.T) {
	f := newFitting(t)
	number := f.request("one", "README.rst")
	f.check(f.queue.Put(t.Context(), "conflicts/python/cpython", []byte("{broken")))
	f.push("README.rst", "main")
	f.labelled(number, true, "broken state")

	off := newFitting(t, func(c *reconcile.Config) { c.Settings.Conflicts.Mode = config.Off })
	number = off.request("one", "README.rst")
	off.push("README.rst", "main")
	off.labelled(number, false, "off")
	if pages, _ := off.lists(); pages != 0 {
		t.Errorf("%d looks in mode off", pages)
	}
}
