package stage

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

// TestStories plays the stories of testdata/stories: a sentence, and under
// "-- story --" what people do, a line each, and what is to be expected once the
// bot has looked: the labels of stages that are on, the comments since the last
// look, and who is asked for a review. dana, carol and guido are core developers.
// A minute goes by before each line that does not start with "at once,".
func TestStories(t *testing.T) {
	const enough = 60
	names, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(names) < enough {
		t.Fatalf("%d stories, want at least %d (%v)", len(names), enough, err)
	}
	decided := map[string]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(bytes.TrimSpace(archive.Comment)) == 0 || len(archive.Files) != 1 || archive.Files[0].Name != "story" {
				t.Fatal("want a sentence, and then the story")
			}
			s := &story{decided: decided}
			for i, line := range strings.Split(string(archive.Files[0].Data), "\n") {
				line, _, _ = strings.Cut(line, " #")
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				if err := s.play(t, line); err != nil {
					t.Fatalf("line %d: %s: %v", i+1, line, err)
				}
			}
			if s.looks == 0 {
				t.Fatal("the story expects nothing")
			}
		})
	}
	for _, row := range slices.Concat(decisionsByHand, decisionsByReviews) {
		if !decided[row.when] {
			t.Errorf("no story shows the row %q", row.when)
		}
	}
}

// story is one that is being told.
type story struct {
	*world
	looks          int
	posted, asked  int            // what was told of them already
	named          map[string]int // comments of each kind
	known, decided map[string]bool
}

// deed is one form of a line. It reports whether there was anything to do.
type deed struct {
	form *regexp.Regexp
	do   func(w *world, word []string) bool
}

func say(form string, do func(w *world, word []string) bool) deed {
	return deed{regexp.MustCompile("^" + form + "$"), do}
}

// always is for deeds that can be done at any time.
func always(do func(w *world, word []string)) func(*world, []string) bool {
	return func(w *world, word []string) bool {
		do(w, word)
		return true
	}
}

var deeds = []deed{
	say(`push`, always(func(w *world, _ []string) { w.pushed(false, w.r.Now) })),
	say(`push of an older commit`, always(func(w *world, _ []string) { w.pushed(false, w.r.CreatedAt.AddDate(-9, 0, 0)) })),
	say(`push of a commit of the future`, always(func(w *world, _ []string) { w.pushed(false, w.r.Now.AddDate(9, 0, 0)) })),
	say(`force-push`, always(func(w *world, _ []string) { w.pushed(true, w.r.Now) })),
	say(`force-push back to commit (\d+)`, always(func(w *world, word []string) {
		w.pushed(true, w.r.Now)
		n, _ := strconv.Atoi(word[1])
		w.r.Head = commitID(n)
		w.r.Events[len(w.r.Events)-1].Subject = w.r.Head
	})),
	say(`review by (\S+): (approved|changes requested|commented)( commit (\d+))?`, always(func(w *world, word []string) {
		commit := w.r.Head
		if word[4] != "" {
			n, _ := strconv.Atoi(word[4])
			commit = commitID(n)
		}
		review := pull.Review(word[2])
		if review == "commented" {
			review = ""
		}
		w.review(word[1], review, commit)
	})),
	say(`(\S+)'s review is dismissed by (\S+)`, func(w *world, word []string) bool { return w.dismiss(word[1], word[2]) }),
	say(`comment by (\S+): (.*)`, always(func(w *world, word []string) { w.comment(word[1], strings.ReplaceAll(word[2], `\n`, "\n")) })),
	say(`comment (\d+) edited by (\S+): (.*)`, func(w *world, word []string) bool {
		n, _ := strconv.Atoi(word[1])
		return w.edit(int64(n), word[2], word[3])
	}),
	say(`comment (\d+) deleted`, func(w *world, word []string) bool {
		n, _ := strconv.Atoi(word[1])
		return w.edit(int64(n), "", "")
	}),
	say(`(\S+) sets (.*)`, func(w *world, word []string) bool { return w.label(word[1], word[2], true) }),
	say(`(\S+) takes off (.*)`, func(w *world, word []string) bool { return w.label(word[1], word[2], false) }),
	say(`(\S+) asks (\S+) for a review`, always(func(w *world, word []string) {
		w.r.Reviewers = append(slices.Clone(w.r.Reviewers), word[2])
		w.event(pull.ReviewRequested, word[1], word[2])
	})),
	say(`(\S+) joins the team`, always(func(w *world, word []string) { w.team(word[1], true) })),
	say(`(\S+) leaves the team`, always(func(w *world, word []string) { w.team(word[1], false) })),
	say(`the team cannot be read`, always(func(w *world, _ []string) { w.r.CoreFault = "the App may not read the team" })),
	say(`the team can be read`, always(func(w *world, _ []string) { w.r.CoreFault = "" })),
	say(`(\S+) deletes the account`, always(func(w *world, word []string) { w.gone(word[1]) })),
	say(`draft`, always(func(w *world, _ []string) { w.r.Draft = true; w.event(pull.Drafted, w.r.Author, "") })),
	say(`ready`, always(func(w *world, _ []string) { w.r.Draft = false; w.event(pull.Readied, w.r.Author, "") })),
	say(`closed`, always(func(w *world, _ []string) {
		w.r.State, w.r.ClosedAt = pull.Closed, w.r.Now
		w.event(pull.WasClosed, w.r.Author, "")
	})),
	say(`reopened`, always(func(w *world, _ []string) {
		w.r.State, w.r.ClosedAt = pull.Open, time.Time{}
		w.event(pull.WasReopened, w.r.Author, "")
	})),
	say(`merged`, always(func(w *world, _ []string) {
		w.r.State, w.r.ClosedAt, w.r.Merge = pull.Merged, w.r.Now, &pull.Merge{SHA: commitID(99), Parents: 1, By: "dana", At: w.r.Now}
		w.event(pull.WasClosed, "dana", "")
	})),
	say(`a week passes`, always(func(w *world, _ []string) { w.r.Now = w.r.Now.AddDate(0, 0, 7) })),
}

var openedBy = regexp.MustCompile(`^opened by (\S+)( as a draft)?$`)

func (s *story) play(t *testing.T, line string) error {
	if word := openedBy.FindStringSubmatch(line); word != nil && s.world == nil {
		s.world, s.named, s.known = newWorld(word[1], word[2] != ""), map[string]int{}, map[string]bool{}
		return nil
	}
	if s.world == nil {
		return fmt.Errorf("a story starts with: opened by LOGIN")
	}
	if want, found := strings.CutPrefix(line, "expect: "); found {
		return s.expect(t, want)
	}
	rest, once := strings.CutPrefix(line, "at once, ")
	if !once {
		s.r.Now = s.r.Now.Add(s.step)
	}
	if key, found := strings.CutSuffix(rest, " of the bot is deleted"); found {
		return s.delete(key)
	}
	for _, d := range deeds {
		if word := d.form.FindStringSubmatch(rest); word != nil {
			if !d.do(s.world, word) {
				return fmt.Errorf("there is nothing to do")
			}
			return nil
		}
	}
	return fmt.Errorf("nobody knows how to do this")
}

// delete has people delete a comment of the bot.
func (s *story) delete(comment string) error {
	for _, key := range s.world.posted {
		if _, there := s.r.Notes[key]; there && s.nth(key) == comment {
			delete(s.r.Notes, key)
			s.r.NotesDeleted++
			return nil
		}
	}
	return fmt.Errorf("there is no such comment")
}

// nth is a comment by its kind and its place among those of this kind.
func (s *story) nth(key string) string {
	n := 0
	kind := kindOf(key)
	for _, other := range s.world.posted {
		if kindOf(other) == kind {
			n++
		}
		if other == key {
			break
		}
	}
	return fmt.Sprintf("%s-%d", kind, n)
}

// kindOf a comment is its key without the time.
func kindOf(key string) string {
	for _, kind := range []string{changesNote, answeredNote, commitsNote} {
		if strings.HasPrefix(key, kind+"-") {
			return kind
		}
	}
	return key
}

func (s *story) expect(t *testing.T, want string) error {
	s.looks++
	pulltest.Laws(t, s.r, s.rules)
	s.decided[decidedBy(s.r).when] = true
	s.look(t)
	said := []string{s.stages()}
	for _, key := range s.world.posted[s.posted:] {
		if s.known[key] {
			t.Errorf("the comment %s is there twice", key)
		}
		s.known[key] = true
		said = append(said, "comment "+s.nth(key))
	}
	for _, login := range s.world.asked[s.asked:] {
		said = append(said, "asked "+login)
	}
	s.posted, s.asked = len(s.world.posted), len(s.world.asked)
	if got := strings.Join(said, "; "); got != want {
		return fmt.Errorf("got: %s", got)
	}
	if again := s.plan(t); len(again) > 0 {
		return fmt.Errorf("there is more to do: %v", again)
	}
	if !s.r.HasLabel("type-bug") {
		return fmt.Errorf("another label was touched")
	}
	return nil
}

// decidedBy is the row that decides.
func decidedBy(r *pull.Request) decision {
	if r.CoreFault != "" {
		return decision{}
	}
	set := settings()
	m := &machine{set: set, labels: labelNames(set), phrases: newPhrases(set.Phrases)}
	return *m.situation(r).decide()
}
