// Package command is the rule on commands in comments, such as "@BOT label +docs".
//
// It's pure, and must not know the other rules. Which labels those keep is passed in.
package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	ruleName = "commands"
	// maxAge bounds how old a comment can be: a bot that is new in a repository must not
	// act on what was written for another bot.
	maxAge = 7 * 24 * time.Hour
	// maxDailyCommands bounds the comments with commands by one person on one pull request
	// in a day (UTC). Which ones count must not depend on what was answered, since
	// applying a plan must leave nothing to do.
	maxDailyCommands = 20
)

// Config of the rule on commands.
type Config struct {
	Settings config.Commands
	Backport config.Backport // its labels, and who the release managers are
	Revert   bool            // the rule on reverts acts
	Freeze   bool            // the rule on freezes acts
	Release  config.Release  // the tracking issues of versions
	Rules    []pull.Rule     // all others: no command changes a label that one of them keeps
	// Calendar returns the current release data. nil: nobody knows a version's phase and
	// release managers.
	Calendar func() *lifecycle.Calendar
}

// Rule carries out commands in comments: "@BOT label +docs" at the start of a line. A
// reaction shows that it's done with a comment.
func Rule(c Config) pull.Rule {
	rule := pull.Rule{
		Name:   ruleName,
		About:  about,
		Issues: true,
		Needs:  pull.Comments | pull.Notes | pull.Events | pull.Team | pull.AuditLog,
		Looks:  c.looks,
	}
	if c.Settings.Mode == config.On {
		rule.Want = c.want
	}
	return rule
}

// commandComment is a comment with commands.
type commandComment struct {
	pull.Comment
	said
	tooMany bool       // the first comment beyond the day's limit: none of it is carried out
	held    *pull.Hold // that it came into
}

// newFor is how long there's an answer to a comment that isn't read since there's too much to
// read. Later it's one that was read, and had no command.
const newFor = 24 * time.Hour

// commandComments are the comments that count, oldest first. Answered ones count at any
// age: what they requested stands.
func commandComments(r *pull.Request) []commandComment {
	if r.Me == "" { // a local range
		return nil
	}
	var all []commandComment
	daily := map[string]int{} // by person and day
	for _, comment := range r.Comments {
		day := strings.ToLower(comment.By) + comment.At.UTC().Format(time.DateOnly)
		if !commander(comment) || !comment.Answered && r.Now.Sub(comment.At) > maxAge || daily[day] > maxDailyCommands {
			continue
		}
		if comment.Unread && !comment.Answered && r.Now.Sub(comment.At) > newFor {
			continue
		}
		o := commandComment{Comment: comment, said: saidIn(r, comment)}
		if len(o.commands) == 0 && !o.unread {
			continue
		}
		if daily[day]++; daily[day] > maxDailyCommands {
			o.said, o.tooMany = said{}, true
		}
		all = append(all, o)
	}
	return all
}

// looks asks for the roles of those who give commands, and for the labels to set.
func (c Config) looks(r *pull.Request) pull.Looks {
	var looks pull.Looks
	for _, o := range commandComments(r) {
		looks.People = append(looks.People, o.By)
		for _, k := range o.commands {
			if k.verb == verbLabel && k.sign == "+" && possible(k.name) && !o.Answered {
				looks.Labels = append(looks.Labels, k.name)
			}
		}
	}
	return looks
}

// maxLabelName is the longest label name that GitHub accepts, in characters ("Create a
// label", REST API).
const maxLabelName = 50

func possible(label string) bool { return label != "" && len([]rune(label)) <= maxLabelName }

func (c Config) want(r *pull.Request) pull.Want {
	comments, turns := c.heard(r)
	want := holding(r, turns)
	labels := map[string]pull.Label{} // by their names in lower case, as requested last
	for _, o := range comments {
		t := execution{Config: c, r: r, commandComment: o, labels: labels, rank: c.rank(r, o.By), hold: want.Stop}
		t.run()
		if o.Answered {
			continue
		}
		want.Readied = want.Readied || t.readied
		// Not Once: comments that people deleted elsewhere would silence it. It's never
		// repeated anyway, since the comment gets a reaction.
		key := fmt.Sprintf("command-%d", o.ID)
		if _, posted := r.Notes[key]; !posted && t.answer() != "" {
			want.Notes = append(want.Notes, pull.Note{Key: key, Body: t.answer()})
		}
		want.Reactions = append(want.Reactions, pull.React{Comment: o.ID, With: t.reaction()})
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		want.Labels = append(want.Labels, labels[name])
	}
	return want
}

// execution carries out one comment.
type execution struct {
	Config
	commandComment
	r       *pull.Request
	rank    rank
	labels  map[string]pull.Label
	readied bool
	hold    *pull.Hold // now
	faults  []string
	extras  []string // other answers
}

func (t *execution) run() {
	for _, k := range t.commands {
		v, known := verbOf(k.verb)
		author := strings.EqualFold(t.r.Author, t.By)
		switch {
		case k.verb == "":
			t.faults = append(t.faults, "- "+noVerb(t.r.Me))
		case !known:
			t.fault(k, unknownVerb(k.verb, t.r.Me))
		case v.pulls && t.r.Issue:
			t.fault(k, faultIssue)
		case v.issues && !t.r.Issue:
			t.fault(k, faultPull)
		case t.held != nil && !v.held:
			t.fault(k, onHold(t.r.Me, t.held))
		case v.name == verbLabel:
			t.label(k)
		case !v.may(t.rank, author):
			t.fault(k, whoMay(v))
		default:
			t.do(k)
		}
	}
}

// do carries out all commands but label.
func (t *execution) do(k command) {
	switch k.verb {
	case verbBackport:
		t.backport(k, k.name)
	case verbAllow, verbRefuse:
		t.decide(k)
	case verbFreeze, verbThaw:
		t.freeze(k)
	case verbReady:
		if t.r.State != pull.Open {
			t.fault(k, faultEnded)
		}
		t.readied = t.readied || !t.since(pull.Drafted, "")
	case verbWhy:
		t.extra(t.why())
	case verbHelp:
		t.extra(t.help())
	case verbHold:
		t.stop(k)
	case verbResume:
		t.held = nil // for the rest of this comment
	case verbRevert:
		t.revert(k)
	case verbRerun: // this run is the check
	}
}

func (t *execution) fault(k command, why string) {
	if line := "- " + codeSpan(k.String()) + ": " + why; !slices.Contains(t.faults, line) {
		t.faults = append(t.faults, line)
	}
}

func (t *execution) extra(text string) {
	if !slices.Contains(t.extras, text) {
		t.extras = append(t.extras, text)
	}
}

// label carries out the label command for one label.
func (t *execution) label(k command) {
	v, _ := verbOf(verbLabel)
	outside := slices.ContainsFunc(t.Settings.Outsiders, func(l string) bool { return strings.EqualFold(l, k.name) })
	known, looked := t.r.Known[strings.ToLower(k.name)]
	keeper := slices.IndexFunc(t.Rules, func(rule pull.Rule) bool { return rule.Keeps(k.name) })
	version, backport := t.version(k.name)
	switch {
	case k.name == "":
		t.fault(k, noLabel)
	case k.sign == "":
		t.fault(k, noSign(k.name))
	case t.rank < v.least && !outside:
		t.fault(k, t.whoLabels())
	case backport && k.sign == "+":
		t.backport(k, version)
	case backport && lifecycle.ValidVersion(version):
		t.set(k)
	case keeper >= 0:
		t.fault(k, keptBy(t.Rules[keeper].Name))
	case k.sign == "+" && !t.Answered && (!possible(k.name) || looked && !known):
		t.fault(k, unknownLabel)
	default:
		t.set(k)
	}
}

// version is the branch that a label requests a backport to.
func (c Config) version(label string) (string, bool) {
	start := c.Backport.Label + " "
	if len(label) < len(start) || !strings.EqualFold(label[:len(start)], start) {
		return "", false
	}
	return strings.TrimSpace(label[len(start):]), true
}

// backport sets a version's label. The rule on backports decides whether the backport is
// possible.
func (t *execution) backport(k command, version string) {
	switch {
	case t.Backport.Mode != config.On:
		t.fault(k, faultOff)
	case !lifecycle.ValidVersion(version):
		if k.verb == verbLabel {
			t.fault(k, noLabelVersion(t.Backport.Label))
			return
		}
		t.fault(k, noVersion(t.r.Me))
	case t.r.Issue:
		t.fault(k, faultIssue)
	case t.r.State == pull.Closed:
		t.fault(k, faultUnmerged)
	default:
		t.set(command{sign: "+", name: t.Backport.Label + " " + version})
	}
}

// set wants a label on or off. If the comment was answered, or someone has changed the
// label by hand since, it's wanted as it is, so that rules that follow the pull request's
// state leave it alone.
func (t *execution) set(k command) {
	on := k.sign == "+"
	if t.Answered || t.Editor == "" && (t.since(pull.Labeled, k.name) || t.since(pull.Unlabeled, k.name)) {
		on = t.r.HasLabel(k.name)
	}
	version, backport := t.version(k.name)
	t.labels[strings.ToLower(k.name)] = pull.Label{
		Name: k.name, On: on, Hold: pull.Asked, Existing: !backport || !lifecycle.ValidVersion(version),
		Why: "requested by " + t.By + " in a comment",
	}
}

// since reports whether someone did this by hand after the comment.
func (t *execution) since(kind pull.EventKind, subject string) bool {
	return slices.ContainsFunc(t.r.Events, func(e pull.Event) bool {
		return e.Kind == kind && !e.Own && strings.EqualFold(e.Subject, subject) && e.At.After(t.At)
	})
}
