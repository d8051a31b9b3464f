package stage

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

const about = "Keeps the one label that shows what an open pull request is waiting for."

const (
	textChanges = "@%s, thank you for your work. A core developer has reviewed it and requested changes.\n\n" +
		"Once you've made them, or replied where you disagree, leave a comment here with the words `%s`. " +
		"I'll then ask the reviewers to take another look."
	textChangesCore = "@%s, once you've made the requested changes, leave a comment with the words `%s`. " +
		"I'll then ask the reviewers to take another look."
	textAnswered      = "Thank you for making the changes!"
	textReviewChanges = "%s, please review them."
	textAnsweredAlone = "A core developer needs to review them next."
	textCommits       = "There are new commits since this pull request was approved.\n\n%s, please review it again."
)

// changesText is for the author, unless that's a bot or a deleted account.
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
