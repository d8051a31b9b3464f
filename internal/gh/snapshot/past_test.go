package snapshot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// Whoever makes a pull request a draft and ready 2,000 times costs the bot one
// request a look: what it read stays, and GitHub is asked for what came since.
func TestRequestsOfALongHistory(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	toggle := func(times int) {
		t.Helper()
		for i := range times {
			trial.OK(t, w.Repo.SetDraft(key.Number, i%2 == 0))
		}
	}
	look := func(events, requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		if r := w.load(Query{Key: key, Needs: ghtrial.Everything}); len(r.Events) != events || w.Sent() != requests {
			t.Errorf("%d events in %d requests, want %d in %d", len(r.Events), w.Sent(), events, requests)
		}
	}
	toggle(2000)
	look(2000, 20)
	look(2000, 1)
	toggle(2)
	look(2002, 1)
	toggle(150)
	look(2152, 2)
	look(2152, 1)
}

// Whatever happens to a long history, in its middle too, an App that knows it sees
// what one sees that reads it for the first time.
func TestLongHistoriesChange(t *testing.T) {
	looks := suite.Sizes[int]{Normal: 12, Long: 60, Full: 60}.Size()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			old := time.Duration(seed%2) * 3 * time.Hour // comments that are settled, or not
			w := newWorld(t, func(_ *ghtest.Config, cfg *gh.Config) { cfg.Now = func() time.Time { return time.Now().Add(old) } })
			h := &longHistory{world: w, dice: rand.New(rand.NewPCG(seed, 5)), key: w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})}
			for range 120 {
				h.says()
				h.reviews()
				h.labels()
			}
			for range 120 {
				h.says()
			}
			changes := []func(){h.says, h.edits, h.deletes, h.reviews, h.dismisses, h.labels, h.pushes, h.answers, h.notes, h.labelGoes}
			for i := range looks {
				h.told = ""
				for range 1 + h.dice.IntN(2) {
					changes[h.dice.IntN(len(changes))]()
				}
				fresh, err := newHub(w.Cfg)
				trial.OK(t, err)
				want, err := fresh.Load(t.Context(), Query{Key: h.key, Needs: ghtrial.Everything})
				trial.OK(t, err)
				got := w.load(Query{Key: h.key, Needs: ghtrial.Everything})
				if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pull.Request{}, "Now", "BodyAt")); diff != "" {
					t.Fatalf("look %d, after %s (-read anew +continued):\n%s", i, h.told, diff)
				}
			}
		})
	}
}

// longHistory does what people and the bot do to a pull request.
type longHistory struct {
	*world
	dice     *rand.Rand
	key      pull.Key
	comments []int64
	opinions []int64
	told     string
}

func (h *longHistory) one(from *[]int64, remove bool) int64 {
	i := h.dice.IntN(len(*from))
	id := (*from)[i]
	if remove {
		*from = append((*from)[:i:i], (*from)[i+1:]...)
	}
	return id
}

func (h *longHistory) did(what string, err error) {
	h.T.Helper()
	h.told += what + "; "
	trial.OK(h.T, err)
}

func (h *longHistory) says() {
	id, err := h.Repo.Comment(h.key.Number, "alice", fmt.Sprint("comment ", len(h.comments)))
	h.comments = append(h.comments, id)
	h.did("a comment", err)
}

func (h *longHistory) edits() {
	h.Srv.Advance(time.Second) // GitHub's times are whole seconds
	h.did("an edit", h.Repo.EditComment(h.key.Number, "mallory", h.one(&h.comments, false), fmt.Sprint("edited ", h.dice.IntN(1000))))
}

func (h *longHistory) deletes() {
	h.did("a deletion", h.Repo.DeleteComment(h.key.Number, "carol", h.one(&h.comments, true)))
}

func (h *longHistory) reviews() {
	id, err := h.Repo.Review(h.key.Number, "eve", []string{"APPROVED", "CHANGES_REQUESTED"}[h.dice.IntN(2)], "So be it.")
	h.opinions = append(h.opinions, id)
	h.did("a review", err)
}

func (h *longHistory) dismisses() {
	h.did("a dismissal", h.Repo.DismissReview(h.key.Number, "carol", h.one(&h.opinions, true), "no"))
}

func (h *longHistory) labels() {
	err := h.Repo.Label(h.key.Number, "carol", "docs", "stdlib")
	if h.did("labels", err); h.dice.IntN(2) == 0 {
		h.did("a label off", h.Repo.Unlabel(h.key.Number, "carol", "docs"))
	}
}

func (h *longHistory) pushes() {
	years := h.dice.IntN(19) - 9
	_, err := h.Repo.Push("alice:fix", ghtest.Commit{Author: "alice", Date: h.Srv.Now().AddDate(years, 0, 0),
		Files: map[string]ghtest.File{"a.txt": ghtest.Text(fmt.Sprint(h.dice.Int()))}})
	h.did(fmt.Sprintf("a push dated %d years later", years), err)
}

func (h *longHistory) answers() {
	said := h.load(Query{Key: h.key, Needs: ghtrial.Everything}).Comments
	c := said[h.dice.IntN(len(said))]
	h.apply(h.key, pull.React{Comment: c.ID, Node: c.Node, With: pull.ThumbsUp})
	h.did("a reaction", nil)
}

// notes has the bot comment, and somebody delete that.
func (h *longHistory) notes() {
	h.apply(h.key, pull.AddNote{Note: pull.Note{Key: fmt.Sprint("k", h.dice.IntN(1000)), Body: "Hello"}})
	all := h.PR(h.key).Comments
	h.did("a comment of the bot, deleted", h.Repo.DeleteComment(h.key.Number, "carol", all[len(all)-1].ID))
}

// labelGoes takes a label out of the repository, and out of its history.
func (h *longHistory) labelGoes() {
	trial.OK(h.T, h.Repo.Label(h.key.Number, "carol", "gone"))
	h.did("a label deleted", h.Repo.DeleteLabel("gone"))
}

// TestLongHistoryGoesOn: a load that ends early, since GitHub's answers take long, is no loss:
// the next one goes on where it ended, and sees what changed since.
func TestLongHistoryGoesOn(t *testing.T) {
	w := newWorld(t, func(_ *ghtest.Config, cfg *gh.Config) {
		cfg.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	})
	h := &longHistory{world: w, dice: rand.New(rand.NewPCG(1, 5)), key: w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})}
	for range 650 {
		w.Srv.Advance(time.Second)
		h.says()
	}
	for range 120 {
		h.labels()
	}
	q := Query{Key: h.key, Needs: ghtrial.Everything}
	for _, change := range []func(){func() {}, h.says, h.labels} {
		change()
		ctx, cancel := context.WithCancel(t.Context())
		w.Fault(ghtest.Fault{Path: "^/graphql$", After: 2, Before: cancel, Hang: true})
		if _, err := w.app.Load(ctx, q); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		cancel()
	}
	w.Srv.ResetRequests()
	got := w.load(q)
	if w.Sent() != 1 {
		t.Errorf("%d requests, want 1", w.Sent())
	}
	fresh, err := newHub(w.Cfg)
	trial.OK(t, err)
	want, err := fresh.Load(t.Context(), q)
	trial.OK(t, err)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pull.Request{}, "Now", "BodyAt")); diff != "" {
		t.Errorf("-read anew +continued:\n%s", diff)
	}
}
