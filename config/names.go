package config

import (
	"reflect"
	"slices"
	"strings"
)

// What the tag "names" of a setting says that it names.
const (
	aStatus       = "status"         // a commit status, which the setting's rule alone sets
	aKeptLabel    = "kept label"     // a label that the rule sets and takes off
	keptLabels    = "kept labels"    // how such labels start; a space and more follow
	aPeoplesLabel = "people's label" // a label that people set, or the rule once: no rule keeps it
	aSharedLabel  = "shared label"   // such a label, which other settings may name too
	aReadLabel    = "read label"     // a label that people set if they have it: no rule keeps it
)

// Names are the settings that name a status or a label for a rule. A new rule's are
// found by the tags of its group.
type Names []Name

// Name is what one setting names.
type Name struct {
	Setting string // as "news.status"
	Is      string // by its tag
	Text    string
}

// Names of the settings, in the order of their groups.
func (r *Rules) Names() (all Names) {
	rules := reflect.ValueOf(r).Elem()
	for _, g := range fields(rules.Type()) {
		group := rules.FieldByIndex(g.Index)
		if group.Kind() != reflect.Struct {
			continue
		}
		for _, f := range fields(group.Type()) {
			if is := f.Tag.Get("names"); is != "" {
				all = append(all, Name{keyOf(g) + "." + keyOf(f), is, group.FieldByIndex(f.Index).String()})
			}
		}
	}
	return all
}

// PeoplesLabels are the settings that name a label for people to set: it must exist.
func (r *Rules) PeoplesLabels() []Name {
	return slices.DeleteFunc(r.Names(), func(n Name) bool {
		return n.Text == "" || n.Is != aPeoplesLabel && n.Is != aSharedLabel
	})
}

// FaultDecided is about a rule's label and a setting that Deciding gives for it.
const FaultDecided = "%q is the label that the setting %s names, so rules can't set it: choose another label"

// Deciding are the settings whose rules or people decide on a label, so that no label
// rule may hold it so.
func (all Names) Deciding(label, hold string) (settings []string) {
	for _, n := range all {
		decides := n.moves() || hold == Kept && (n.Is == aPeoplesLabel || n.Is == aSharedLabel || n.Is == aReadLabel)
		if decides && NamesLabel(n.labels(), label) {
			settings = append(settings, n.Setting)
		}
	}
	return settings
}

// moving are the settings whose rules set and take off a label, or one of all that
// start so.
func (all Names) moving(label string) (settings []string) {
	for _, n := range all {
		if n.moves() && (NamesLabel(n.labels(), label) || NamesLabel(label, n.labels())) {
			settings = append(settings, n.Setting)
		}
	}
	return settings
}

func (n Name) moves() bool { return n.Is == aKeptLabel || n.Is == keptLabels }

// labels is the name, with a * at the end where it is how labels start.
func (n Name) labels() string {
	if n.Is == keptLabels {
		return n.Text + " *"
	}
	return n.Text
}

// checkNamed finds statuses and labels that two rules would set.
func (d *decoder) checkNamed(names Names) {
	var statuses, labels Names
	for _, n := range names {
		switch n.Is {
		case aStatus:
			statuses = append(statuses, n)
		case aKeptLabel, keptLabels, aPeoplesLabel:
			labels = append(labels, n)
		}
	}
	for i, later := range statuses {
		for _, first := range statuses[:i] {
			if strings.EqualFold(first.Text, later.Text) {
				d.clash([]string{later.Setting, first.Setting},
					"%s and %s are both %q: give each rule its own", later.Setting, first.Setting, later.Text)
			}
		}
	}
	seen := map[string]string{}
	for _, here := range []bool{false, true} { // a fault names first what this file has
		for _, l := range labels {
			if _, found := d.marks[l.Setting]; found == here {
				d.once(seen, l.Setting, l.Text)
			}
		}
	}
}
