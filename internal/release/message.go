package release

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
)

const about = "Keeps a comment in a version's tracking issue that says whether the next release is ready and why not, and a daily " +
	"digest of what waits for the release manager."

// Reasons.
const (
	openBlockers  = "%s open: %s."
	blocksAll     = ", which names no version and so counts for every one"
	missingBranch = "The branch %s doesn't exist."
	redBranch     = "The checks of %s are red since %s."
	redOrEarlier  = "%s, or longer"
	missingFixes  = "%s missing on the branch: %s."
	unknownABI    = "Nobody could check whether the frozen ABI was broken since the last release: GitHub showed too little. " +
		"`bot abi` can read a clone."
	openFixes  = "%s merged into the branch yet: %s."
	brokenABI  = "The ABI is frozen, but it has been broken since %s: %s."
	faultyNews = "%s would break the release, or be lost."
)

// What isn't known.
const (
	runningSince    = "The checks of %s are still running; the newest that ended are green, on %s."
	runningOnly     = "The checks of %s are still running, and those of the commits before haven't ended either."
	noChecks        = "No checks have run on the head of %s (%.10s) yet."
	tooManyBlockers = "There are more than a hundred blockers with one label, and some of them aren't shown here."
	unreadNews      = "GitHub doesn't show the text of %s."
	tooManyPulls    = "There are too many pull requests to list, so some may be missing here."
)

// What's worth knowing.
const (
	dumpedOne      = "%s only changes the ABI dump, which may be harmless: have a look."
	dumpedSome     = "%s only change the ABI dump, which may be harmless: have a look."
	approvedBreak  = "%s breaks the ABI; %s approved it."
	branchUncut    = "The branch %s doesn't exist yet, so this is about %s."
	frozenNow      = "%s is frozen: only its release manager merges."
	thawedNow      = "%s has been thawed early."
	refusedBy      = "; %s refused it"
	refusedFix     = "The security fix %s isn't on the branch; %s refused it."
	approvedBreaks = "%s break the ABI; %s approved them."
)

// Why what came since the last release isn't known.
const (
	noReleaseYet  = "%s has no release yet to compare with."
	noTag         = "The bot couldn't read what came since the last release: the tag %s doesn't exist."
	unreadChanges = "The bot couldn't read all that came since %s. bot abi can read a clone."
)

// What empty tables mean.
const (
	noBreaks = "No ABI breaks found since the last release."
	noFaults = "All NEWS entries can be released."
)

// Why something waits for the release manager.
const (
	openFix          = "a security fix, still open"
	isBlocker        = "it blocks the release"
	changesMade      = "a release manager requested changes, and commits or another review request followed"
	approvedSecurity = "it's approved, and only a release manager merges into a security branch"
	approvedFrozen   = "it's approved, and only a release manager merges into a frozen branch"
	asksBackport     = "a backport to %s is requested: %s"
	lacksFix         = "%s lacks this fix: %s"
)

func blockSome(unnamed []string) string {
	verb := "names no version and so counts"
	if len(unnamed) > 1 {
		verb = "name no version and so count"
	}
	return fmt.Sprintf(" (%s %s for every one)", list(unnamed), verb)
}

func unknownVersion(version string) string {
	return fmt.Sprintf("The release data doesn't list %s: is the version right? If so, add it to `backport.overrides` in the settings.",
		version)
}

func endOfLife(version string, b lifecycle.Branch) string {
	switch {
	case b.EndOfLife.IsZero():
		return version + " reached its end of life, so it has no more releases."
	case b.EndOfLifeByMonth:
		month := b.EndOfLife.AddDate(0, -1, 0).Format("January 2006")
		return fmt.Sprintf("%s reached its end of life in %s, so it has no more releases.", version, month)
	}
	return fmt.Sprintf("%s reached its end of life on %s, so it has no more releases.", version, b.EndOfLife.Format("2 January 2006"))
}

func nothingPlanned(version string) string {
	return fmt.Sprintf("The release data has no next release of %s.", version)
}

func missingTag(last Planned) string {
	return fmt.Sprintf("The release data says that %s was released on %s, but the tag %s doesn't exist.",
		last.Name, last.Date, last.Tag)
}

// Headline is the verdict in a sentence.
func (r Readiness) Headline() string {
	what := "The next release of " + r.Version
	if r.Next != nil {
		what = r.Next.Name
	}
	switch r.Verdict {
	case Ready:
		return what + " is ready."
	case NotReady:
		return what + " isn't ready."
	}
	if r.Phase == string(lifecycle.EndOfLife) {
		return r.Version + " has no next release."
	}
	return "I can't tell whether " + strings.Replace(what, "The ", "the ", 1) + " is ready."
}

// due says when the next release is, with the words for how far away that is.
func (r Readiness) due(left func(days int) string) string {
	switch {
	case r.Next == nil && r.Phase == string(lifecycle.Security):
		return "No date is planned: security branches are released when there's a reason to."
	case r.Next == nil:
		return ""
	}
	switch {
	case r.Next.Days < 0:
		return fmt.Sprintf("It was due on %s, but isn't tagged yet.", r.Next.Date)
	case r.Next.Days <= 1:
		return fmt.Sprintf("It's due %s (%s).", left(r.Next.Days), r.Next.Date)
	}
	return fmt.Sprintf("It's due on %s, %s.", r.Next.Date, left(r.Next.Days))
}

// exactly is how far away a day is.
func exactly(days int) string {
	switch days {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	return fmt.Sprintf("in %d days", days)
}

// roughly is the same for a comment, which must not change every day: only the last two
// weeks are counted in days.
func roughly(days int) string {
	if days <= 14 {
		return exactly(days)
	}
	return fmt.Sprintf("in about %d weeks", (days+3)/7)
}

// people names the release managers.
func (r Readiness) people() string {
	var all []string
	for _, m := range r.Managers {
		login := m.Login
		if login == "" {
			login = "login unknown: add it to backport.managers in the settings"
		}
		all = append(all, fmt.Sprintf("%s (%s)", oneLine(m.Name), login))
	}
	switch len(all) {
	case 0:
		return "The release data names no release manager."
	case 1:
		return "Release manager: " + all[0] + "."
	}
	return "Release managers: " + strings.Join(all, ", ") + "."
}

// life says where the branch is in its life.
func (r Readiness) life() string {
	if r.ended != "" || r.Branch == "" {
		return r.ended
	}
	text := fmt.Sprintf("%s is %s.", r.Branch, lifecycle.Phase(r.Phase).Words())
	if r.Last == nil {
		return text + " The release data has no earlier release of it."
	}
	if r.Last.expected { // its tag is there; when it came isn't known
		return fmt.Sprintf("%s The last release was %s, planned for %s.", text, r.Last.Name, r.Last.Date)
	}
	return fmt.Sprintf("%s The last release was %s on %s.", text, r.Last.Name, r.Last.Date)
}

// count is a number with a word for one or many.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// maxListed is how many numbers a sentence has.
const maxListed = 10

func list(all []string) string {
	if more := len(all) - maxListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:maxListed], ", "), more)
	}
	return strings.Join(all, ", ")
}

// maxTitle is how much of a title is shown, in characters.
const maxTitle = 120

// oneLine is a text that people chose, for a line of a table.
func oneLine(text string) string { return markdown.Line(text, maxTitle) }

// The nightly build.
const (
	failedNight    = "The nightly build of %s has failed since %s."
	nightPassed    = "The nightly build of %s passed on %.10s (%s)."
	nightFailed    = "The nightly build of %s failed on %.10s (%s)."
	nightGood      = " It last passed on %.10s."
	nightNeverGood = " It hasn't passed on the branch's last hundred commits."
	nightRunning   = "The nightly build of %s is running on %.10s."
	nightNone      = "The nightly build of %s hasn't run on its last hundred commits."
)
