package settingscheck

import (
	"fmt"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
)

// The texts of the settings check, for people.
const (
	about = "Checks `" + config.RepositoryFile + "` and `" + labeler.Path + "` in pull requests, and marks every fault on its line."

	summaryFaults   = "Until these are fixed, the current settings stay in force, even if this is merged:\n\n%s"
	summaryLeftOut  = "When this is merged, these rules are left out, and all others are in force:\n\n%s"
	summaryWarnings = "\n\nSome of it doesn't mean what you might expect:\n\n%s"
	annotationTitle = "Concorde settings"

	titleUnused   = "The label rules aren't used"
	summaryUnused = "`labels.labeler` is off in the settings, so nothing in this file takes effect."

	faultUnread = "the file could not be read: push once more, and tell the operator of the bot if that does not help"
	faultKind   = "the file is a %s: put a regular file here"
)

// texts on one file.
type texts struct{ titleValid, summaryValid, titleRemoved, summaryRemoved string }

var (
	settingsTexts = texts{
		"The settings are valid", "They are in force as soon as this is merged.",
		"The repository's own settings go", "Once this is merged, the central settings hold here.",
	}
	labelRuleTexts = texts{
		"The label rules are valid", "They are in force as soon as this is merged.",
		"The label rules of the repository go", "Once this is merged, those of the settings hold alone.",
	}
)

func titleFaults(n int, path string) string {
	if n == 1 {
		return "1 fault in " + path
	}
	return fmt.Sprintf("%d faults in %s", n, path)
}
