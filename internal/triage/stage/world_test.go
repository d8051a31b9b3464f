package stage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// settings are those of the preset, read once.
var settings = sync.OnceValue(func() config.Stages { return config.Preset().Stages })

func rules() []pull.Rule { return []pull.Rule{Rule(settings(), Ready{})} }

// world is a pull request on a small GitHub: people's deeds change it, and the
// bot looks at it.
type world struct {
	r     *pull.Request
	rules []pull.Rule
	step  time.Duration // between two deeds
	// What the bot did, oldest first: keys of comments, and logins.
	posted, asked []string
	heads         int
	comments      int64
}

func newWorld(author string, draft bool) *world {
	opened := time.Date(2026, 8, 5, 9, 0, 0, 0, time.UTC)
	w := &world{rules: rules(), step: time.Minute, r: &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1000}, Now: opened, CreatedAt: opened, UpdatedAt: opened,
		Title: "gh-130000: Fix it",
		State: pull.Open, Draft: draft, Author: author, Bot: strings.HasSuffix(author, "[bot]"), Me: "concorde", Base: "main",
		DefaultBranch: "main",
		Labels:        []string{"type-bug"}, Facts: ^pull.Facts(0), Notes: map[string]pull.PostedNote{},
		Core: map[string]bool{"dana": true, "carol": true, "guido": true},
	}}
	w.commit()
	w.saw() // the delivery of the opening names the head
	return w
}

func commitID(n int) string { return fmt.Sprintf("%040x", n) }

// commit makes a head that the bot hasn't seen yet, with an honest date.
func (w *world) commit() {
	w.heads++
	w.r.Head, w.r.HeadSeen, w.r.HeadDated = commitID(w.heads), time.Time{}, w.r.Now
	w.changed()
}

// changed is that of GitHub's updated_at.
func (w *world) changed() { w.r.UpdatedAt = w.r.Now }

func (w *world) event(kind pull.EventKind, by, subject string) {
	w.r.Events = append(slices.Clone(w.r.Events), pull.Event{Kind: kind, Subject: subject, By: by, Own: by == "concorde[bot]", At: w.r.Now})
	w.changed()
}

// pushed gives commits, of which GitHub tells the time only when they were forced.
func (w *world) pushed(forced bool, dated time.Time) {
	w.commit()
	w.r.HeadDated = dated
	if forced {
		w.event(pull.ForcePushed, w.r.Author, w.r.Head)
	}
}

func (w *world) review(by string, review pull.Review, commit string) {
	w.r.Reviewers = slices.DeleteFunc(slices.Clone(w.r.Reviewers), func(l string) bool { return l == by })
	if review != "" {
		w.changed()
		w.r.Opinions = append(slices.Clone(w.r.Opinions), pull.Opinion{By: by, Bot: strings.HasSuffix(by, "[bot]"), Review: review,
			Commit: commit, At: w.r.Now})
	}
}

// dismiss takes someone's newest opinion away.
func (w *world) dismiss(whose, by string) bool {
	for i := len(w.r.Opinions) - 1; i >= 0; i-- {
		if w.r.Opinions[i].By == whose {
			w.r.Opinions = slices.Delete(slices.Clone(w.r.Opinions), i, i+1)
			w.event(pull.Dismissed, by, whose)
			return true
		}
	}
	return false
}

func (w *world) comment(by, body string) {
	w.comments++
	w.changed()
	w.r.Comments = append(slices.Clone(w.r.Comments), pull.Comment{ID: w.comments, By: by, Bot: strings.HasSuffix(by, "[bot]"),
		Own: by == "concorde[bot]", Body: body, At: w.r.Now})
}

// edit changes a comment, or with an empty body deletes it.
func (w *world) edit(id int64, by, body string) bool {
	w.r.Comments = slices.Clone(w.r.Comments)
	at := slices.IndexFunc(w.r.Comments, func(c pull.Comment) bool { return c.ID == id })
	switch {
	case at < 0:
		return false
	case body == "":
		w.r.Comments = slices.Delete(w.r.Comments, at, at+1)
	default:
		w.r.Comments[at].Body, w.r.Comments[at].Editor = body, by
	}
	return true
}

// label puts a label on or takes it off. Where nothing changes, GitHub's history
// has no event.
func (w *world) label(by, name string, on bool) bool {
	if w.r.HasLabel(name) == on {
		return false
	}
	kind := pull.Labeled
	w.r.Labels = slices.DeleteFunc(slices.Clone(w.r.Labels), func(l string) bool { return strings.EqualFold(l, name) })
	if on {
		w.r.Labels = append(w.r.Labels, name)
	} else {
		kind = pull.Unlabeled
	}
	w.event(kind, by, name)
	return true
}

func (w *world) team(login string, in bool) {
	w.r.Core = maps.Clone(w.r.Core)
	delete(w.r.Core, login)
	if in {
		w.r.Core[login] = true
	}
}

// gone makes an account a deleted one.
func (w *world) gone(login string) {
	rename := func(name *string) {
		if *name == login {
			*name = "ghost"
		}
	}
	w.r.Comments, w.r.Opinions, w.r.Events = slices.Clone(w.r.Comments), slices.Clone(w.r.Opinions), slices.Clone(w.r.Events)
	rename(&w.r.Author)
	for i := range w.r.Comments {
		rename(&w.r.Comments[i].By)
	}
	for i := range w.r.Opinions {
		rename(&w.r.Opinions[i].By)
	}
	for i := range w.r.Events {
		rename(&w.r.Events[i].By)
	}
	w.team(login, false)
}

// plan is what the bot would do now, who keeps in mind when it first saw the head.
func (w *world) plan(t testing.TB) []pull.Action {
	t.Helper()
	w.saw()
	plan, err := pull.Decide(w.r, w.rules)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Actions
}

func (w *world) saw() {
	if w.r.HeadSeen.IsZero() {
		w.r.HeadSeen = w.r.UpdatedAt
	}
}

// apply does what a plan says, which may be of a moment ago.
func (w *world) apply(t testing.TB, actions []pull.Action) {
	t.Helper()
	for _, a := range actions {
		switch a := a.(type) {
		case pull.AddLabel:
			w.label("concorde[bot]", a.Name, true)
		case pull.RemoveLabel:
			w.label("concorde[bot]", a.Name, false)
		case pull.RequestReview:
			w.asked = append(w.asked, a.Login)
			w.r.Reviewers = append(slices.Clone(w.r.Reviewers), a.Login)
			w.event(pull.ReviewRequested, "concorde[bot]", a.Login)
		case pull.AddNote:
			w.posted = append(w.posted, a.Key)
			after, err := w.r.After(a)
			if err != nil {
				t.Fatal(err)
			}
			w.r.Notes = after.Notes
		default:
			t.Fatalf("the stage machine wants to %s", a)
		}
	}
}

func (w *world) look(t testing.TB) {
	t.Helper()
	w.apply(t, w.plan(t))
}

// stages are the labels of stages that are on.
func (w *world) stages() string {
	var on []string
	for _, l := range w.r.Labels {
		if l != "type-bug" {
			on = append(on, l)
		}
	}
	slices.Sort(on)
	if len(on) == 0 {
		return "no stage"
	}
	return strings.Join(on, " and ")
}
