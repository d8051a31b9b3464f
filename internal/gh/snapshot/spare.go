package snapshot

import "slices"

// maxSaid limits what's kept of other people's comments on one pull request or issue, in
// bytes of their bodies.
const maxSaid = 512 << 10

// spare empties the longest bodies until all together take at most most bytes: whoever
// writes hundreds of long comments doesn't keep short ones from being read. In which order
// and in which pages the bodies come makes no difference.
func spare(bodies []*string, most int) {
	all := 0
	lengths := make([]int, len(bodies))
	for i, body := range bodies {
		lengths[i] = len(*body)
		all += len(*body)
	}
	if all <= most {
		return
	}
	slices.Sort(lengths)
	longest := 0 // that's kept no longer
	for i := len(lengths) - 1; all > most; i-- {
		longest = lengths[i]
		all -= longest
	}
	for _, body := range bodies {
		if len(*body) >= longest {
			*body = ""
		}
	}
}

// spareComments does so for comments as GitHub answers them.
func (l *loading) spareComments(all []commentData) {
	var bodies []*string
	for i := range all {
		if !all[i].own(l.slug) {
			bodies = append(bodies, &all[i].Body)
		}
	}
	spare(bodies, maxSaid)
}

// spareSaid does so for the comments of a load, and those that the next one continues.
func (l *loading) spareSaid() {
	var bodies []*string
	for i := range l.out.Comments {
		if !l.out.Comments[i].Own {
			bodies = append(bodies, &l.out.Comments[i].Body)
		}
	}
	spare(bodies, maxSaid)
	l.spareComments(l.history.comments)
}
