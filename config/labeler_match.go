package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// clauses of a label, all of which must hold: of each "any", one of its
// conditions; of each "all", all of them. Conditions that stand alone go to the
// first "any", or make one.
func (l *labeler) clauses(label string, n *yaml.Node) [][]Condition {
	name := quote(label)
	if l.isOld(n, name) {
		return nil
	}
	var all [][]Condition
	first := -1 // the first "any"
	for _, item := range l.items(n, name) {
		l.each(item, "an item of "+name, func(key, value *yaml.Node) {
			switch key.Value {
			case "any", "all":
				found := l.group(value, key.Value)
				if key.Value == "all" {
					for _, one := range found {
						all = append(all, one)
					}
					return
				}
				if first < 0 {
					first = len(all)
				}
				all = append(all, joined(found))
			case "changed-files", "base-branch", "head-branch":
				found := joined(l.base(key, value))
				if first < 0 {
					first, all = len(all), append(all, nil)
				}
				all[first] = append(all[first], found...)
			default:
				l.fault(markOf(key), faultUnknown, quote(key.Value), "any, all, changed-files, base-branch, head-branch")
			}
		})
	}
	return all
}

func joined(all []alternatives) (one []Condition) {
	for _, some := range all {
		one = append(one, some...)
	}
	return one
}

// isOld tells a label that is written as for version 4 and before.
func (l *labeler) isOld(n *yaml.Node, name string) bool {
	at := markOf(n)
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
		l.fault(at, faultOld, name, "any-glob-to-any-file", "["+quote(n.Value)+"]")
		return true
	}
	return n.Kind == yaml.SequenceNode && l.oldItems(n, name, "any-glob-to-any-file")
}

const faultUnknown = "%s is nothing that the action knows: those here are %s"

const faultOld = "%s is written as for version 4 of actions/labeler: write it as [{changed-files: [{%s: %s}]}]"

// oldItems tells a list of globs where conditions must be, and how to write it.
func (l *labeler) oldItems(n *yaml.Node, name, way string) bool {
	var globs []string
	for _, item := range n.Content {
		if item = resolve(item); item.Kind == yaml.ScalarNode && item.ShortTag() != "!!null" {
			globs = append(globs, quote(item.Value))
		}
	}
	if len(globs) == 0 {
		return false
	}
	if len(globs) > 3 {
		globs = append(globs[:3], "…")
	}
	l.fault(markOf(n), faultOld, name, way, "["+strings.Join(globs, ", ")+"]")
	return true
}

// group is the value of "any" or "all".
func (l *labeler) group(n *yaml.Node, name string) (all []alternatives) {
	way := map[string]string{"any": "all-globs-to-any-file", "all": "all-globs-to-all-files"}[name]
	if list := resolve(n); list.Kind == yaml.SequenceNode && l.oldItems(list, name, way) {
		return nil
	}
	for _, item := range l.items(n, name) {
		l.each(item, "an item of "+name, func(key, value *yaml.Node) {
			all = append(all, l.base(key, value)...)
		})
	}
	return all
}

// base reads one condition. Of what it gives, "any" takes one, "all" takes all.
func (l *labeler) base(key, n *yaml.Node) (all []alternatives) {
	switch key.Value {
	case "changed-files":
		for _, item := range l.items(n, key.Value) {
			l.each(item, "an item of changed-files", func(key, value *yaml.Node) {
				all = append(all, l.changedFiles(key, value))
			})
		}
	case "base-branch", "head-branch":
		for _, s := range l.texts(n, key.Value) {
			if err := javaScript(s.Value); err != nil {
				l.fault(markOf(s), "%s has %s, which %v", key.Value, quote(s.Value), err)
			} else if key.Value == "base-branch" {
				all = append(all, alternatives{{BaseMatch: s.Value}})
			} else {
				all = append(all, alternatives{{HeadMatch: s.Value}})
			}
		}
	default:
		l.fault(markOf(key), faultUnknown, quote(key.Value), "changed-files, base-branch, head-branch")
	}
	return all
}

// texts are a text, or those of a list.
func (l *labeler) texts(n *yaml.Node, name string) (all []*yaml.Node) {
	items := []*yaml.Node{n}
	if resolve(n).Kind == yaml.SequenceNode {
		items = l.items(n, name)
	}
	for _, item := range items {
		at := markOf(item)
		if item = resolve(item); item.Kind != yaml.ScalarNode || item.ShortTag() != "!!str" {
			l.fault(at, "%s is not a text: put it in quotes", name)
			continue
		}
		if n := utf8.RuneCountInString(item.Value); n > maxMatcher {
			l.fault(at, "%s has %d characters: at most %d are allowed", name, n, maxMatcher)
			continue
		}
		if l.count(at) {
			all = append(all, item)
		}
	}
	return all
}

// changedFiles reads one list of globs.
func (l *labeler) changedFiles(key, n *yaml.Node) alternatives {
	var positive, negative []string
	for _, s := range l.texts(n, key.Value) {
		glob, negated, err := minimatch(s.Value)
		switch {
		case err != nil:
			l.fault(markOf(s), "%s has %s, which %v", key.Value, quote(s.Value), err)
		case negated:
			negative = append(negative, glob)
		default:
			positive = append(positive, glob)
		}
	}
	switch key.Value {
	case "any-glob-to-any-file":
		return anyToAny(positive, negative)
	case "any-glob-to-all-files":
		return anyToAll(positive, negative)
	case "all-globs-to-any-file":
		first, rest := split(positive)
		return alternatives{{Files: FilesCondition{Any: first, Also: rest, Except: negative}}}
	case "all-globs-to-all-files":
		c := FilesCondition{None: negative}
		if len(positive) > 0 {
			c.All, c.Also = split(positive)
		}
		return alternatives{{Files: c}}
	}
	l.fault(markOf(key), faultUnknown, quote(key.Value), "any-glob-to-any-file, any-glob-to-all-files, all-globs-to-any-file, all-globs-to-all-files")
	return nil
}

// everything is the glob of all files.
const everything = "**"

func anyToAny(positive, negative []string) (all alternatives) {
	if len(positive) > 0 {
		all = append(all, Condition{Files: FilesCondition{Any: positive}})
	}
	for _, glob := range negative {
		all = append(all, Condition{Files: FilesCondition{Any: []string{everything}, Except: []string{glob}}})
	}
	return all
}

func anyToAll(positive, negative []string) (all alternatives) {
	for _, glob := range positive {
		all = append(all, Condition{Files: FilesCondition{All: []string{glob}}})
	}
	for _, glob := range negative {
		all = append(all, Condition{Files: FilesCondition{None: []string{glob}}})
	}
	return all
}

func split(globs []string) (first, rest []string) {
	if len(globs) == 0 {
		return []string{everything}, nil
	}
	if len(globs) == 1 {
		return globs, nil
	}
	return globs[:1], globs[1:]
}

// javaScript checks an expression that was written for JavaScript.
func javaScript(s string) error {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if letter := s[i]; !strings.ContainsRune("dDwWsSbBtnvfrx", rune(letter)) && (isLetter(letter) || isDigit(letter)) {
				return fmt.Errorf("has \\%c, which RE2 does not have or takes for something else: write the characters out", letter)
			}
		}
	}
	if strings.Contains(s, "[[:") {
		return errors.New("has [[:, which JavaScript and RE2 understand in two ways: list the characters")
	}
	return expression(s)
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
