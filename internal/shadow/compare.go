package shadow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Changes are how a look changes the records.
type Changes struct {
	Keep []Record // new or changed; those with an outcome are settled now
	Drop []Record // withdrawn: they don't count
	// Again is when the next open prediction's time ends; zero for none.
	Again time.Time
}

// comparison is a look, compared with what is known.
type comparison struct {
	Look
	latest  map[string]Record // by Thing
	counted map[int64]bool    // comments
	looked  []string          // rules that have looked before
	changes Changes
}

// slack is how much earlier than the pull request's newest change a comment may be and
// still answer the same event: another bot may be faster.
const slack = time.Minute

// Compare settles predictions with a look at the pull request, and makes new ones. known
// are the records of earlier looks. The same look twice changes nothing.
func Compare(known []Record, look Look) Changes {
	c := &comparison{Look: look, latest: map[string]Record{}, counted: map[int64]bool{}}
	for _, r := range known {
		if last, found := c.latest[r.Thing]; !found || r.At.After(last.At) {
			c.latest[r.Thing] = r
		}
		c.counted[r.Comment] = true
	}
	c.looked = c.latest[""].Rules
	c.withdraw()
	predicted := map[string]bool{}
	for _, p := range look.Predictions {
		predicted[p.Thing] = true
		c.predicted(p)
	}
	for _, r := range c.ordered() {
		if r.Outcome == Open && r.Thing != "" && !predicted[r.Thing] {
			c.unwanted(r)
		}
	}
	c.look()
	for _, r := range c.latest {
		if r.Outcome == Open && r.Thing != "" && (c.changes.Again.IsZero() || r.Due.Before(c.changes.Again)) {
			c.changes.Again = r.Due
		}
	}
	slices.SortFunc(c.changes.Keep, compareRecords)
	return c.changes
}

func compareRecords(a, b Record) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Thing, b.Thing))
}

// ordered returns the latest records in a fixed order, so that each comment counts for
// the same prediction each time.
func (c *comparison) ordered() []Record {
	var all []Record
	for _, r := range c.latest {
		all = append(all, r)
	}
	slices.SortFunc(all, compareRecords)
	return all
}

// withdraw drops open predictions of rules that are no longer in shadow.
func (c *comparison) withdraw() {
	in := c.shadowed()
	for _, r := range c.ordered() {
		if r.Outcome == Open && r.Thing != "" && !slices.Contains(in, r.Rule) {
			c.drop(r)
		}
	}
}

// look notes which rules have looked.
func (c *comparison) look() {
	in := c.shadowed()
	last, found := c.latest[""]
	if slices.Equal(last.Rules, in) || !found && len(in) == 0 {
		return
	}
	if last.Rules = in; !found {
		last.At = c.Now
	}
	c.changes.Keep = append(c.changes.Keep, last)
}

func (c *comparison) drop(r Record) {
	delete(c.latest, r.Thing)
	c.changes.Drop = append(c.changes.Drop, r)
}

func (c *comparison) keep(r Record) {
	c.latest[r.Thing] = r
	c.changes.Keep = append(c.changes.Keep, r)
}

// settle stores an outcome, with only what the report needs, since most are the same.
func (c *comparison) settle(r Record, found string, outcome Outcome) {
	r.Found, r.Outcome, r.Settled, r.Due, r.Since = found, outcome, c.Now, time.Time{}, time.Time{}
	if outcome == Same {
		r.Why = ""
	}
	if strings.HasPrefix(r.Thing, pull.BackportThing) && outcome != Missing {
		r.Number = c.Request.Backport(strings.TrimPrefix(r.Thing, pull.BackportThing)).Number
	}
	c.keep(r)
}

// predicted compares a thing that a rule wants something of now.
func (c *comparison) predicted(p pull.Prediction) {
	last, known := c.latest[p.Thing]
	if known && last.Outcome == Open && last.Want != p.Want { // the rule changed its mind in the meantime
		if found, told := c.found(&last); told && found == last.Want {
			c.settle(last, found, Same)
		} else {
			c.drop(last)
		}
		last, known = c.latest[p.Thing]
	}
	switch {
	case !known, last.Want != p.Want:
		c.begin(p, known)
	case last.Outcome == Open:
		c.check(last, p.Found)
	case last.Found == last.Want && p.Found != p.Want && p.Found != "": // it was right, and no longer is
		c.begin(p, known)
	}
}

// begin makes a prediction, which may be fulfilled already.
func (c *comparison) begin(p pull.Prediction, known bool) {
	r := Record{
		Thing: p.Thing, At: c.Now.Truncate(time.Microsecond), Rule: p.Rule, Want: p.Want, Before: c.before(p, known), Why: p.Why,
		Due: c.Now.Add(c.Window), Since: c.Request.UpdatedAt.Add(-slack), Issue: c.Request.Issue,
	}
	found := p.Found
	if strings.HasPrefix(r.Thing, pull.CommentThing) {
		found, _ = c.found(&r)
	}
	switch first, still := !slices.Contains(c.looked, p.Rule), known && c.latest[p.Thing].Found == found; {
	case found == p.Want && absent(found) && !known: // there is nothing to do
	case first && c.old(), found == p.Want && still: // nobody did anything
		c.settle(r, found, Earlier)
	case found == p.Want:
		c.settle(r, found, Same)
	default:
		c.keep(r)
	}
}

// before is a thing's state from which others start. If it was as the rule wants, what is
// found now is their doing.
func (c *comparison) before(p pull.Prediction, known bool) string {
	again := known && c.latest[p.Thing].Want == p.Want
	if !absent(p.Want) {
		if again {
			return p.Want
		}
		return p.Found
	}
	if (again || !known) && c.byBot(p.Thing) {
		return p.Want
	}
	return p.Found
}

// check looks whether an open prediction came true.
func (c *comparison) check(r Record, found string) {
	if strings.HasPrefix(r.Thing, pull.CommentThing) {
		found, _ = c.found(&r)
	}
	switch {
	case found == r.Want && r.excess(): // it's gone again
		c.drop(r)
	case found == r.Want:
		c.settle(r, found, Same)
	case !c.Now.Before(r.Due):
		c.settle(r, found, r.judge(found))
	}
}

// unwanted compares an open prediction that its rule no longer makes: it's done, or no
// longer needed.
func (c *comparison) unwanted(r Record) {
	found, known := c.found(&r)
	switch {
	case !known, found == r.Before, absent(found) && found != r.Want:
		c.drop(r)
	default: // something has happened
		c.check(r, found)
	}
}

// found returns the state of a prediction's thing. A comment counts as found if a bot has
// commented since, and that comment counts for no other prediction.
func (c *comparison) found(r *Record) (state string, known bool) {
	if !strings.HasPrefix(r.Thing, pull.CommentThing) {
		return c.Request.Found(r.Thing)
	}
	if r.Comment != 0 {
		return pull.Posted, true
	}
	for _, comment := range c.Request.Comments {
		if c.bot(comment) && !comment.At.Before(r.Since) && !c.counted[comment.ID] {
			r.Comment, c.counted[comment.ID] = comment.ID, true
			return pull.Posted, true
		}
	}
	return pull.None, c.Request.Facts&pull.Comments != 0
}

func (c *comparison) bot(comment pull.Comment) bool {
	return !comment.Own && (comment.Bot || c.isBot(comment.By))
}

// byBot reports whether another bot made an unwanted thing. A label that a person set,
// such as one that requests a backport, was right until now.
func (c *comparison) byBot(thing string) bool {
	label, is := strings.CutPrefix(thing, pull.LabelThing)
	if !is || c.Request.Facts&pull.Events == 0 {
		return true
	}
	for _, e := range slices.Backward(c.Request.Events) {
		if e.Kind == pull.Labeled && strings.EqualFold(e.Subject, label) {
			return !e.Own && c.isBot(e.By)
		}
	}
	return false
}

// isBot reports whether a login is an App's, or an account's that a rule in shadow will
// replace.
func (c *comparison) isBot(login string) bool {
	name, app := strings.CutSuffix(strings.ToLower(login), "[bot]")
	return app || slices.ContainsFunc(c.Rules, func(rule pull.Rule) bool {
		return rule.Shadow != nil && slices.ContainsFunc(rule.Shadow.Bots, func(bot string) bool { return strings.EqualFold(bot, name) })
	})
}
