package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// chart is a small chart of bars, with its numbers.
type chart struct {
	Title string
	SVG   template.HTML // made of numbers and dates only
	Rows  []hour
	Step  string // the layout of a row's time
}

// Sizes in pixels.
const (
	chartHeight = 80
	barWidth    = 10
	barGap      = 4
)

// bars draws webhooks and writes side by side for each step of time.
func bars(title string, rows []hour, step time.Duration) chart {
	layout := "15:04"
	if step > time.Hour {
		layout = "2 January"
	}
	most := 1
	for _, r := range rows {
		most = max(most, r.Webhooks, r.Writes)
	}
	var b strings.Builder
	slot := 2*barWidth + barGap
	width := slot * len(rows)
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img"><title>%s</title><desc>Webhooks and writes, at most %d.</desc>`,
		width, chartHeight, template.HTMLEscapeString(title), most)
	for i, r := range rows {
		for j, bar := range []struct {
			class string
			n     int
		}{{"webhooks", r.Webhooks}, {"writes", r.Writes}} {
			height := bar.n * (chartHeight - 2) / most
			if bar.n > 0 {
				height = max(height, 2)
			}
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"></rect>`, bar.class, i*slot+j*barWidth, chartHeight-height,
				barWidth-1, height)
		}
	}
	b.WriteString(`</svg>`)
	return chart{title, template.HTML(b.String()), rows, layout}
}
