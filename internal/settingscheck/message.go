package settingscheck

import (
	"fmt"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
)

// The texts of the settings check, for people.
const (
	about = "Checks `" + config.RepositoryFile + "` and `" + labeler.Path + "` in pull requests, and marks every fault on its line."

	summaryFaults   = "Until these are fixed, the current settings still apply, even if this is merged:\n\n%s"
	summaryLeftOut  = "If this is merged, these rules are ignored, and all others apply:\n\n%s"
	summaryWarnings = "\n\nSome of it doesn't mean what you might expect:\n\n%s"
	annotationTitle = "Concorde settings"

	titleUnused   = "The label rules aren't used"
	summaryUnused = "`labels.labeler` is off in the settings, so this file has no effect."

	faultUnread = "I couldn't read the file: push again, and tell the bot's operator if that doesn't help"
	faultKind   = "the file is a %s: replace it with a regular file"
)

// texts on one file.
type texts struct{ titleValid, summaryValid, titleRemoved, summaryRemoved string }

var (
	settingsTexts = texts{
		"The settings are valid", "They apply as soon as this is merged.",
		"This removes the repository's own settings", "Once this is merged, only the central settings apply.",
	}
	labelRuleTexts = texts{
		"The label rules are valid", "They apply as soon as this is merged.",
		"This removes the repository's label rules", "Once this is merged, only the rules in the settings apply.",
	}
)

func titleFaults(n int, path string) string {
	if n == 1 {
		return "1 fault in " + path
	}
	return fmt.Sprintf("%d faults in %s", n, path)
}
