package release

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Keys of the two comments in a tracking issue.
const (
	readinessKey = "readiness"
	digestKey    = "release-digest"
)

const (
	readinessEnd = "\nI update this comment once a day and when blockers change. `bot readiness %s` prints it at any time.\n"
	digestTitle  = "### Waiting for the release manager of %s\n\n"
	digestNew    = "%s, %s your decision:\n\n"
	digestNobody = "Nobody's login is known here, so I can't mention the release manager: add it to `backport.managers` in the settings.\n\n"
	digestOld    = "Nothing new since the last digest. This still waits for %s:\n\n"
	digestEmpty  = "As of %s, nothing is waiting.\n"
	digestEnd    = "\nAs of %s, the oldest first. I update this comment once a day while something waits.\n"
)

// comment is the readiness as it stands in the tracking issue. It doesn't change with the
// hours.
func (r Readiness) comment() pull.Note {
	var b strings.Builder
	about := markdown.Quiet(strings.Join(sentences(r.due(roughly), r.people(), r.life()), " "))
	fmt.Fprintf(&b, "### %s\n\n%s\n", r.Headline(), about)
	unknown := "I couldn't tell because:"
	if r.Verdict == NotReady {
		unknown = "I couldn't check everything:"
	}
	for _, part := range []struct {
		title string
		all   []string
	}{{"It isn't ready because:", r.Reasons}, {unknown, r.Unknown}, {"Worth knowing:", r.Notes}} {
		if len(part.all) > 0 {
			fmt.Fprintf(&b, "\n%s\n\n- %s\n", part.title, strings.Join(part.all, "\n- "))
		}
	}
	var notes []string
	for _, t := range r.Tables() {
		if len(t.Rows) > 0 {
			b.WriteString("\n" + t.markdown())
		} else {
			notes = append(notes, t.Note)
		}
	}
	if len(notes) > 0 {
		fmt.Fprintf(&b, "\n- %s\n", strings.Join(notes, "\n- "))
	}
	fmt.Fprintf(&b, readinessEnd, r.Version)
	return pull.Note{Key: readinessKey, Body: b.String()}
}

// markdown writes a table of GitHub's Markdown. What people chose, such as titles, is code.
func (t Table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n\n| %s |\n|%s\n", t.Title, strings.Join(t.Columns, " | "), strings.Repeat(" --- |", len(t.Columns)))
	for _, row := range t.Rows {
		cells := slices.Clone(row)
		last := len(cells) - 1
		cells[last] = markdown.CodeCell(cells[last])
		if !strings.HasPrefix(cells[0], "#") && cells[0] != someEntry {
			cells[0] = markdown.CodeCell(cells[0])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	if t.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", t.Note)
	}
	return b.String()
}

// maxItems is how many of those that wait a digest counts: a comment's data is limited.
const maxItems = 1000

// digested is what a digest's comment remembers.
type digested struct {
	Day   string `json:"day"`   // of the digest
	Items []int  `json:"items"` // numbers
}

// digest returns the digest that is due at a time, if it must be written: once a day, while something
// waits, and once after that.
func (r Readiness) digest(at time.Time, posted pull.PostedNote) (pull.Note, bool) {
	var before digested
	_ = json.Unmarshal([]byte(posted.Data), &before) // a digest that isn't there, or of another form, had nothing
	today := digested{Day: at.Format(time.DateOnly), Items: []int{}}
	if before.Day >= today.Day || len(r.Waiting)+len(before.Items) == 0 {
		return pull.Note{}, false
	}
	fresh := 0
	for _, w := range r.Waiting[:min(len(r.Waiting), maxItems)] {
		if today.Items = append(today.Items, w.Number); !slices.Contains(before.Items, w.Number) {
			fresh++
		}
	}
	return pull.Note{Key: digestKey, Body: r.digestText(today.Day, fresh, before.Items), Data: pull.Data(today)}, true
}

func (r Readiness) digestText(day string, fresh int, before []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, digestTitle, r.Version)
	var mentions []string
	whom := "the release manager"
	for _, m := range r.Managers {
		if m.Login != "" {
			mentions = append(mentions, "@"+m.Login)
			whom = strings.ReplaceAll(strings.Join(mentions, " and "), "@", "")
		}
	}
	switch {
	case len(r.Waiting) == 0:
		fmt.Fprintf(&b, digestEmpty, day)
		return b.String()
	case fresh == 0:
		fmt.Fprintf(&b, digestOld, whom)
	case len(mentions) == 0:
		b.WriteString(digestNobody)
	default:
		fmt.Fprintf(&b, digestNew, strings.Join(mentions, ", "), count(fresh, "new item needs", "new items need"))
	}
	row := func(w Waiting) []string {
		mark := ""
		if !slices.Contains(before, w.Number) {
			mark = "new"
		}
		return []string{number(w.Number), w.Since, mark, w.Why, w.Title}
	}
	b.WriteString(table("Waiting", "", []string{"", "since", "", "why", "title"}, r.Waiting, row).markdown())
	fmt.Fprintf(&b, digestEnd, day)
	return b.String()
}
