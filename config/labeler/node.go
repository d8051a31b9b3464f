package labeler

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config/yamlfile"
)

// resolve follows an alias, and counts what it finds: the same node once for each
// alias.
func (r *reader) resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	r.count(n, 1)
	return n
}

// readable refuses what the action's YAML reader stops at wherever it stands: tags, and
// keys set twice. Nothing is read twice here, whatever aliases repeat.
func (r *reader) readable(n *yaml.Node) {
	if r.hopeless() {
		return
	}
	if n.Style&yaml.TaggedStyle != 0 {
		switch _, odd := scalar(n).(unclear); {
		case !slices.Contains(tags, n.ShortTag()):
			r.refuse(yamlfile.At(n), "the tag %s, which the action doesn't read: put a value that starts with ! in quotes", yamlfile.Quote(n.Tag))
		case n.Kind == yaml.ScalarNode && odd:
			r.refuse(yamlfile.At(n), "%s has the tag %s, which it isn't: remove the tag", yamlfile.Quote(n.Value), n.Tag)
		}
	}
	if n.Kind == yaml.MappingNode {
		r.once(n)
	}
	for _, child := range n.Content {
		r.readable(child)
	}
}

func (r *reader) once(mapping *yaml.Node) {
	lines := map[string]int{}
	for i := 0; i+1 < len(mapping.Content) && !r.hopeless(); i += 2 {
		at, key := yamlfile.At(mapping.Content[i]), mapping.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode || isMerge(key) {
			continue
		}
		value := scalar(key)
		if _, odd := value.(unclear); odd {
			continue
		}
		name, _ := script(value)
		if first, found := lines[name]; found {
			r.refuse(at, "%s is set twice, first on line %d: remove one", yamlfile.Quote(name), first)
			continue
		}
		lines[name] = at.Line
	}
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style == 0
}

// count takes so many values, up to a node, from the bound.
func (r *reader) count(n *yaml.Node, values int) {
	before := r.values
	if r.values += values; before <= maxValues && r.values > maxValues {
		r.refuse(yamlfile.At(n), "more than %d values up to here, counting what aliases repeat: make the file smaller", maxValues)
	}
}

// tags are those that all versions of js-yaml know.
var tags = []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map"}

// stopped tells that too much was read, or too much is wrong with it.
func (r *reader) stopped() bool { return r.values > maxValues || r.hopeless() }

// pair is one of a mapping.
type pair struct {
	at      yamlfile.Mark
	key     string // as JavaScript writes it
	written string
	odd     string // what the key is instead of text
	value   *yaml.Node
}

// pairs of a mapping, those that it merges included: its own win, then those that
// are merged first.
func (r *reader) pairs(n *yaml.Node) (all []pair) {
	places := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !r.stopped(); i += 2 {
		key, value := r.resolve(n.Content[i]), n.Content[i+1]
		at := yamlfile.At(n.Content[i])
		if isMerge(key) {
			taken := r.merge(value)
			r.count(value, len(taken)) // again at each merge key that hands them on
			for _, p := range taken {
				if _, found := places[p.key]; !found {
					places[p.key] = len(all)
					all = append(all, p)
				}
			}
			continue
		}
		p, ok := r.key(key, at)
		if !ok {
			continue
		}
		p.value = value
		place, found := places[p.key]
		if found {
			all[place] = p
			continue
		}
		places[p.key] = len(all)
		all = append(all, p)
	}
	return all
}

// key reads one. What isn't a plain value is left out, as versions of the action
// don't agree about it.
func (r *reader) key(n *yaml.Node, at yamlfile.Mark) (p pair, ok bool) {
	if n.Kind != yaml.ScalarNode {
		r.Fault(at, "a key that is a group or a list, which isn't supported: write KEY: VALUE")
		return p, false
	}
	value := scalar(n)
	if v, odd := value.(unclear); odd {
		r.Fault(at, "the key %s %s to YAML, which versions of the action read in different ways: put it in quotes",
			yamlfile.Quote(n.Value), v.what)
		return p, false
	}
	p = pair{at: at, written: n.Value}
	p.key, p.odd = script(value)
	if p.key == n.Value {
		p.odd = ""
	}
	if p.written == "" {
		p.written = yamlfile.Quote(p.written)
	}
	return p, true
}

// merge gives the pairs that a merge key takes in: those of a mapping, or of a list
// of them.
func (r *reader) merge(n *yaml.Node) (all []pair) {
	at := yamlfile.At(n)
	switch n = r.resolve(n); n.Kind {
	case yaml.MappingNode:
		return r.pairs(n)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if r.stopped() {
				return nil
			}
			if item = r.resolve(item); item.Kind != yaml.MappingNode {
				r.refuse(at, "<< must name a group of settings")
				return nil
			}
			all = append(all, r.pairs(item)...)
		}
		return all
	}
	r.refuse(at, "<< must name a group of settings")
	return nil
}

// isNull tells an empty value.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && scalar(n) == nil }

// isFalse tells a value that JavaScript takes for false.
func isFalse(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return false
	}
	switch v := scalar(n).(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case float64:
		return v == 0 || v != v
	}
	return false
}
