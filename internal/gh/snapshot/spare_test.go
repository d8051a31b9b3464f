package snapshot

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// long is as much as GitHub takes, of what JSON needs six bytes for.
var long = strings.Repeat("<", 65_536)

// flood are more long comments than one answer may bring, with short ones between them.
func (w *world) flood(number int) {
	w.T.Helper()
	for i := range 36 {
		text := long
		if i%15 == 0 {
			text = fmt.Sprint("short ", i)
		}
		_, err := w.Repo.Comment(number, "mallory", text)
		trial.OK(w.T, err)
	}
}

// shorts are the comments that weren't emptied, except the longest.
func (w *world) shorts(all []pull.Comment) (bodies []string) {
	w.T.Helper()
	size := 0
	for _, c := range all {
		size += len(c.Body)
		if c.Body != "" && c.Body != long {
			bodies = append(bodies, c.Body)
		}
	}
	if size > maxSaid {
		w.T.Errorf("%d bytes of comments are kept", size)
	}
	return bodies
}

// TestLongComments: strangers fill a pull request and a tracking issue with the longest
// comments that GitHub takes. They're still read, in bounded memory, with the short comments;
// the next load brings the same.
func TestLongComments(t *testing.T) {
	w, key := newPull(t)
	issue := newIssue(t, w)
	want := []string{"short 0", "short 15", "short 30"}
	w.flood(key.Number)
	w.flood(issue.Number)
	for _, time := range []string{"first", "second"} {
		r := w.load(Query{Key: key, Needs: pull.Comments | pull.Notes})
		if got := w.shorts(r.Comments); !slices.Equal(got, want) || len(r.Comments) != 36 {
			t.Errorf("the %s time: %d comments, the short ones %q", time, len(r.Comments), got)
		}
	}
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Threads: []int{issue.Number}})})
	if got := w.shorts(r.Threads[issue.Number].Comments); !slices.Equal(got, want) {
		t.Errorf("the thread's short ones are %q", got)
	}
}

// TestLongCommentsOnCommits: strangers can't keep a branch's checks from being read.
func TestLongCommentsOnCommits(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		sha, err := w.Repo.Push("main", ghtest.Commit{Message: fmt.Sprint("c", i)})
		trial.OK(t, err)
		for range commentsPerCommit {
			trial.OK(t, w.Repo.CommentOnCommit(sha, "mallory", long))
		}
		trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: "slow/refleak", State: "failure"}))
		trial.OK(t, w.Repo.CommentOnCommit(sha, "buildbot", "failed"))
	}
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
	trial.OK(t, err)
	want := []string{"c0 #0: buildbot bad, slow/refleak bad", "c1 #0: buildbot bad, slow/refleak bad", "c2 #0: buildbot bad, slow/refleak bad"}
	if got := runs(b); len(got) < 3 || !slices.Equal(got[len(got)-3:], want) {
		t.Errorf("%q", got)
	}
}

// by is a comment that names the App, or was answered by it, or not.
func by(login, body string, done bool) commentData {
	c := commentData{Author: &actorData{Typename: "User", Login: login}, Body: body}
	if done {
		c.ReactionGroups = append(c.ReactionGroups, struct {
			Content          pull.Reaction
			ViewerHasReacted bool
		}{pull.ThumbsUp, true})
	}
	return c
}

// TestSpareCommands: what a core developer asked for stands, and what they ask for now is
// read, however much others write. Whoever wrote too much gets an answer.
func TestSpareCommands(t *testing.T) {
	logs, talk := strings.Repeat("ok\n", 20_000), strings.Repeat("a", 1400)
	all := []commentData{by("core", strings.Repeat("b", 1500)+"\n\n@concorde hold: ABI question", true)}
	for range 8 {
		all = append(all, by("author", logs, false))
	}
	for i := range 350 {
		all = append(all, by("mallory", "@concorde hi "+talk, false), by(fmt.Sprint("mallory", i), "@concorde help "+talk, i%2 == 0))
	}
	all = append(all, by("core", "@concorde label +docs\n"+talk[:500], false), by("ghost", "@concorde why", false))
	spare(all, "concorde", maxSaid)
	unread := map[string]int{}
	for _, c := range all {
		if c.unread {
			unread[c.Author.Login]++
		}
	}
	if n := len(all); all[0].Body == "" || all[n-2].Body == "" || all[n-1].Body == "" || unread["core"] != 0 {
		t.Errorf("a core developer's commands are lost; unread: %v", unread)
	}
	if unread["mallory"] != 350 || unread["author"] != 0 || all[1].Body != "" {
		t.Errorf("unread: %v", unread)
	}
}

// TestSpareInPages: what's kept is bounded, doesn't depend on the order or on the pages in
// which comments come, and nobody loses what fits into an equal share.
func TestSpareInPages(t *testing.T) {
	for seed := range uint64(500) {
		dice := rand.New(rand.NewPCG(seed, 7))
		most := dice.IntN(200)
		var all []commentData
		for i := range 1 + dice.IntN(20) {
			c := by(fmt.Sprint("p", dice.IntN(4)), strings.Repeat("@c ", dice.IntN(2))+strings.Repeat("x", dice.IntN(30)), dice.IntN(2) == 0)
			c.ID = fmt.Sprint(i)
			all = append(all, c)
		}
		once := slices.Clone(all)
		spare(once, "c", most)
		want, kept, people := map[string]string{}, map[int]int{}, map[string]int{}
		for i, c := range once {
			want[c.ID] = c.Body
			kept[c.kind()] += len(c.Body)
			people[c.Author.Login] += len(all[i].Body)
		}
		for kind, size := range kept {
			if size > most {
				t.Fatalf("seed %d: %d bytes of kind %d, at most %d", seed, size, kind, most)
			}
		}
		for i, c := range once {
			if people[c.Author.Login] <= most/len(people) && c.Body != all[i].Body {
				t.Fatalf("seed %d: %s lost %q", seed, c.Author.Login, all[i].Body)
			}
		}
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var pages []commentData
		for len(all) > 0 {
			n := 1 + dice.IntN(len(all))
			pages, all = append(pages, all[:n]...), all[n:]
			spare(pages, "c", most)
		}
		for _, c := range pages {
			if c.Body != want[c.ID] {
				t.Fatalf("seed %d: in pages %q, at once %q", seed, c.Body, want[c.ID])
			}
		}
	}
}
