package labeler

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/jsre"
)

const (
	faultOld   = "%s is written as for version 4 of actions/labeler: write it as [{changed-files: [{%s: %s}]}]"
	unknownKey = "the action ignores %s: expected one of %s"
	noList     = "%s isn't a list, so the action ignores it: start each item with a hyphen"
)

// clauses of a label, all of which must hold: of each "any", one of its conditions;
// of each "all", all of them. Conditions that stand alone go to the first "any", or
// make one. They are nil where the label is never set.
func (r *reader) clauses(p pair) (all [][]config.Condition) {
	name := yamlfile.Quote(p.key)
	list := r.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			r.refuse(yamlfile.At(p.value), faultOld, name, config.AnyToAny, "["+yamlfile.Quote(v)+"]")
		} else {
			r.refuse(yamlfile.At(p.value), "%s is not a list: start each item with a hyphen", name)
		}
		return nil
	}
	first := -1 // the first "any"
	alone := func(some []config.Condition) {
		if first < 0 {
			first, all = len(all), append(all, []config.Condition{})
		}
		all[first] = append(all[first], some...)
	}
	for i, item := range list.Content {
		if r.stopped() {
			return nil
		}
		at := yamlfile.At(item)
		switch item = r.resolve(item); {
		case isNull(item):
			continue
		case item.Kind == yaml.ScalarNode:
			r.refuse(at, faultOld, name, config.AnyToAny, r.old(list.Content[i:]))
			return nil
		case item.Kind == yaml.SequenceNode:
			r.Warn(at, unknownKey, "a list in a list", "any, all, changed-files, base-branch, head-branch")
			continue
		}
		for _, part := range r.pairs(item) {
			switch part.key {
			case "any":
				if some, ok := r.group(part, config.AllToAny); ok {
					if first < 0 {
						first = len(all)
					}
					all = append(all, some.any())
				}
			case "all":
				if some, ok := r.group(part, config.AllToAll); ok {
					all = append(all, some.all()...)
				}
			case "changed-files", "base-branch", "head-branch":
				some := requirements{}
				r.base(part, &some)
				alone(some.any())
			default:
				r.Warn(part.at, unknownKey, yamlfile.Quote(part.key), "any, all, changed-files, base-branch, head-branch")
			}
		}
	}
	if len(all) == 0 {
		r.Warn(p.at, "%s has no condition, so the action never sets it", name)
	}
	return all
}

// requirements of one group of conditions. given tells that there are any, be they
// empty.
type requirements struct {
	given      bool
	conditions []config.Condition
	files      bool // there must be changed files
}

// any takes one of them.
func (r requirements) any() []config.Condition {
	if r.conditions == nil {
		return []config.Condition{} // nothing meets it
	}
	return r.conditions
}

// all takes all of them.
func (r requirements) all() (clauses [][]config.Condition) {
	if !r.given {
		return [][]config.Condition{{}} // nothing meets it
	}
	if r.files {
		clauses = append(clauses, []config.Condition{{Changed: &config.ChangedFiles{}}})
	}
	for _, c := range r.conditions {
		clauses = append(clauses, []config.Condition{c})
	}
	if clauses == nil {
		clauses = [][]config.Condition{{{}}} // everything meets it
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
			r.Warn(at, "%s has a text, which the action ignores since version 5: write it as [{changed-files: [{%s: %s}]}]", p.key, way, r.old(list.Content[i:]))
			old = true
			continue
		case item.Kind != yaml.MappingNode:
			r.Warn(at, unknownKey, "an item of "+p.key+" that isn't a group", "changed-files, base-branch, head-branch")
			continue
		}
		for _, part := range r.pairs(item) {
			r.base(part, &some)
		}
	}
	if !some.given {
		r.Warn(p.at, "%s has no condition, so the action never sets the label", p.key)
	}
	return some, true
}

// base reads one condition.
func (r *reader) base(p pair, some *requirements) {
	switch p.key {
	case "changed-files":
		r.changedFiles(p, some)
	case "base-branch", "head-branch":
		r.branches(p, some)
	default:
		r.Warn(p.at, unknownKey, yamlfile.Quote(p.key), "changed-files, base-branch, head-branch")
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
func (r *reader) old(items []*yaml.Node) string {
	var globs []string
	for _, item := range items[:min(len(items), 4)] {
		if v := text(r.resolve(item)); v != "" {
			globs = append(globs, yamlfile.Quote(v))
		}
	}
	if len(globs) > 3 {
		globs[3] = "…"
	}
	return "[" + strings.Join(globs, ", ") + "]"
}

func (r *reader) changedFiles(p pair, some *requirements) {
	list := r.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			r.refuse(yamlfile.At(p.value), "changed-files is not a list: start each item with a hyphen")
			return
		}
		r.Warn(p.at, noList, p.key)
		return
	}
	if len(list.Content) == 0 {
		r.Warn(p.at, "changed-files is empty, which is no condition to the action")
		return
	}
	some.given, some.files = true, true
	for _, item := range list.Content {
		at := yamlfile.At(item)
		if item = r.resolve(item); item.Kind != yaml.MappingNode {
			r.refuse(at, "an item of changed-files is not a group of settings: write KEY: VALUE lines")
			return
		}
		for _, way := range r.pairs(item) {
			if r.stopped() {
				return
			}
			switch way.key {
			case config.AnyToAny, config.AnyToAll, config.AllToAny, config.AllToAll:
				some.conditions = append(some.conditions, config.Condition{Changed: &config.ChangedFiles{Way: way.key, Globs: r.globsOf(way)}})
			default:
				r.refuse(way.at, "the action doesn't know %s: expected one of %s", yamlfile.Quote(way.key), strings.Join([]string{config.AnyToAny, config.AnyToAll, config.AllToAny, config.AllToAll}, ", "))
			}
		}
	}
}

// items are the values of a list, or one value.
func (r *reader) items(n *yaml.Node) []*yaml.Node {
	if list := r.resolve(n); list.Kind == yaml.SequenceNode {
		return list.Content
	}
	return []*yaml.Node{n}
}

func (r *reader) globsOf(p pair) (globs []*glob.Glob) {
	for _, item := range r.items(p.value) {
		if r.stopped() {
			return nil
		}
		at := yamlfile.At(item)
		item = r.resolve(item)
		value, isText := scalar(item).(string)
		if item.Kind != yaml.ScalarNode || !isText {
			r.Fault(at, "%s is not a text, so the action stops with an error: put it in quotes", p.key)
			continue
		}
		g, found := r.globs[value]
		if !found {
			var err error
			if g, err = glob.Parse(value, &r.work); err != nil {
				r.Fault(at, "%s has %s, which %v", p.key, yamlfile.Quote(value), err)
				continue
			}
			r.globs[value] = g
		}
		for _, note := range g.Notes() {
			r.Warn(at, "%s has %s, which %s", p.key, yamlfile.Quote(value), note)
		}
		globs = append(globs, g)
	}
	return globs
}

func (r *reader) branches(p pair, some *requirements) {
	value := r.resolve(p.value)
	if isFalse(value) {
		r.Warn(p.at, "%s is empty, which is no condition to the action", p.key)
		return
	}
	some.given = true
	if value.Kind != yaml.SequenceNode && text(value) == "" {
		r.Fault(yamlfile.At(p.value), "%s is not a text, so the action stops with an error: put it in quotes", p.key)
		return
	}
	for _, item := range r.items(p.value) {
		if r.stopped() {
			return
		}
		at := yamlfile.At(item)
		item = r.resolve(item)
		source, kind := "", "a group or a list"
		if item.Kind == yaml.ScalarNode {
			v := scalar(item)
			if _, odd := v.(unclear); !odd {
				source, kind = script(v)
			}
		}
		if kind != "" && source == "" {
			r.Fault(at, "%s has %s, which isn't supported: put an expression in quotes", p.key, kind)
			continue
		}
		if kind != "" {
			r.Warn(at, "%s has %s, which is %s to YAML and becomes the expression %s: put it in quotes", p.key, item.Value, kind, source)
		}
		r.branch(p.key, source, at, some)
	}
}

func (r *reader) branch(key, source string, at yamlfile.Mark, some *requirements) {
	if r.expressions > maxPrograms {
		r.Fault(at, "%s has %s, but the expressions before it are too large together: use fewer or smaller ones", key, yamlfile.Quote(source))
		return
	}
	e, err := jsre.Compile(source)
	if errors.Is(err, jsre.ErrLarge) {
		r.expressions += jsre.MaxProgram
	}
	r.expressions += len(source)
	if err != nil {
		r.Fault(at, "%s has the JavaScript expression %s, which %v", key, yamlfile.Quote(source), err)
		return
	}
	r.expressions += e.Size()
	c := config.Condition{BaseMatch: e}
	if key == "head-branch" {
		c = config.Condition{HeadMatch: e}
	}
	some.conditions = append(some.conditions, c)
}
