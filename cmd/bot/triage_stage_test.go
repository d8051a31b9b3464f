package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// proposal opens a pull request of alice, with a NEWS entry and without labels
// that rules would add.
func (s *stage) proposal(title string) int {
	s.Helper()
	return s.proposes(ghtest.PR{Title: title, Author: "alice"}, map[string]ghtest.File{
		"Tools/spam.py": ghtest.Text(title + s.Name()),
		"Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst": ghtest.Text("Fry the spam.\n"),
	})
}

// proposes opens a pull request from a branch of its author's with some files.
func (s *stage) proposes(pr ghtest.PR, files map[string]ghtest.File) int {
	s.Helper()
	if pr.Head == "" {
		pr.Head = fmt.Sprintf("%s:change-%d", pr.Author, len(s.cpython.PRs())+1)
	}
	_, err := s.cpython.Push(pr.Head, ghtest.Commit{Message: pr.Title, Author: pr.Author, Files: files})
	s.check(err)
	number, err := s.cpython.OpenPR(pr)
	s.check(err)
	s.rests()
	return number
}

// then lets a minute pass, as GitHub's times are whole seconds, does something,
// and waits for the bot.
func (s *stage) then(do func() error) {
	s.Helper()
	s.github.Advance(time.Minute)
	s.check(do())
	s.rests()
}

// says has someone comment.
func (s *stage) says(number int, by, body string) (id int64) {
	s.Helper()
	s.then(func() (err error) {
		id, err = s.cpython.Comment(number, by, body)
		return err
	})
	return id
}

func (s *stage) gives(number int, by, review string) (id int64) {
	s.Helper()
	s.then(func() (err error) {
		id, err = s.cpython.Review(number, by, review, "So be it.")
		return err
	})
	return id
}

// labelled checks the labels, in any order.
func (s *stage) labelled(number int, want ...string) {
	s.Helper()
	if got := slices.Sorted(slices.Values(s.pr(number).Labels)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		s.Errorf("#%d has the labels %q, want %q\nwrites: %+v", number, got, want, s.cpython.Writes())
	}
}

// answers are the comments of the bot.
func (s *stage) answers(number int) (bodies []string) {
	s.Helper()
	for _, c := range s.pr(number).Comments {
		if c.Author == s.github.BotLogin() {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

// answered checks that the bot commented once for each of the words, in that order.
func (s *stage) answered(number int, words ...string) {
	s.Helper()
	got := s.answers(number)
	for i, body := range got {
		if i < len(words) && !strings.Contains(body, words[i]) {
			s.Errorf("comment %d on #%d is %q, want %q in it", i+1, number, body, words[i])
		}
	}
	if len(got) != len(words) {
		s.Errorf("#%d has %d comments of the bot, want %d: %q", number, len(got), len(words), got)
	}
}

// twoReviewers is a running stage with two core developers who may write.
func twoReviewers(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	for _, login := range []string{"dana", "guido"} {
		s.check(s.cpython.Collaborator(login, "write"))
	}
	return s.start()
}

// TestReviewersDisagree: an approval does not hide another core developer's
// request for changes, whoever came first.
func TestReviewersDisagree(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.labelled(n, "awaiting review")
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.gives(n, "guido", "APPROVED")
	s.labelled(n, "awaiting changes")
	s.says(n, "alice", phrase)
	s.labelled(n, "awaiting change review")
	if asked := s.pr(n).Reviewers; !slices.Equal(asked, []string{"dana"}) {
		t.Errorf("asked again: %q, want dana alone", asked)
	}
	s.gives(n, "guido", "CHANGES_REQUESTED")
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting changes")
	s.gives(n, "guido", "APPROVED")
	s.labelled(n, "awaiting merge")
	s.answered(n, "@alice, thank you for your work", "@dana, please review them", "@alice, thank you for your work")
	s.quiet(n)
}

// TestDismissedRequest: what is dismissed no longer stands.
func TestDismissedRequest(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.gives(n, "guido", "APPROVED")
	id := s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes")
	s.then(func() error { return s.cpython.DismissReview(n, "guido", id, "On leave") })
	s.labelled(n, "awaiting merge")
	s.quiet(n)
}

// TestPhraseWithoutRequest: where nobody asked for changes the phrase does
// nothing, nor does it on an issue or in a quote.
func TestPhraseWithoutRequest(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	writes := len(s.cpython.Writes())
	s.says(n, "alice", phrase)
	s.says(140000, "alice", phrase)
	s.labelled(n, "awaiting review")
	s.labelled(140000)
	s.answered(n)
	s.answered(140000)
	if more := s.cpython.Writes()[writes:]; len(more) > 0 {
		t.Errorf("the bot answered: %+v", more)
	}
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes") // what was said before is no answer
	s.says(n, "alice", "> "+phrase+"\n\nWhere do I write this?")
	s.says(n, "eric", phrase) // not the author
	s.labelled(n, "awaiting changes")
	s.says(n, "alice", "I DIDN’T EXPECT the Spanish Inquisition!")
	s.labelled(n, "awaiting change review")
	s.answered(n, "@alice, thank you for your work", "Thank you for making the changes")
	s.quiet(n)
}

// TestReviewAskedForAgain: the button beside a reviewer's name, which GitHub shows to an
// author without rights once someone has reviewed, says what the phrase says.
func TestReviewAskedForAgain(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes")
	s.then(func() error { return s.cpython.RequestReview(n, "alice", "guido") }) // who requested nothing
	s.labelled(n, "awaiting changes")
	s.then(func() error { return s.cpython.RequestReview(n, "alice", "dana") })
	s.labelled(n, "awaiting change review")
	s.answered(n, "@alice, thank you for your work", "@dana, please review them")
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting merge")
	s.quiet(n)
}

// TestStageByHand: what a person chose stands until something happens that matters.
func TestStageByHand(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.then(func() error { return s.cpython.Label(n, "guido", "awaiting merge") })
	s.labelled(n, "awaiting merge")
	s.says(n, "eric", "Nice!")
	s.then(func() error { return s.cpython.EditBody(n, "More words") })
	s.then(func() error { return s.cpython.Label(n, "carol", "type-bug") })
	s.labelled(n, "awaiting merge", "type-bug")
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes", "type-bug")
	s.then(func() error { return s.cpython.Unlabel(n, "guido", "awaiting changes") })
	s.labelled(n, "type-bug") // taken off stays off
	s.says(n, "eric", "Nice!")
	s.labelled(n, "type-bug")
	s.says(n, "alice", phrase)
	s.labelled(n, "awaiting change review", "type-bug")
	s.quiet(n)
}

// TestCommitsAfterApproval: an approval is of the commit that was reviewed.
func TestCommitsAfterApproval(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting merge")
	for _, text := range []string{"fry twice\n", "fry three times\n"} {
		s.then(func() error {
			_, err := s.cpython.Push(s.pr(n).Head, ghtest.Commit{Message: text, Author: "alice",
				Files: map[string]ghtest.File{"Tools/spam.py": ghtest.Text(text)}})
			return err
		})
		s.labelled(n, "awaiting core review")
	}
	if asked := s.pr(n).Reviewers; !slices.Equal(asked, []string{"dana"}) {
		t.Errorf("asked again: %q, want dana", asked)
	}
	s.answered(n, "@dana, please review it again") // once for both pushes
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting merge")
	s.quiet(n)
}

// TestReviewerLeft: the review of someone who left the team counts as anyone's,
// from the next event on, without waiting until the team is read again in time.
func TestReviewerLeft(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposal("gh-140000: Fry")
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes")
	s.then(func() error { return s.github.LeaveTeam("python", "python-core", "dana") })
	s.then(func() error { return s.cpython.EditTitleBy(n, "alice", "gh-140000: Fry it") })
	s.labelled(n, "awaiting core review")
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting core review")
	s.then(func() error { return s.github.JoinTeam("python", "python-core", "dana") })
	s.then(func() error { return s.cpython.EditTitleBy(n, "alice", "gh-140000: Fry it well") })
	s.labelled(n, "awaiting merge")
	s.answered(n, "@alice, thank you for your work")
	s.quiet(n)
}

// TestDraftAndReady: a draft has no stage, and what is ready has that of its
// reviews. A core developer's own needs no first review.
func TestDraftAndReady(t *testing.T) {
	t.Parallel()
	s := twoReviewers(t)
	n := s.proposes(ghtest.PR{Title: "gh-140000: Fry", Author: "guido", Draft: true},
		map[string]ghtest.File{"Tools/spam.py": ghtest.Text("fry\n")})
	s.labelled(n)
	s.gives(n, "eric", "APPROVED")
	s.labelled(n)
	s.then(func() error { return s.cpython.SetDraft(n, false) })
	s.labelled(n, "awaiting core review")
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting merge")
	s.then(func() error { return s.cpython.SetDraft(n, true) })
	s.labelled(n)
	s.then(func() error { return s.cpython.SetDraft(n, false) })
	s.labelled(n, "awaiting merge")
	s.then(func() error { return s.cpython.Close(n, "guido") })
	s.labelled(n, "awaiting merge") // closed: as it was
	s.then(func() error { return s.cpython.Reopen(n, "guido") })
	s.then(func() error { _, err := s.cpython.Merge(n, "guido"); return err })
	s.labelled(n)
	s.answered(n)
	s.quiet(n)
}
