package pull

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// wish is what should happen to a label: the firmest of all that rules want.
type wish struct {
	Label
	rule string
}

// firmness orders holds: a label's owner decides, then a person who asks.
func (h LabelHold) firmness() int {
	return map[LabelHold]int{Kept: 3, Asked: 2, Following: 1}[h]
}

// wish keeps the firmest wish for each label. Between equals, the rules' order doesn't
// matter.
func (d *decision) wish(l Label) {
	next, name := wish{l, d.rule}, strings.ToLower(l.Name)
	if known, found := d.wishes[name]; !found || next.compare(known) < 0 {
		d.wishes[name] = next
	}
}

func (w wish) compare(other wish) int {
	off := map[bool]int{false: 1}
	return cmp.Or(other.Hold.firmness()-w.Hold.firmness(), off[w.On]-off[other.On], strings.Compare(w.rule, other.rule),
		strings.Compare(w.Why, other.Why), strings.Compare(w.Name, other.Name))
}

// labels returns what to do about labels, and the request as it is then. Labels that
// were changed before stay so, so that contradictory rules come to an end.
func (d *decision) labels(moved []Action) (*Request, []Action) {
	var all []Action
	r := d.request
	for _, name := range slices.Sorted(maps.Keys(d.wishes)) {
		w := d.wishes[name]
		a := d.request.toward(w.Label)
		if a == nil || slices.ContainsFunc(moved, func(m Action) bool { return strings.EqualFold(LabelOf(m), name) }) {
			continue
		}
		if next, err := r.After(a); err == nil { // the model knows all of these actions
			r = next
		}
		all = append(all, a)
		d.credit(a, w.rule)
	}
	return r, all
}

// toward returns the action that makes a label as wanted, or nil if it already is.
func (r *Request) toward(l Label) Action {
	has := r.HasLabel(l.Name)
	switch {
	case l.On == has, l.Hold == Suggested && !l.On:
		return nil
	case l.Hold == Suggested && (r.Happened(Labeled, l.Name) || r.Happened(Unlabeled, l.Name)):
		return nil
	case l.Hold == Following && (r.Touched(l.Name) || has && !r.Happened(Labeled, l.Name)):
		return nil
	case l.On:
		return AddLabel{Name: l.Name, Color: l.Color, Description: l.Description, Existing: l.Existing, Why: l.Why}
	}
	return RemoveLabel{Name: l.Name, Why: l.Why}
}

// LabelOf returns the label that an action adds or removes, or "" for other actions.
func LabelOf(a Action) string {
	switch a := a.(type) {
	case AddLabel:
		return a.Name
	case RemoveLabel:
		return a.Name
	}
	return ""
}

// Why returns the reason of an action, for people, or "".
func Why(a Action) string {
	switch a := a.(type) {
	case AddLabel:
		return a.Why
	case RemoveLabel:
		return a.Why
	}
	return ""
}
