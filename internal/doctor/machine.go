package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/git"
)

// late is how long work may be due before the bot counts as behind: /readyz's default.
const late = 10 * time.Minute

func (v *visit) database(ctx context.Context) result {
	db, err := v.Database(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return one(Finding{State: Note, Text: "There is no database yet.", Cure: "No action needed: \"bot serve\" makes one."})
	}
	if err != nil {
		return one(Finding{State: Problem, Text: fmt.Sprintf("The database can't be opened: %s.", line(err)),
			Cure: "Check DATABASE_URL, and that this user may read the file."})
	}
	defer db.Close()
	have, newest, err := db.Version(ctx)
	switch {
	case err != nil:
		return one(Finding{State: Problem, Text: fmt.Sprintf("The database can't be read: %s.", line(err)),
			Cure: "Check that the server runs and that DATABASE_URL names the bot's database."})
	case have > newest:
		return one(Finding{State: Problem, Text: fmt.Sprintf("A newer program made the database's tables: version %d, and this program knows "+
			"%d.", have, newest), Cure: "Use the newer program."})
	case have < newest:
		return one(Finding{State: Note, Text: fmt.Sprintf("The database's tables have version %d, this program's have version %d.", have, newest),
			Cure: "No action needed: \"bot serve\" upgrades them."})
	}
	stats, err := db.Stats(ctx)
	if err != nil {
		return one(Finding{State: Problem, Text: fmt.Sprintf("The queue can't be read: %s.", line(err)), Cure: "See the bot's log."})
	}
	if stats.Overdue > late {
		return one(Finding{State: Problem, Text: fmt.Sprintf("Work has been due for %s.", stats.Overdue.Round(time.Second)),
			Cure: "Check that \"bot serve\" runs, and see /readyz and its log."})
	}
	return one(Finding{State: OK, Text: fmt.Sprintf("The database can be read: %d waiting, %d running, %d delayed, %d given up.",
		stats.Waiting, stats.Running, stats.Delayed, stats.GivenUp)})
}

func (v *visit) progress(ctx context.Context) result {
	db, err := v.Database(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return one(Finding{State: OK, Text: "Nothing is in progress."})
	}
	if err != nil { // it could be opened a moment ago
		return one(Finding{State: Unknown, Text: fmt.Sprintf("The database can't be opened: %s.", line(err))})
	}
	defer db.Close()
	found, err := v.Progress(ctx, db)
	if err != nil {
		return one(Finding{State: Unknown, Text: fmt.Sprintf("Background work can't be read: %s.", line(err)), Cure: "See the bot's log."})
	}
	if len(found) == 0 {
		return one(Finding{State: OK, Text: "No background work on many pull requests is in progress."})
	}
	var r result
	for _, text := range found {
		r.findings = append(r.findings, Finding{State: Note, Text: upper(text) + "."})
	}
	return r
}

func (v *visit) git(ctx context.Context) result {
	found, err := git.Version(ctx)
	if err != nil {
		return one(Finding{State: Problem, Text: upper(err.Error()) + ".", Cure: "Install git 2.38 or later, and check that it's in PATH."})
	}
	return one(Finding{State: OK, Text: "git is version " + found + "."})
}

func (v *visit) disk(context.Context) result {
	var found []Finding
	for _, d := range v.Dirs {
		free, err := git.Free(d.Path)
		f := Finding{Subject: d.Path, State: OK, Text: fmt.Sprintf("%s are free for %s.", size(free), d.Use)}
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			f.State, f.Text = Note, "This system doesn't show the free space."
		case err != nil:
			f.State, f.Text, f.Cure = Problem, fmt.Sprintf("The directory for %s can't be used: %s.", d.Use,
				line(err)), "Create it for the bot's user."
		case free < d.Needs:
			f.State, f.Text, f.Cure = Problem, fmt.Sprintf("Only %s are free for %s, which needs %s.", size(free), d.Use,
				size(d.Needs)), "Free some space, or choose another disk."
		}
		found = append(found, f)
	}
	return result{findings: found}
}

// stale is how old the newest release may be: there's one at least every two months
// (PEP 602).
const stale = 100 * 24 * time.Hour

func (v *visit) releaseData(ctx context.Context) result {
	calendar, err := v.Calendar(ctx)
	if calendar == nil {
		return one(Finding{State: Problem, Text: fmt.Sprintf("There is no release data: %s.", line(err)),
			Cure: "Correct --lifecycle-cycle-url and --lifecycle-releases-url."})
	}
	v.learn(func(f *facts) { f.calendar = calendar })
	newest, found := calendar.Newest()
	if !found {
		return result{findings: []Finding{{State: Problem, Text: "The release data has no release.", Cure: "Correct --lifecycle-releases-url."}}}
	}
	age := v.Now().Sub(newest.Date)
	f := Finding{State: OK, Text: fmt.Sprintf("The release data goes up to %s of %s.", newest, newest.Date.Format("2 January 2006"))}
	if err != nil {
		f.State, f.Text = Note, fmt.Sprintf("Newer release data can't be read: %s. The current data ends with %s of %s.", line(err), newest,
			newest.Date.Format("2 January 2006"))
		f.Cure = "Let the bot reach peps.python.org, or set --lifecycle-cycle-url and --lifecycle-releases-url."
	}
	if age > stale {
		f.State = Problem
		f.Text = fmt.Sprintf("The release data is old: it ends with %s of %s", newest, newest.Date.Format("2 January 2006"))
		if err != nil {
			f.Text += ", and newer data can't be read: " + line(err)
		}
		f.Text += "."
		f.Cure = "Let the bot reach peps.python.org, or use a newer version of it."
	}
	return result{findings: []Finding{f}}
}

func size(bytes int64) string {
	if bytes >= 1<<30 {
		return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}

// upper makes a text the start of a sentence.
func upper(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	if n == 0 || strings.HasPrefix(text, "git ") {
		return text
	}
	return string(unicode.ToUpper(first)) + text[n:]
}
