package pull

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// wish is what becomes of a label: of all that rules want, the firmest.
type wish struct {
	Label
	rule string
}

// firmness orders holds: who owns a label decides, then a person who asks.
func (h LabelHold) firmness() int {
	return map[LabelHold]int{Kept: 3, Asked: 2, Following: 1}[h]
}

// wish keeps the firmest wish of each label; of equal ones, one that the order
// of the rules does not choose.
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

// labels gives what is to be done about labels, and the request as it is then.
// What was moved before stays, so that rules that contradict each other come to
// an end.
func (d *decision) labels(moved []Action) (*Request, []Action) {
	var all []Action
	r := d.request
	for _, name := range slices.Sorted(maps.Keys(d.wishes)) {
		w := d.wishes[name]
		a := d.request.toward(w.Label)
		if a == nil || slices.ContainsFunc(moved, func(m Action) bool { return strings.EqualFold(LabelOf(m), name) }) {
			continue
		}
		if next, err := r.After(a); err == nil { // the model knows these actions
			r = next
		}
		all = append(all, a)
		d.credit(a, w.rule)
	}
	return r, all
}

// toward is the action that makes a label as it is wanted, nil where there is
// nothing to do.
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

// LabelOf is the label that an action sets or takes off, "" for other actions.
func LabelOf(a Action) string {
	switch a := a.(type) {
	case AddLabel:
		return a.Name
	case RemoveLabel:
		return a.Name
	}
	return ""
}
