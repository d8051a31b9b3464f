package config

import "fmt"

// The texts of the settings check, for people.
const (
	about = "Checks the repository's own settings file, `" + RepositoryFile + "`, in pull requests into the default branch, " +
		"and shows every fault where it is."

	titleValid   = "The settings are valid"
	summaryValid = "They are in force as soon as this is merged."

	titleRemoved   = "The repository's own settings go"
	summaryRemoved = "Once this is merged, the central settings hold here."

	summaryFaults   = "As long as these are not mended, the last valid settings stay in force, also if this is merged:\n\n%s"
	annotationTitle = "Concorde settings"

	faultUnread = "the file could not be read: push once more, and tell the operator of the bot if that does not help"
	faultKind   = "the file is a %s: put a regular file here"
	faultSize   = "the file has %d bytes: at most %d are read"
)

func titleFaults(n int) string {
	if n == 1 {
		return "1 fault in " + RepositoryFile
	}
	return fmt.Sprintf("%d faults in %s", n, RepositoryFile)
}
