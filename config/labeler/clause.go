package labeler

import (
	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

const (
	faultOld   = "%s uses the syntax of actions/labeler 4: write it as [{changed-files: [{%s: %s}]}]"
	unknownKey = "the action ignores %s: expected one of %s"
	noList     = "%s isn't a list, so the action ignores it: start each item with a hyphen"
)

// What the action knows in a label's list, and in an item of "any" and "all".
const (
	keysOfLabel = "any, all, changed-files, base-branch, head-branch"
	keysOfItem  = "changed-files, base-branch, head-branch"
)

// clauses of a label, all of which must hold: of each "any", one of its conditions;
// of each "all", all of them. They are nil where the label is never set.
func (r *reader) clauses(p pair) [][]config.Match {
	name, list := yamlfile.Quote(p.key), r.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			r.refuse(yamlfile.At(p.value), faultOld, name, config.AnyToAny, "["+yamlfile.Quote(v)+"]")
		} else {
			r.refuse(yamlfile.At(p.value), "%s isn't a list: start each item with a hyphen", name)
		}
		return nil
	}
	found := clauses{first: -1}
	for i, item := range list.Content {
		if r.stopped() {
			return nil
		}
		at := yamlfile.At(item)
		switch item = r.resolve(item); {
		case isNull(item):
		case item.Kind == yaml.ScalarNode:
			r.refuse(at, faultOld, name, config.AnyToAny, r.old(list.Content[i:]))
			return nil
		case item.Kind == yaml.SequenceNode:
			r.Warn(at, unknownKey, "a list in a list", keysOfLabel)
		default:
			for _, part := range r.pairs(item) {
				r.clause(part, &found)
			}
		}
	}
	if len(found.all) == 0 {
		r.Warn(p.at, "%s has no condition, so the action never sets it", name)
	}
	return found.all
}

// clause reads what is under one key in a label's list.
func (r *reader) clause(p pair, found *clauses) {
	switch p.key {
	case "any":
		if some, ok := r.group(p, config.AllToAny); ok {
			found.any(some)
		}
	case "all":
		if some, ok := r.group(p, config.AllToAll); ok {
			found.all = append(found.all, some.all()...)
		}
	case "changed-files", "base-branch", "head-branch":
		some := requirements{}
		r.base(p, nil, &some)
		found.alone(some)
	default:
		r.Warn(p.at, unknownKey, yamlfile.Quote(p.key), keysOfLabel)
	}
}

// clauses found so far.
type clauses struct {
	all   [][]config.Match
	first int // the place of the first "any"; -1 while there is none
}

func (c *clauses) any(some requirements) {
	if c.first < 0 {
		c.first = len(c.all)
	}
	c.all = append(c.all, some.any())
}

// alone takes conditions that stand in no group: they go to the first "any", or make
// one.
func (c *clauses) alone(some requirements) {
	if c.first < 0 {
		c.any(requirements{})
	}
	c.all[c.first] = append(c.all[c.first], some.matches...)
}

// requirements of one group of conditions. given tells that there are any, be they
// empty.
type requirements struct {
	given   bool
	matches []config.Match
	files   bool // there must be changed files
}

// any takes one of them.
func (r requirements) any() []config.Match {
	if r.matches == nil {
		return []config.Match{} // nothing meets it
	}
	return r.matches
}

// all takes all of them.
func (r requirements) all() (clauses [][]config.Match) {
	if !r.given {
		return [][]config.Match{{}} // nothing meets it
	}
	if r.files {
		clauses = append(clauses, []config.Match{{Changed: &config.ChangedFiles{}}})
	}
	for _, c := range r.matches {
		clauses = append(clauses, []config.Match{c})
	}
	if clauses == nil {
		clauses = [][]config.Match{{{}}} // everything meets it
	}
	return clauses
}

// group reads the value of "any" or "all"; way is what its items meant in version 4.
func (r *reader) group(p pair, way string) (some requirements, ok bool) {
	list := r.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		r.Warn(p.at, noList, p.key)
		return some, false
	}
	old := false
	for i, item := range list.Content {
		if r.stopped() {
			return some, false
		}
		at := yamlfile.At(item)
		switch item = r.resolve(item); {
		case old && text(item) != "":
			continue // said of the first one
		case isNull(item):
			r.refuse(at, "an item of %s is empty, so the action stops with an error: remove it", p.key)
			return some, false
		case text(item) != "":
			r.Warn(at, "%s has a text, which version 5 ignores: write it as [{changed-files: [{%s: %s}]}]",
				p.key, way, r.old(list.Content[i:]))
			old = true
			continue
		case item.Kind != yaml.MappingNode:
			r.Warn(at, unknownKey, "an item of "+p.key+" that isn't a group", keysOfItem)
			continue
		}
		parts := r.pairs(item)
		for _, part := range parts {
			r.base(part, parts, &some)
		}
	}
	if !some.given {
		r.Warn(p.at, "%s has no condition, so the action never sets the label", p.key)
	}
	return some, true
}
