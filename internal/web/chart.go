package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// chart is a small chart of bars, two for each step of time, with its numbers.
type chart struct {
	Title string
	Names [2]string // of the bars
	SVG   template.HTML
	Rows  []step
	Step  string // the layout of a row's time
}

// step is what a chart has for a time; values below 0 are unknown.
type step struct {
	At     time.Time
	Values [2]int
}

// Sizes in pixels.
const (
	chartHeight = 80
	barWidth    = 10
	barGap      = 4
)

// bars draws a chart. most is what the whole height stands for, if it's more than all
// values. The titles and names are this program's.
func bars(c chart, most int) chart {
	c.Step = "15:04"
	if len(c.Rows) > 1 && c.Rows[1].At.Sub(c.Rows[0].At) > time.Hour {
		c.Step = "2 January"
	}
	most = max(most, 1)
	for _, r := range c.Rows {
		most = max(most, r.Values[0], r.Values[1])
	}
	var b strings.Builder
	slot := 2*barWidth + barGap
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img"><title>%s</title><desc>%s and %s, at most %d.</desc>`,
		slot*len(c.Rows), chartHeight, template.HTMLEscapeString(c.Title), c.Names[0], c.Names[1], most)
	for i, r := range c.Rows {
		for j, class := range []string{"first", "second"} {
			height := max(0, r.Values[j]) * (chartHeight - 2) / most
			if r.Values[j] > 0 {
				height = max(height, 2)
			}
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"></rect>`, class, i*slot+j*barWidth, chartHeight-height,
				barWidth-1, height)
		}
	}
	b.WriteString(`</svg>`)
	c.SVG = template.HTML(b.String())
	return c
}
