package stage

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

const about = "Keeps the one label that shows what an open pull request waits for. A label that a person chose stands until the next event that matters."

const (
	textChanges = "@%s, thank you for your work. A core developer has reviewed it and asks for changes.\n\n" +
		"When they are made, or answered where you see it differently, leave a comment here with the words `%s`. " +
		"The reviewers are then asked to look again."
	textChangesCore   = "@%s, when the changes are made, leave a comment with the words `%s`. The reviewers are then asked to look again."
	textAnswered      = "Thank you for making the changes!"
	textReviewChanges = "%s, please review them."
	textAnsweredAlone = "A core developer has to review them next."
	textCommits       = "There are new commits since this pull request was approved.\n\n%s, please review it again."
)

// changesText is for the author, unless nobody would read it.
func changesText(s *situation) string {
	switch {
	case s.r.Bot || !isPerson(s.r.Author):
		return ""
	case s.r.IsCore(s.r.Author):
		return fmt.Sprintf(textChangesCore, s.r.Author, s.phrases.toSay)
	}
	return fmt.Sprintf(textChanges, s.r.Author, s.phrases.toSay)
}

func answeredText(s *situation) string {
	if whom := s.requesters(); len(whom) > 0 {
		return textAnswered + "\n\n" + fmt.Sprintf(textReviewChanges, named(whom))
	}
	return textAnswered + " " + textAnsweredAlone
}

func commitsText(s *situation) string { return fmt.Sprintf(textCommits, named(s.approvers())) }

func named(whom []pull.Reviewer) string {
	var all []string
	for _, r := range whom {
		all = append(all, "@"+r.Login)
	}
	return strings.Join(all, ", ")
}
