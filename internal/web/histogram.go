package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// waits is how many pull requests have waited for a time.
type waits struct {
	Name string `json:"name"` // "1 to 7 days"
	Days int    `json:"days"` // below this; 0 for the last
	N    int    `json:"pull_requests"`
}

// waitsOf counts how long pull requests have waited.
func waitsOf(pulls []waiter, now time.Time) []waits {
	all := []waits{{"under 1 day", 1, 0}, {"1 to 6 days", 7, 0}, {"7 to 29 days", 30, 0}, {"30 to 89 days", 90, 0}, {"90 to 364 days", 365, 0},
		{"365 days or more", 0, 0}}
	for _, p := range pulls {
		days := int(now.Sub(p.Since).Hours() / 24)
		at := 0
		for at < len(all)-1 && days >= all[at].Days {
			at++
		}
		all[at].N++
	}
	return all
}

// Sizes of the histogram, in pixels.
const (
	histogramWidth = 400
	histogramNames = 130 // room for the names on the left
	histogramCount = 50  // and for the numbers on the right
	histogramRow   = 28
)

// histogram draws a bar for each span of waiting, with its name and number.
func histogram(all []waits) template.HTML {
	most, total := 1, 0
	for _, w := range all {
		most, total = max(most, w.N), total+w.N
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="histogram" viewBox="0 0 %d %d" role="img"><title>How long pull requests have waited</title><desc>`+
		`%s, by how long they have waited. The numbers follow.</desc>`, histogramWidth, histogramRow*len(all), plural(total, "pull request"))
	for i, w := range all {
		top := i * histogramRow
		width := w.N * (histogramWidth - histogramNames - histogramCount) / most
		if w.N > 0 {
			width = max(width, 2)
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, histogramNames-10, top+19, w.Name)
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d"></rect>`, histogramNames, top+4, width, histogramRow-8)
		fmt.Fprintf(&b, `<text x="%d" y="%d">%d</text>`, histogramNames+width+8, top+19, w.N)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
