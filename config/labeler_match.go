package config

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/jsre"
)

// The ways in which a labeler file holds globs against changed files.
const (
	AnyToAny = "any-glob-to-any-file"
	AnyToAll = "any-glob-to-all-files"
	AllToAny = "all-globs-to-any-file"
	AllToAll = "all-globs-to-all-files"
)

const (
	faultOld   = "%s is written as for version 4 of actions/labeler: write it as [{changed-files: [{%s: %s}]}]"
	unknownKey = "the action ignores %s: expected one of %s"
	noList     = "%s isn't a list, so the action ignores it: start each item with a hyphen"
)

// clauses of a label, all of which must hold: of each "any", one of its conditions;
// of each "all", all of them. Conditions that stand alone go to the first "any", or
// make one. They are nil where the label is never set.
func (l *labeler) clauses(p pair) (all [][]Condition) {
	name := quote(p.key)
	list := l.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			l.refuse(markOf(p.value), faultOld, name, AnyToAny, "["+quote(v)+"]")
		} else {
			l.refuse(markOf(p.value), "%s is not a list: start each item with a hyphen", name)
		}
		return nil
	}
	first := -1 // the first "any"
	alone := func(some []Condition) {
		if first < 0 {
			first, all = len(all), append(all, []Condition{})
		}
		all[first] = append(all[first], some...)
	}
	for i, item := range list.Content {
		if l.stopped() {
			return nil
		}
		at := markOf(item)
		switch item = l.resolve(item); {
		case isNull(item):
			continue
		case item.Kind == yaml.ScalarNode:
			l.refuse(at, faultOld, name, AnyToAny, l.old(list.Content[i:]))
			return nil
		case item.Kind == yaml.SequenceNode:
			l.warn(at, unknownKey, "a list in a list", "any, all, changed-files, base-branch, head-branch")
			continue
		}
		for _, part := range l.pairs(item) {
			switch part.key {
			case "any":
				if some, ok := l.group(part, AllToAny); ok {
					if first < 0 {
						first = len(all)
					}
					all = append(all, some.any())
				}
			case "all":
				if some, ok := l.group(part, AllToAll); ok {
					all = append(all, some.all()...)
				}
			case "changed-files", "base-branch", "head-branch":
				some := requirements{}
				l.base(part, &some)
				alone(some.any())
			default:
				l.warn(part.at, unknownKey, quote(part.key), "any, all, changed-files, base-branch, head-branch")
			}
		}
	}
	if len(all) == 0 {
		l.warn(p.at, "%s has no condition, so the action never sets it", name)
	}
	return all
}

// requirements of one group of conditions. given tells that there are any, be they
// empty.
type requirements struct {
	given      bool
	conditions []Condition
	files      bool // there must be changed files
}

// any takes one of them.
func (r requirements) any() []Condition {
	if r.conditions == nil {
		return []Condition{} // nothing meets it
	}
	return r.conditions
}

// all takes all of them.
func (r requirements) all() (clauses [][]Condition) {
	if !r.given {
		return [][]Condition{{}} // nothing meets it
	}
	if r.files {
		clauses = append(clauses, []Condition{{Changed: &ChangedFiles{}}})
	}
	for _, c := range r.conditions {
		clauses = append(clauses, []Condition{c})
	}
	if clauses == nil {
		clauses = [][]Condition{{{}}} // everything meets it
	}
	return clauses
}

// group reads the value of "any" or "all"; way is what its items meant in version 4.
func (l *labeler) group(p pair, way string) (some requirements, ok bool) {
	list := l.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		l.warn(p.at, noList, p.key)
		return some, false
	}
	old := false
	for i, item := range list.Content {
		if l.stopped() {
			return some, false
		}
		at := markOf(item)
		switch item = l.resolve(item); {
		case old && text(item) != "":
			continue // said of the first one
		case isNull(item):
			l.refuse(at, "an item of %s is empty, so the action stops with an error: remove it", p.key)
			return some, false
		case text(item) != "":
			l.warn(at, "%s has a text, which the action ignores since version 5: write it as [{changed-files: [{%s: %s}]}]", p.key, way, l.old(list.Content[i:]))
			old = true
			continue
		case item.Kind != yaml.MappingNode:
			l.warn(at, unknownKey, "an item of "+p.key+" that isn't a group", "changed-files, base-branch, head-branch")
			continue
		}
		for _, part := range l.pairs(item) {
			l.base(part, &some)
		}
	}
	if !some.given {
		l.warn(p.at, "%s has no condition, so the action never sets the label", p.key)
	}
	return some, true
}

// base reads one condition.
func (l *labeler) base(p pair, some *requirements) {
	switch p.key {
	case "changed-files":
		l.changedFiles(p, some)
	case "base-branch", "head-branch":
		l.branches(p, some)
	default:
		l.warn(p.at, unknownKey, quote(p.key), "changed-files, base-branch, head-branch")
	}
}

// text of a node; "" where it isn't one.
func text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	s, _ := scalar(n).(string)
	return s
}

// old shows texts that stand where conditions must be, and how they were written.
func (l *labeler) old(items []*yaml.Node) string {
	var globs []string
	for _, item := range items[:min(len(items), 4)] {
		if v := text(l.resolve(item)); v != "" {
			globs = append(globs, quote(v))
		}
	}
	if len(globs) > 3 {
		globs[3] = "…"
	}
	return "[" + strings.Join(globs, ", ") + "]"
}

func (l *labeler) changedFiles(p pair, some *requirements) {
	list := l.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			l.refuse(markOf(p.value), "changed-files is not a list: start each item with a hyphen")
			return
		}
		l.warn(p.at, noList, p.key)
		return
	}
	if len(list.Content) == 0 {
		l.warn(p.at, "changed-files is empty, which is no condition to the action")
		return
	}
	some.given, some.files = true, true
	for _, item := range list.Content {
		at := markOf(item)
		if item = l.resolve(item); item.Kind != yaml.MappingNode {
			l.refuse(at, "an item of changed-files is not a group of settings: write KEY: VALUE lines")
			return
		}
		for _, way := range l.pairs(item) {
			if l.stopped() {
				return
			}
			switch way.key {
			case AnyToAny, AnyToAll, AllToAny, AllToAll:
				some.conditions = append(some.conditions, Condition{Changed: &ChangedFiles{Way: way.key, Globs: l.globsOf(way)}})
			default:
				l.refuse(way.at, "the action doesn't know %s: expected one of %s", quote(way.key), strings.Join([]string{AnyToAny, AnyToAll, AllToAny, AllToAll}, ", "))
			}
		}
	}
}

// items are the values of a list, or one value.
func (l *labeler) items(n *yaml.Node) []*yaml.Node {
	if list := l.resolve(n); list.Kind == yaml.SequenceNode {
		return list.Content
	}
	return []*yaml.Node{n}
}

func (l *labeler) globsOf(p pair) (globs []*glob.Glob) {
	for _, item := range l.items(p.value) {
		if l.stopped() {
			return nil
		}
		at := markOf(item)
		item = l.resolve(item)
		value, isText := scalar(item).(string)
		if item.Kind != yaml.ScalarNode || !isText {
			l.fault(at, "%s is not a text, so the action stops with an error: put it in quotes", p.key)
			continue
		}
		g, found := l.globs[value]
		if !found {
			var err error
			if g, err = glob.Parse(value, &l.work); err != nil {
				l.fault(at, "%s has %s, which %v", p.key, quote(value), err)
				continue
			}
			l.globs[value] = g
		}
		for _, note := range g.Notes() {
			l.warn(at, "%s has %s, which %s", p.key, quote(value), note)
		}
		globs = append(globs, g)
	}
	return globs
}

func (l *labeler) branches(p pair, some *requirements) {
	value := l.resolve(p.value)
	if isFalse(value) {
		l.warn(p.at, "%s is empty, which is no condition to the action", p.key)
		return
	}
	some.given = true
	if value.Kind != yaml.SequenceNode && text(value) == "" {
		l.fault(markOf(p.value), "%s is not a text, so the action stops with an error: put it in quotes", p.key)
		return
	}
	for _, item := range l.items(p.value) {
		if l.stopped() {
			return
		}
		at := markOf(item)
		item = l.resolve(item)
		source, kind := "", "a group or a list"
		if item.Kind == yaml.ScalarNode {
			v := scalar(item)
			if _, odd := v.(unclear); !odd {
				source, kind = script(v)
			}
		}
		if kind != "" && source == "" {
			l.fault(at, "%s has %s, which isn't supported: put an expression in quotes", p.key, kind)
			continue
		}
		if kind != "" {
			l.warn(at, "%s has %s, which is %s to YAML and becomes the expression %s: put it in quotes", p.key, item.Value, kind, source)
		}
		l.branch(p.key, source, at, some)
	}
}

func (l *labeler) branch(key, source string, at mark, some *requirements) {
	if l.expressions > maxPrograms {
		l.fault(at, "%s has %s, but the expressions before it are too large together: use fewer or smaller ones", key, quote(source))
		return
	}
	e, err := jsre.Compile(source)
	if errors.Is(err, jsre.ErrLarge) {
		l.expressions += jsre.MaxProgram
	}
	l.expressions += len(source)
	if err != nil {
		l.fault(at, "%s has the JavaScript expression %s, which %v", key, quote(source), err)
		return
	}
	l.expressions += e.Size()
	c := Condition{BaseMatch: e}
	if key == "head-branch" {
		c = Condition{HeadMatch: e}
	}
	some.conditions = append(some.conditions, c)
}
