package abi

import (
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Announcement says what the next release is.
type Announcement struct {
	Scheme lifecycle.Scheme
	Last   *Release  // nil before the first one
	Coming []Planned // from Coming; the first one is announced
	Breaks []Break
	Stable Stable
}

// Requires is the metadata that a project needs which the breaks affect: with it, earlier
// pre-releases don't get what was rebuilt. It's "" without breaks, and for a first release.
func (a Announcement) Requires() string {
	if len(a.Breaks) == 0 || a.Last == nil || len(a.Coming) == 0 || !a.Coming[0].preFreeze() {
		return ""
	}
	next := a.Coming[0].Release
	if !rolling(a.Scheme) {
		return fmt.Sprintf("Python-Requires: >= %q; python_version == %q", next, next.Version)
	}
	after := Release{Version: next.Version, Stage: "b", Serial: next.Serial + 1}
	if len(a.Coming) > 1 {
		after = a.Coming[1].Release
	}
	return fmt.Sprintf("Python-Requires: >= %q; python_version == %q and full_python_version != %q", after, next.Version, next)
}

// width of the announcement's lines, in characters.
const width = 80

// String is the text, in reStructuredText. It's "" without a coming release.
func (a Announcement) String() string {
	if len(a.Coming) == 0 {
		return ""
	}
	var t text
	if rolling(a.Scheme) && a.Coming[0].Micro == 0 && a.Coming[0].Stage != "" {
		a.rolling(&t)
	} else {
		a.other(&t)
	}
	return strings.Join(t, "\n\n") + "\n"
}

// rolling is PEP 605's announcement.
func (a Announcement) rolling(t *text) {
	next := a.Coming[0]
	if next.Stage == "rc" {
		a.candidate(t)
		return
	}
	first := fmt.Sprintf(textPreview, ordinal(next.Serial), next.Version)
	switch {
	case a.Last == nil:
		t.add(first + textFirst)
	case next.Stage == "a":
		t.add(first + fmt.Sprintf(textAlpha, a.Last))
	default:
		t.add(first + fmt.Sprintf(textBeta, a.Last))
	}
	a.changes(t, textMetadata)
	if len(a.Coming) > 1 {
		t.add(fmt.Sprintf(textNext, next.Version, a.Coming[1], day(a.Coming[1].Date)))
	}
}

func (a Announcement) candidate(t *text) {
	next := a.Coming[0]
	if next.Serial > 1 {
		t.add(fmt.Sprintf(textLater, ordinal(next.Serial), next.Version, next.Version))
	} else {
		t.add(fmt.Sprintf(textCandidate, ordinal(next.Serial), next.Version))
	}
	a.changes(t, textMetadata)
	if next.Serial == 1 {
		t.head(fmt.Sprintf(headFinal, next.Version))
		t.add(fmt.Sprintf(textFinal, next.Version))
	}
	switch {
	case len(a.Coming) > 2 && a.Coming[1].Stage == "rc":
		t.add(fmt.Sprintf(textCandidateNext, ordinal(a.Coming[1].Serial), day(a.Coming[1].Date), next.Version, day(a.Coming[2].Date)))
	case len(a.Coming) > 1:
		t.add(fmt.Sprintf(textFinalNext, next.Version, day(a.Coming[1].Date)))
	}
}

// other is the announcement of a release whose name says nothing about the ABI.
func (a Announcement) other(t *text) {
	next := a.Coming[0]
	names := map[string]string{"a": "alpha release", "b": "beta release", "rc": "release candidate"}
	first := fmt.Sprintf(textMicro, next.Version)
	switch {
	case next.Stage != "":
		first = fmt.Sprintf(textStage, ordinal(next.Serial), names[next.Stage], next.Version)
	case next.Micro == 0:
		first = fmt.Sprintf(textFirstOfAll, next.Version)
	}
	switch {
	case a.Last == nil:
	case len(a.Breaks) > 0:
		first += fmt.Sprintf(textBreaks, a.Last)
	case a.Last.preFreeze(): // markers may be missing, and nothing else keeps the ABI yet
		first += fmt.Sprintf(textUnbroken, a.Last)
	default:
		first += fmt.Sprintf(textKeeps, a.Last)
	}
	t.add(first)
	a.changes(t, textRebuilt)
	if len(a.Coming) > 1 {
		t.add(fmt.Sprintf(textAfter, a.Coming[1], day(a.Coming[1].Date)))
	}
}

// changes lists breaks, with the metadata that they need, and additions.
func (a Announcement) changes(t *text, metadata string) {
	if a.Last == nil {
		return
	}
	if len(a.Breaks) > 0 {
		t.head(fmt.Sprintf(headBreaks, a.Last, a.Coming[0]))
		var items []string
		for _, b := range a.Breaks {
			items = append(items, b.Text...)
		}
		t.list(items)
		if line := a.Requires(); line != "" {
			t.add(metadata)
			*t = append(*t, "    "+line)
		}
	}
	if len(a.Stable.Added) > 0 {
		t.head(fmt.Sprintf(headStable, a.Last))
		var items []string
		for _, name := range a.Stable.Added {
			kind, name, _ := strings.Cut(name, " ")
			items = append(items, kind+" ``"+name+"``")
		}
		t.list(items)
	}
}

// text is reStructuredText, paragraph by paragraph.
type text []string

func (t *text) add(paragraph string) {
	*t = append(*t, strings.TrimSuffix(changelog.Reflow(paragraph, width), "\n"))
}

func (t *text) head(title string) { *t = append(*t, title+"\n"+strings.Repeat("^", len(title))) }

func (t *text) list(items []string) {
	for i, item := range items {
		lines := strings.TrimSuffix(changelog.Reflow(item, width-2), "\n")
		items[i] = "* " + strings.ReplaceAll(lines, "\n", "\n  ")
	}
	*t = append(*t, strings.Join(items, "\n"))
}

func day(d time.Time) string {
	if d.IsZero() {
		return "a day that isn't known yet"
	}
	return d.Format(time.DateOnly)
}

func ordinal(n int) string {
	if n < len(words) {
		return words[n]
	}
	endings := map[int]string{1: "st", 2: "nd", 3: "rd"}
	ending := endings[n%10]
	if ending == "" || n%100/10 == 1 {
		ending = "th"
	}
	return fmt.Sprint(n, ending)
}

// Frozen reports whether the ABI may no longer change: after candidate 1.
func (a Announcement) Frozen() bool { return a.Last != nil && !a.Last.preFreeze() }
