package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

type logCmd struct {
	Database string `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"The bot's database."`
	Since    string `placeholder:"TIME" help:"Only entries since then, such as 2026-11-30 (UTC), 2026-11-30T14:00:00Z, 36h or 7d."`
	JSON     bool   `help:"Print JSON lines."`
	Key      string `arg:"" optional:"" name:"owner/repo[#n]" help:"A pull request or issue, such as python/cpython#12345, or a repository."`
}

func (logCmd) Help() string {
	return `Prints the audit log, oldest first: what the bot wrote to GitHub, when, by which rule, what caused it (a webhook's
delivery ID, a sweep, …), and what it replaced. The bot may run meanwhile. Comments are shown by their names and first words.`
}

// written is an entry of the audit log as JSON.
type written struct {
	Key string `json:"key"`
	pull.LogEntry
}

func (c *logCmd) Run(s streams) error {
	since, err := parseSince(c.Since, s.now())
	if err != nil {
		return misuse(err)
	}
	var of pull.Key
	if c.Key != "" {
		if of, err = pull.ParseKey(c.Key); err != nil {
			return misuse(err)
		}
	} else if since.IsZero() {
		return misuse(errors.New("printing the audit log: name a pull request, issue or repository, or a time with --since"))
	}
	reader, err := openReader(s, c.Database)
	if err != nil {
		return err
	}
	defer reader.Close()
	name, found := "", 0
	if of.Number != 0 {
		name = of.String()
	}
	err = reader.Log(s.ctx, name, since, func(e queue.Entry) error {
		key, err := pull.ParseKey(e.Key)
		if err != nil || c.Key != "" && !strings.EqualFold(key.Repository().String(), of.Repository().String()) {
			return nil
		}
		var entry pull.LogEntry
		if err := json.Unmarshal(e.Value, &entry); err != nil || entry.Rule == "" { // the bot's own notes
			return nil
		}
		found++
		entry.At = e.At
		return c.print(s, written{e.Key, entry})
	})
	if err == nil && found == 0 {
		fmt.Fprintln(s.stderr, "bot: the audit log has no entries for this")
	}
	return err
}

// openReader opens the bot's database to read it, while the bot runs or not.
func openReader(s streams, database string) (*queue.Reader, error) {
	reader, err := queue.OpenReader(s.ctx, database, s.now)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: name the bot's database with --database", err)
	}
	if err != nil {
		return nil, err
	}
	have, newest, err := reader.Version(s.ctx)
	if err == nil && have != newest {
		err = fmt.Errorf("reading the database: its tables have version %d, not %d: use the same program as the bot", have, newest)
	}
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return reader, nil
}

func (c *logCmd) print(s streams, w written) error {
	if c.JSON {
		return json.NewEncoder(s.stdout).Encode(w)
	}
	reasons := []string{"rule " + w.Rule}
	if w.Why != "" {
		reasons = append(reasons, w.Why)
	}
	if w.Cause != "" {
		reasons = append(reasons, "caused by "+w.Cause)
	}
	lines := []string{fmt.Sprintf("%s  %s  %s", w.At.UTC().Format(time.DateTime), w.Key, plainLine(w.Action))}
	for _, side := range []struct{ name, text string }{{"was", w.Before}, {"now", w.After}} {
		if w.tells(side.text) {
			lines = append(lines, "    "+side.name+": "+plainLine(side.text))
		}
	}
	lines = append(lines, "    "+plainLine(strings.Join(reasons, "; ")))
	_, err := fmt.Fprintln(s.stdout, strings.Join(lines, "\n"))
	return err
}

// tells reports whether one side of a change adds something to the action.
func (w written) tells(text string) bool {
	if _, description, found := strings.Cut(text, ": "); found { // a state before it
		text = strings.ReplaceAll(description, `"`, `\"`)
	}
	return !slices.Contains([]string{"", "none", "on", "off"}, text) && !strings.Contains(w.Action, text)
}

// parseSince reads --since; zero if it isn't set.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	given, unit := text, time.Duration(1)
	if days, found := strings.CutSuffix(text, "d"); found {
		text, unit = days+"h", 24
	}
	ago, err := time.ParseDuration(text)
	if err != nil || ago < 0 || ago > 100*365*24*time.Hour/unit {
		return time.Time{}, fmt.Errorf("reading --since: %q isn't a time: expected 2026-11-30, 2026-11-30T14:00:00Z, 36h or 7d", given)
	}
	return now.Add(-ago * unit), nil
}
