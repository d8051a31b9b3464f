package labels

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/jsre"
	"github.com/concorde-bot/concorde/internal/pull"
)

// holding is whether a condition holds, if that's known. Conditions can't negate each
// other, so all of several hold as the smallest does, and any of several as the largest.
type holding int

const (
	holdsNot holding = iota
	mayHold
	holds
)

func (v holding) and(w holding) holding { return min(v, w) }

func whether(b bool) holding {
	if b {
		return holds
	}
	return holdsNot
}

// condition is a condition in the settings, ready for use.
type condition struct {
	config.Condition
	files       filesCondition
	title, body *regexp.Regexp
	base, head  *glob.Set
	match       config.Match // of a labeler file
	changed     []int        // its globs
}

func (l *ruleSet) condition(c config.Condition) condition {
	return condition{
		Condition: c, files: l.files(c.Files), title: expression(c.Title), body: expression(c.Body),
		base: branchGlobs(c.Base), head: branchGlobs(c.Head),
	}
}

// branchGlobs is nil if there are none.
func branchGlobs(patterns []string) *glob.Set {
	if patterns == nil {
		return nil
	}
	return glob.Read(patterns)
}

// expression compiles what the settings have validated; nil for "".
func expression(s string) *regexp.Regexp {
	if s == "" {
		return nil
	}
	compiled, err := regexp.Compile(s)
	if err != nil {
		return nil
	}
	return compiled
}

func asksFiles(c config.Condition) bool {
	return len(c.Files.Any)+len(c.Files.All)+len(c.Files.None)+len(c.Files.Except)+len(c.Files.Change) > 0 || c.Size != config.SizeCondition{}
}

// maxBody is how much of a body expressions match, in bytes. Their time grows with it.
const maxBody = 8 << 10

// facts are what conditions read.
type facts struct {
	*pull.Request
	changed *changedFiles
	labels  []string // in lower case and sorted, as they will be
	body    string
	answers map[string][]string
}

func (l *ruleSet) look(r *pull.Request) *facts {
	f := &facts{Request: r, changed: l.globs.match(r), body: r.Body[:min(len(r.Body), maxBody)]}
	has := map[string]bool{}
	for _, name := range r.Labels {
		has[strings.ToLower(name)] = true
	}
	f.labels = sortedNames(has)
	if r.Issue {
		f.answers = answers(r.Body)
	}
	return f
}

func sortedNames(has map[string]bool) []string {
	names := make([]string, 0, len(has))
	for _, name := range slices.Sorted(maps.Keys(has)) {
		if has[name] {
			names = append(names, name)
		}
	}
	return names
}

// rule decides one rule. A rule on issues decides nothing on pull requests, or the reverse.
func (f *facts) rule(r compiledRule) holding {
	if r.On == config.OnIssues && !f.Issue || r.On == config.OnPullRequests && f.Issue {
		return mayHold
	}
	if r.Limits != nil && r.Limits.MaxFiles >= 0 && f.changed.total > r.Limits.MaxFiles {
		return holdsNot
	}
	v := holds
	for _, clause := range r.clauses {
		best := holdsNot
		for _, c := range clause {
			if best = max(best, f.condition(c)); best == holds {
				break
			}
		}
		if v = v.and(best); v == holdsNot {
			break
		}
	}
	return v
}

// condition asks the cheap questions first.
func (f *facts) condition(c condition) holding {
	v := f.size(c.Size).and(f.branches(c)).and(f.author(c.Author))
	if c.Draft != nil {
		v = v.and(whether(f.Draft == *c.Draft))
	}
	if v = v.and(f.others(c.Labels)); v == holdsNot {
		return holdsNot
	}
	if v = v.and(f.changed.meets(c.files)); v == holdsNot {
		return holdsNot
	}
	if c.match.Changed != nil {
		v = v.and(f.changed.meetsWay(c.match.Changed.Way, c.changed))
	}
	if c.title != nil {
		v = v.and(whether(c.title.MatchString(f.Title)))
	}
	if c.body != nil && v != holdsNot {
		v = v.and(whether(c.body.MatchString(f.body)))
	}
	if c.Form.Field != "" {
		v = v.and(whether(f.form(c.Form)))
	}
	return v
}

func (f *facts) size(s config.SizeCondition) holding {
	n, lines := 0, f.Additions+f.Deletions
	if f.changed != nil {
		n = f.changed.total
	}
	return whether(n >= s.MinFiles && (s.MaxFiles == 0 || n <= s.MaxFiles) && lines >= s.MinLines && (s.MaxLines == 0 || lines <= s.MaxLines))
}

func (f *facts) branches(c condition) holding {
	v := globbed(c.base, f.Base).and(globbed(c.head, f.HeadBranch))
	return v.and(matched(c.match.Base, f.Base)).and(matched(c.match.Head, f.HeadBranch))
}

func globbed(set *glob.Set, branch string) holding {
	if set == nil {
		return holds
	}
	return whetherSure(set.Any(branch))
}

func matched(e *jsre.Expression, branch string) holding {
	if e == nil {
		return holds
	}
	if branch == "" {
		return holdsNot
	}
	found, err := e.Match(branch)
	return whetherSure(found, err == nil)
}

// whetherSure is whether, unless finding out took too many steps.
func whetherSure(b, sure bool) holding {
	if !sure {
		return mayHold
	}
	return whether(b)
}

func (f *facts) author(a config.AuthorCondition) holding {
	v := holds
	switch {
	case a.Core == nil:
	case f.CoreFault != "":
		v = mayHold
	default:
		v = whether(f.IsCore(f.Author) == *a.Core)
	}
	if a.Role != "" {
		v = v.and(whether(f.People[strings.ToLower(f.Author)] >= permissions[a.Role]))
	}
	if a.FirstTimer != nil {
		v = v.and(whether((!f.Bot && f.FirstTime()) == *a.FirstTimer))
	}
	if a.Bot != nil {
		v = v.and(whether(f.Bot == *a.Bot))
	}
	if a.Logins != nil {
		v = v.and(whether(slices.ContainsFunc(a.Logins, func(login string) bool { return strings.EqualFold(login, f.Author) })))
	}
	return v
}

var permissions = map[string]pull.Role{"triage": pull.Triage, "write": pull.Write, "maintain": pull.Maintain, "admin": pull.Admin}

func (f *facts) others(c config.LabelsCondition) holding {
	for _, name := range c.All {
		if !f.bears(name) {
			return holdsNot
		}
	}
	return whether((c.Any == nil || slices.ContainsFunc(c.Any, f.bears)) && !slices.ContainsFunc(c.None, f.bears))
}

func (f *facts) bears(name string) bool {
	return slices.ContainsFunc(f.labels, func(label string) bool { return config.NamesLabel(name, label) })
}
