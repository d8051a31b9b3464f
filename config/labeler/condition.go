package labeler

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/jsre"
)

// base reads one condition, beside others of its item.
func (r *reader) base(p pair, beside []pair, some *requirements) {
	switch p.key {
	case "changed-files":
		r.changedFiles(p, some)
	case "base-branch", "head-branch":
		r.branches(p, beside, some)
	default:
		r.Warn(p.at, unknownKey, yamlfile.Quote(p.key), keysOfItem)
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

func isText(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return false
	}
	_, ok := scalar(n).(string)
	return ok
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

const waysOfFiles = config.AnyToAny + ", " + config.AnyToAll + ", " + config.AllToAny + ", " + config.AllToAll

func (r *reader) changedFiles(p pair, some *requirements) {
	list := r.resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		if v := text(list); v != "" {
			r.refuse(yamlfile.At(p.value), "changed-files isn't a list: start each item with a hyphen")
			return
		}
		r.Warn(p.at, noList, p.key)
		return
	}
	if len(list.Content) == 0 {
		r.Warn(p.at, "changed-files is empty, which the action doesn't count as a condition")
		return
	}
	some.given, some.files = true, true
	for _, item := range list.Content {
		at := yamlfile.At(item)
		if item = r.resolve(item); item.Kind != yaml.MappingNode {
			r.refuse(at, "an item of changed-files isn't a group of settings: write KEY: VALUE lines")
			return
		}
		for _, way := range r.pairs(item) {
			if r.stopped() {
				return
			}
			switch way.key {
			case config.AnyToAny, config.AnyToAll, config.AllToAny, config.AllToAll:
				some.matches = append(some.matches, config.Match{Changed: &config.ChangedFiles{Way: way.key, Globs: r.globsOf(way)}})
			default:
				r.refuse(way.at, "the action doesn't know %s: expected one of %s", yamlfile.Quote(way.key), waysOfFiles)
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
		if !isText(item) {
			r.Fault(at, "%s isn't text, so the action stops with an error: put it in quotes", p.key)
			continue
		}
		value := text(item)
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

func (r *reader) branches(p pair, beside []pair, some *requirements) {
	value := r.resolve(p.value)
	if isFalse(value) {
		if !isText(value) || !slices.ContainsFunc(beside, r.namesBranch) {
			r.Warn(p.at, "%s is empty, which the action doesn't count as a condition", p.key)
			return
		}
		r.Warn(p.at, "%s is empty, which matches every branch beside the other one: remove it", p.key)
	}
	some.given = true
	if !isText(value) && value.Kind != yaml.SequenceNode {
		r.Fault(yamlfile.At(p.value), "%s isn't text, so the action stops with an error: put it in quotes", p.key)
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
			r.Warn(at, "%s has %s, which YAML reads as %s, so it becomes the expression %s: put it in quotes", p.key, item.Value, kind, source)
		}
		r.branch(p.key, source, at, some)
	}
}

// namesBranch tells a condition on a branch that the action counts.
func (r *reader) namesBranch(p pair) bool {
	return (p.key == "base-branch" || p.key == "head-branch") && !isFalse(r.resolve(p.value))
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
	c := config.Match{Base: e}
	if key == "head-branch" {
		c = config.Match{Head: e}
	}
	some.matches = append(some.matches, c)
}
