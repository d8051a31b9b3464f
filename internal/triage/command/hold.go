package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// turn is that somebody stopped the bot here, or had it go on. The newest one counts.
type turn struct {
	pull.Hold
	goOn bool
	note string // the bot's comment that shows it; "" for a command in a person's
}

// What somebody asks for on the pull request's page, in the audit log.
const (
	askedHold   = "hold, asked on the page"
	askedResume = "resume, asked on the page"
)

// maxReason bounds the reason of a hold, in characters.
const maxReason = 200

// PageHold is the entry of the audit log by which the rule learns that somebody who may do
// so holds a pull request on its page, since h.Since in whole seconds, as GitHub's times
// are. The rule then comments, and from then on only the comment counts.
func PageHold(h pull.Hold) pull.LogEntry {
	e := PageResume(h.By, h.Since)
	e.Action, e.Why = askedHold, reason(h.Why)
	if !h.Until.IsZero() {
		e.After = "until " + h.Until.UTC().Format(time.DateOnly)
	}
	return e
}

// PageResume is the same for somebody who ends a hold.
func PageResume(by string, at time.Time) pull.LogEntry {
	return pull.LogEntry{At: at.UTC().Truncate(time.Second), Rule: ruleName, Action: askedResume, Cause: "page, by " + by}
}

// turns are all that people said about going on, oldest first.
func (c Config) turns(r *pull.Request, comments []commandComment) []turn {
	var all []turn
	for _, o := range comments {
		if !c.stands(r, o, verbHold) {
			continue
		}
		if o.Unread && o.Done && c.ranks(r, o.By, verbHold) { // it may be a hold
			all = append(all, turn{Hold: pull.Hold{By: o.By, Since: o.At, Why: holdUnread}})
		}
		for _, k := range o.commands {
			if h, fault := holdOf(k.name, o.At); k.verb == verbHold && fault != faultPastDay {
				h.By = o.By
				all = append(all, turn{Hold: h})
			}
			if k.verb == verbResume {
				all = append(all, turn{Hold: pull.Hold{By: o.By, Since: o.At}, goOn: true})
			}
		}
	}
	all = append(all, pageTurns(r)...)
	slices.SortStableFunc(all, func(a, b turn) int {
		if order := a.Since.Compare(b.Since); order != 0 {
			return order
		}
		return strings.Compare(cmp.Or(a.note, "~"), cmp.Or(b.note, "~")) // a comment in the same second answers the page
	})
	return all
}

// pageTurns are those of the bot's own comments, and those that it hasn't commented yet.
func pageTurns(r *pull.Request) []turn {
	var all []turn
	asked := map[string]turn{}
	posted := map[string]bool{}
	for _, e := range r.AuditLog {
		if t, is := askedIn(e); is {
			asked[t.note] = t
		}
		posted[strings.TrimPrefix(e.Action, pull.AddNote{}.Kind()+" ")] = true
	}
	for key, note := range r.Notes {
		var h pull.Hold
		_, goOn := strings.CutPrefix(key, notePrefix(true))
		_, holds := strings.CutPrefix(key, notePrefix(false))
		if t, known := asked[key]; note.Hidden && known {
			all = append(all, t)
		} else if (goOn || holds) && json.Unmarshal([]byte(note.Data), &h) == nil && !h.Since.IsZero() {
			all = append(all, turn{h, goOn, key})
		}
	}
	for key, t := range asked {
		if _, there := r.Notes[key]; !there && !posted[key] { // a comment that someone deleted counts no more
			all = append(all, t)
		}
	}
	return all
}

// askedIn reads an entry that PageHold or PageResume made.
func askedIn(e pull.LogEntry) (turn, bool) {
	by, page := strings.CutPrefix(e.Cause, "page, by ")
	if !page || e.Action != askedHold && e.Action != askedResume {
		return turn{}, false
	}
	t := turn{Hold: pull.Hold{By: by, Since: e.At, Why: e.Why}, goOn: e.Action == askedResume}
	if day, err := time.Parse("until "+time.DateOnly, e.After); err == nil {
		t.Until = day
	}
	t.note = notePrefix(t.goOn) + fmt.Sprint(e.At.Unix())
	return t, true
}

// notePrefix begins the keys of the bot's comments on what people ask for on the page.
func notePrefix(goOn bool) string {
	if goOn {
		return verbResume + "-"
	}
	return verbHold + "-"
}

// heldAt is the hold at a time, by the turns that came before it; nil if there's none.
func heldAt(turns []turn, at time.Time) *pull.Hold {
	var last *turn
	for i := range turns {
		if turns[i].Since.Before(at) {
			last = &turns[i]
		}
	}
	if last == nil || last.goOn || !last.Until.IsZero() && !at.Before(last.Until) {
		return nil
	}
	return &last.Hold
}

// heard are the comments with commands, each with the hold that it came into.
func (c Config) heard(r *pull.Request) ([]commandComment, []turn) {
	all := commandComments(r)
	if r.Issue {
		return all, nil
	}
	turns := c.turns(r, all)
	for i, o := range all {
		all[i].held = heldAt(turns, o.At)
	}
	return all, turns
}

// heeded are a comment's commands, without those that were turned down because of a hold.
func (c Config) heeded(r *pull.Request, o commandComment) (all []command) {
	for _, k := range o.commands {
		if k.verb == verbResume && c.stands(r, o, verbHold) {
			o.held = nil // for the rest of this comment
		}
		if v, _ := verbOf(k.verb); o.held == nil || v.held {
			all = append(all, k)
		}
	}
	return all
}

// holding has the bot stop here, or says that it goes on.
func holding(r *pull.Request, turns []turn) pull.Want {
	var want pull.Want
	now := r.Now
	if n := len(turns); n > 0 && turns[n-1].Since.After(now) { // GitHub's clock is ahead, but it has been said
		now = turns[n-1].Since
	}
	hold := heldAt(turns, now.Add(time.Second)) // GitHub's times are whole seconds, and one of them is this one
	for _, t := range turns {
		if t.note == "" {
			continue
		}
		inForce := hold != nil && *hold == t.Hold
		want.Notes = append(want.Notes, pull.Note{Key: t.note, Body: turnText(r.Me, t, inForce), Data: pull.Data(t.Hold)})
	}
	want.Stop = hold
	if hold != nil {
		want.Again = hold.Until
	}
	return want
}

// untilDay is the end of a hold in words: a day, whose start is meant (UTC), also one that
// isn't written as it should be.
var untilDay = regexp.MustCompile(`(?i)(^|[\s(])(?:until|till):?\s+(\d[\w-]*|\d{4}[-./]\S+|\d{1,2}[-./]\d{1,2}[-./]\d{4}|today|tomorrow|` +
	`(?:mon|tues|wednes|thurs|fri|satur|sun)day)[.,;:!?)]*(?:\s|$)`)

// holdOf reads what follows the verb of a command of a time. With a fault it's a hold without
// an end, whose day can't be read, or none, whose day is past.
func holdOf(text string, at time.Time) (h pull.Hold, fault string) {
	h.Since = at
	if m := untilDay.FindStringSubmatchIndex(text); m != nil {
		switch day, err := time.Parse(time.DateOnly, text[m[4]:m[5]]); {
		case err != nil:
			fault = holdNoDay
		case !day.After(at):
			return h, faultPastDay
		default:
			h.Until, text = day, text[:m[2]]+" "+text[m[1]:]
		}
	}
	text = strings.Trim(text, stops)
	if word, rest := firstWord(text); word == "because" || word == "since" || word == "for" && rest != "" {
		text = rest
	}
	h.Why = reason(text)
	return h, fault
}

// stop carries out a command to hold: turns has what it does.
func (t *execution) stop(k command) {
	switch _, fault := holdOf(k.name, t.At); fault {
	case holdNoDay:
		t.extra(holdNoDay)
	case faultPastDay:
		t.fault(k, faultPastDay)
	}
}

// reason is a text in one line, and not too long.
func reason(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxReason {
		return string(runes[:maxReason-1]) + "…"
	}
	return text
}
