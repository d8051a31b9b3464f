package command

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Freezes are the commands in comments in a version's tracking issue that freeze or thaw it
// and that count, oldest first: each is an event Frozen or Thawed of the version. It reads
// only comments that may count: for each pull request into the version, all of a tracking
// issue's comments come up again, and strangers can write long ones.
func (c Config) Freezes(r *pull.Request, version string, comments []pull.Comment) []pull.Event {
	if c.Settings.Mode != config.On {
		return nil
	}
	of, managers := *r, c.allManagers(r)
	of.Comments = slices.DeleteFunc(slices.Clone(comments), func(o pull.Comment) bool { return !o.Done && !among(managers, o.By) })
	kinds := map[string]pull.EventKind{verbFreeze: pull.Frozen, verbThaw: pull.Thawed}
	var all []pull.Event
	for _, o := range commandComments(&of) {
		if o.Answered && !o.Done && o.Editor == "" && len(o.commands) == 1 { // it was turned down, and nothing but an edit revives it
			continue
		}
		for _, k := range o.commands {
			k.name = cmp.Or(k.name, version)
			kind := kinds[k.verb]
			if kind != "" && !k.unclear && k.name == version && c.decides(r, o, version) && (o.Done || !c.onMain(k, o.At)) {
				all = append(all, pull.Event{Kind: kind, Subject: version, By: o.By, At: o.At, Command: true})
			}
		}
	}
	return all
}

// decides reports whether a comment's commands on a version count: its author is a release
// manager of it, or was when the bot carried it out.
func (c Config) decides(r *pull.Request, o commandComment, version string) bool {
	return c.manages(r, version, o.By) || o.Done && o.Editor == ""
}

// manages reports whether someone is a release manager of a version.
func (c Config) manages(r *pull.Request, version, login string) bool {
	return among(c.Backport.Logins(c.life(version, r.Now)), login)
}

// allManagers are the release managers of all tracked versions.
func (c Config) allManagers(r *pull.Request) (logins []string) {
	for _, t := range c.Release.Issues {
		logins = append(logins, c.Backport.Logins(c.life(t.Version, r.Now))...)
	}
	return logins
}

func among(logins []string, login string) bool {
	return slices.ContainsFunc(logins, func(l string) bool { return strings.EqualFold(l, login) })
}

// onMain reports whether a command was to freeze a version that had no branch of its own yet.
func (c Config) onMain(k command, at time.Time) bool {
	return k.verb == verbFreeze && c.life(k.name, at).Phase == lifecycle.Feature
}

// freeze checks a command that freezes or thaws a version. What follows from it is decided
// elsewhere, from the comment.
func (t *execution) freeze(k command) {
	here := t.Release.Version(t.r.Key.Number)
	k.name = cmp.Or(k.name, here)
	switch issue := t.Release.Issue(k.name); {
	case !t.Freeze:
		t.fault(k, faultNoFreezes)
	case k.name == "" || k.unclear && here == "":
		t.fault(k, faultPull)
	case k.unclear:
		t.fault(k, notClear(t.r.Me, k, here))
	case issue == 0:
		t.fault(k, noTracking(k.name))
	case issue != t.r.Key.Number:
		t.fault(k, otherTracking(k.name, issue))
	case !t.decides(t.r, t.commandComment, k.name):
		t.fault(k, t.whoManages(k.name))
	case k.verb == verbThaw && t.Backport.Freezes(k.name):
		t.fault(k, frozenBySettings(k.name))
	case t.onMain(k, t.At):
		t.fault(k, stillOnMain(k.name, t.r.DefaultBranch))
	}
}

// Decisions are what release managers allow and refuse in comments on a pull request, oldest
// first: events Allowed and Refused of a version, with the reason.
func (c Config) Decisions(r *pull.Request) []pull.Event {
	if c.Settings.Mode != config.On || r.Issue {
		return nil
	}
	kinds := map[string]pull.EventKind{verbAllow: pull.Allowed, verbRefuse: pull.Refused}
	var all []pull.Event
	comments, _ := c.heard(r)
	for _, o := range comments {
		for _, k := range c.heeded(r, o) {
			versions, why := c.decided(r, o, k)
			for _, version := range versions {
				if kind := kinds[k.verb]; kind != "" && c.decides(r, o, version) && (kind == pull.Allowed || why != "") {
					all = append(all, pull.Event{Kind: kind, Subject: version, By: o.By, At: o.At, Command: true, Why: why})
				}
			}
		}
	}
	return all
}

// decided are the versions that a command is about, and its reason. Without a version, it's
// about all that had been requested by then and that its author manages.
func (c Config) decided(r *pull.Request, o commandComment, k command) (versions []string, why string) {
	if k.verb != verbAllow && k.verb != verbRefuse || k.unclear {
		return nil, ""
	}
	versions, why = leadingVersions(k.name)
	if len(versions) > 0 {
		return versions, why
	}
	return c.theirs(r, o, k), why
}

// theirs are the versions of a command that names none. Whoever allowed what was into another
// branch then has allowed nothing for the base that came later; a refusal goes with it.
func (c Config) theirs(r *pull.Request, o commandComment, k command) []string {
	requested := []string{r.Base}
	for _, e := range r.Events {
		if k.verb == verbAllow && e.Kind == pull.BaseChanged && !e.At.Before(o.At) {
			requested[0] = ""
		}
		if version, asks := c.version(e.Subject); asks && e.Kind == pull.Labeled && !e.At.After(o.At) {
			requested = append(requested, version)
		}
	}
	slices.Sort(requested)
	mine := func(version string) bool { return c.manages(r, version, o.By) }
	// A refusal stands after its author left. Which versions were theirs isn't known any more.
	left := k.verb == verbRefuse && o.Done && o.Editor == "" && !slices.ContainsFunc(requested, mine)
	return slices.DeleteFunc(slices.Compact(requested), func(version string) bool {
		return !lifecycle.ValidVersion(version) || !mine(version) && !left
	})
}

// decide checks a command that allows or refuses backports, and requests those that are
// allowed. The rest is decided elsewhere, from the comment.
func (t *execution) decide(k command) {
	versions, why := t.decided(t.r, t.commandComment, k)
	switch {
	case t.Backport.Mode != config.On:
		t.fault(k, faultOff)
	case t.r.State == pull.Closed:
		t.fault(k, faultUnmerged)
	case k.unclear:
		t.fault(k, notClear(t.r.Me, k, ""))
	case k.verb == verbRefuse && why == "":
		t.fault(k, noReason(t.r.Me))
	case len(versions) == 0:
		t.fault(k, noneManaged(t.r.Me, k.verb))
	}
	for _, version := range versions {
		switch {
		case !t.decides(t.r, t.commandComment, version):
			t.fault(k, t.whoManages(version))
		case k.verb == verbAllow && version != t.r.Base && t.Backport.Mode == config.On && t.r.State != pull.Closed:
			t.set(command{sign: "+", name: t.Backport.Label + " " + version})
		}
	}
}

// allowed are the backports that a command allows, as if a release manager had set their
// labels.
func (c Config) allowed(r *pull.Request, o commandComment, k command) (all []pull.Event) {
	if k.verb != verbAllow {
		return nil
	}
	versions, _ := c.decided(r, o, k)
	for _, version := range versions {
		if version != r.Base && lifecycle.ValidVersion(version) && c.decides(r, o, version) {
			all = append(all, pull.Event{Kind: pull.Labeled, Subject: c.Backport.Label + " " + version, By: o.By, At: o.At, Command: true,
				Edited: o.Answered && o.Editor != ""})
		}
	}
	return all
}

// between separates versions.
const between = " ,;/，、；"

// leadingVersions splits a text that begins with versions, with words like "and" before and
// between them.
func leadingVersions(text string) (versions []string, rest string) {
	for {
		word, after := firstBetween(text)
		for filling[strings.ToLower(word)] {
			word, after = firstBetween(after)
		}
		if !lifecycle.ValidVersion(word) {
			break
		}
		versions, text = append(versions, word), after
	}
	for len(versions) > 0 {
		word, after := firstBetween(text)
		if !closing[strings.ToLower(word)] {
			break
		}
		text = after
	}
	return versions, reason(strings.Trim(strings.TrimLeft(text, between), ends))
}

// firstBetween splits a text after its first word, without what surrounds that.
func firstBetween(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return strings.ContainsRune(between, r) || strings.ContainsRune(stops, r) })
	end := strings.IndexAny(text, between)
	if end < 0 {
		end = len(text)
	}
	return bare(text[:end]), text[end:]
}
