package stage

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	rules := func(settings []byte) ([]pull.Rule, error) {
		set, err := config.Preset().Override("settings", settings)
		return []pull.Rule{Rule(set.Stages, Ready{})}, err
	}
	pulltest.Golden(t, map[string]pulltest.Rules{"": rules, "stories": nil}) // TestStories reads stories
}

func TestOff(t *testing.T) {
	set := settings()
	set.Mode = config.Off
	if rule := Rule(set, Ready{}); rule.Want != nil || rule.Name != "stage" || len(rule.Owns) != 5 {
		t.Errorf("the rule that is off: %+v", rule)
	}
}

// FuzzStages holds the machine to the laws over anything that can be in a pull
// request, in any order, with times that coincide.
func FuzzStages(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(300) {
		data, dice := make([]byte, 260), rand.New(rand.NewPCG(seed, 9))
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		f.Add(data)
	}
	rules := rules()
	f.Fuzz(func(t *testing.T, data []byte) {
		half := len(data) / 2
		r := pulltest.Random(data[:half])
		(&reviewed{r, data[half:]}).fill()
		pulltest.Laws(t, r, rules)

		plan, err := pull.Decide(r, rules)
		if err != nil {
			t.Fatal(err)
		}
		turned := *r
		turned.Events, turned.Opinions, turned.Comments = turnedAround(r.Events), turnedAround(r.Opinions), turnedAround(r.Comments)
		if again, err := pull.Decide(&turned, rules); err != nil || !reflect.DeepEqual(plan, again) {
			t.Errorf("in another order of its lists (%v):\n%s\nnot\n%s", err, again, plan)
		}
		row := decidedBy(r)
		for _, a := range plan.Actions {
			if r, err = r.After(a); err != nil {
				t.Fatal(err)
			}
			checkAddressee(t, a)
		}
		on := slices.DeleteFunc(labelNames(settings())[review:], func(l string) bool { return !r.HasLabel(l) })
		want := 1
		switch {
		case r.CoreFault != "" || row.stage == left:
			return
		case row.stage == none:
			want = 0
		}
		if len(on) != want {
			t.Errorf("after the plan these stages are on: %v, decided by %q", on, row.when)
		}
	})
}

// checkAddressee allows no mention of deleted accounts and bots.
func checkAddressee(t *testing.T, a pull.Action) {
	note, _ := a.(pull.AddNote)
	if strings.Contains(note.Body, "@ghost") || strings.Contains(note.Body, "[bot]") {
		t.Errorf("the comment mentions nobody: %s", note.Body)
	}
}

func turnedAround[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// reviewed gives a random pull request what the stage machine reads.
type reviewed struct {
	r    *pull.Request
	data []byte
}

// next is a number below n of the bytes that are left.
func (f *reviewed) next(n int) int {
	if len(f.data) == 0 {
		return 0
	}
	b := f.data[0]
	f.data = f.data[1:]
	return int(b) % n
}

func wordOf[T any](f *reviewed, from ...T) T { return from[f.next(len(from))] }

func (f *reviewed) login() string {
	return wordOf(f, "dana", "carol", "Dana", "eve", "contributor", "ghost", "x[bot]", "")
}

// at is one of few seconds, so that many coincide.
func (f *reviewed) at() time.Time {
	return f.r.CreatedAt.Truncate(time.Second).Add(time.Duration(f.next(12)) * time.Second)
}

func (f *reviewed) fill() {
	r := f.r
	if f.next(4) > 0 {
		r.State = pull.Open
	}
	r.Me, r.Core = "concorde", map[string]bool{"dana": true, "carol": f.next(3) > 0, "contributor": f.next(4) == 0}
	r.Author = wordOf(f, "contributor", "contributor", "contributor", "dana", "ghost", "x[bot]")
	r.Bot = r.Author == "x[bot]"
	if f.next(16) == 1 {
		r.CoreFault = "unknown"
	}
	labels := labelNames(settings())[review:]
	if f.next(3) > 0 {
		r.NotesDeleted = 0
	}
	for range f.next(3) {
		if l := wordOf(f, labels...); !r.HasLabel(l) {
			r.Labels = append(r.Labels, l)
		}
	}
	for range f.next(7) {
		by := f.login()
		r.Opinions = append(r.Opinions, pull.Opinion{By: by, Bot: strings.HasSuffix(by, "[bot]"),
			Review: wordOf(f, pull.ChangesRequested, pull.Approved, pull.Approved, "odd"), Commit: wordOf(f, r.Head, r.Head, "old", ""), At: f.at()})
	}
	for i := range f.next(6) {
		by := wordOf(f, r.Author, r.Author, r.Author, f.login())
		r.Comments = append(r.Comments, pull.Comment{ID: int64(i), By: by, Bot: strings.HasSuffix(by, "[bot]"), Own: f.next(8) == 1,
			Editor: wordOf(f, "", "", by), At: f.at(),
			Body: wordOf(f, "I have made the requested changes; please review again", "I didn't expect the Spanish Inquisition",
				"> I didn't expect the Spanish Inquisition", "No", string(f.data))})
	}
	for range f.next(8) {
		e := pull.Event{Kind: wordOf(f, pull.Labeled, pull.Labeled, pull.Unlabeled, pull.ForcePushed, pull.Readied, pull.Drafted,
			pull.WasReopened, pull.Dismissed, pull.ReviewRequested), By: f.login(), Own: f.next(5) == 1, At: f.at()}
		e.Subject = wordOf(f, labels...)
		if e.Kind == pull.Dismissed || e.Kind == pull.ReviewRequested {
			e.Subject = f.login()
		}
		r.Events = append(r.Events, e)
	}
	for range f.next(4) {
		key := wordOf(f, changesNote, answeredNote, commitsNote) + wordOf(f, "-"+f.at().UTC().Format(keyTime), "-2", "", "-20260230-000000")
		r.Notes[key] = pull.PostedNote{ID: 1, Digest: fmt.Sprint(f.next(9))}
	}
}
