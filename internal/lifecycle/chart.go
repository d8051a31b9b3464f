package lifecycle

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"
)

// Chart draws versions over the years, as the devguide does.
type Chart struct {
	Title     string
	Schedules []Schedule // from top to bottom
	At        time.Time  // a line marks it; zero for none
}

// Sizes in pixels.
const (
	chartWidth  = 960
	chartLeft   = 64 // room for the names of versions
	chartTop    = 56 // room for the title and the years
	chartBottom = 48 // room for the legend
	chartMargin = 16
	rowHeight   = 26
	barHeight   = 20
	letterWidth = 6.5 // roughly, for text on bars
	yearWidth   = 40  // the least room for a year's name
)

// looks are the colors of bars and of the text on them, with a contrast of at least 4.5
// to 1.
var looks = []struct {
	phases     []Phase
	name       string
	fill, text string
}{
	{[]Phase{Feature}, "feature", "#dbe9f6", "#1a1a1a"},
	{[]Phase{Beta}, "beta", "#9ecae1", "#1a1a1a"},
	{[]Phase{Candidate, FinalFreeze}, "candidate", "#2a6fa8", "#ffffff"},
	{[]Phase{Bugfix}, "bugfix", "#2e7d32", "#ffffff"},
	{[]Phase{Security}, "security", "#f2c744", "#1a1a1a"},
}

// SVG returns the chart as a complete document.
func (c Chart) SVG() []byte {
	d := drawing{from: c.firstYear(), to: c.lastYear()}
	height := chartTop + rowHeight*len(c.Schedules) + chartBottom
	d.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc" `+
		`font-family="sans-serif" font-size="12">`+"\n",
		chartWidth, height, chartWidth, height)
	d.write("<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escape(c.Title), escape(c.description()))
	d.write(`<rect class="paper" width="%d" height="%d" fill="#ffffff"/>`+"\n", chartWidth, height)
	d.write(`<text x="%d" y="22" font-size="15" font-weight="bold" class="ink" fill="#1a1a1a">%s</text>`+"\n", chartMargin, escape(c.Title))
	d.years(height - chartBottom)
	for i, s := range c.Schedules {
		d.row(s, chartTop+i*rowHeight)
	}
	if !c.At.IsZero() && !c.At.Before(d.start()) && c.At.Before(d.end()) {
		x := d.x(c.At)
		d.write(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#c62828" stroke-width="2"><title>%s</title></line>`+"\n",
			x, chartTop-6, x, height-chartBottom, c.At.Format(time.DateOnly))
	}
	d.legend(height - chartBottom + 18)
	d.write("</svg>\n")
	return d.Bytes()
}

// firstYear and lastYear are the ends of the axis.
func (c Chart) firstYear() int {
	first := 0
	for i, s := range c.Schedules {
		if year := s.Periods()[0].From.Year(); i == 0 || year < first {
			first = year
		}
	}
	return first
}

func (c Chart) lastYear() int {
	last := c.firstYear()
	for _, s := range c.Schedules {
		last = max(last, s.EndOfLife.Year())
	}
	return last
}

// description is the chart for people who can't see it.
func (c Chart) description() string {
	var text bytes.Buffer
	for _, s := range c.Schedules {
		fmt.Fprintf(&text, "%s:", s.Version)
		separator := " "
		for _, p := range s.Periods() {
			fmt.Fprintf(&text, "%s%s from %s", separator, p.Phase, p.From.Format(time.DateOnly))
			separator = ", "
		}
		text.WriteString(". ")
	}
	return string(bytes.TrimSpace(text.Bytes()))
}

// drawing is an unfinished SVG document. Its axis goes from the start of one year to the
// end of another.
type drawing struct {
	bytes.Buffer
	from, to int
}

func (d *drawing) write(format string, args ...any) { fmt.Fprintf(d, format, args...) }

func (d *drawing) start() time.Time { return time.Date(d.from, 1, 1, 0, 0, 0, 0, time.UTC) }
func (d *drawing) end() time.Time   { return time.Date(d.to+1, 1, 1, 0, 0, 0, 0, time.UTC) }

func (d *drawing) x(t time.Time) float64 {
	share := t.Sub(d.start()).Hours() / d.end().Sub(d.start()).Hours()
	return chartLeft + share*(chartWidth-chartLeft-chartMargin)
}

// years draws the axis, with as many names as fit.
func (d *drawing) years(bottom int) {
	every := 1
	for perYear := (chartWidth - chartLeft - chartMargin) / (d.to - d.from + 1); perYear*every < yearWidth && every < d.to-d.from+1; {
		every++
	}
	for year := d.from; year <= d.to+1; year++ {
		x := d.x(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		d.write(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" class="grid" stroke="#d0d0d0"/>`+"\n", x, chartTop-6, x, bottom)
		if year%every == 0 && year <= d.to {
			d.write(`<text x="%.1f" y="%d" class="ink" fill="#4a4a4a">%d</text>`+"\n", x+2, chartTop-10, year)
		}
	}
}

// row draws one version.
func (d *drawing) row(s Schedule, top int) {
	d.write(`<text x="%d" y="%d" text-anchor="end" font-weight="bold" class="ink" fill="#1a1a1a">%s</text>`+"\n",
		chartLeft-8, top+15, escape(s.Version))
	periods := s.Periods()
	for i, p := range periods[:len(periods)-1] {
		until := periods[i+1].From
		x, end := d.x(p.From), d.x(until)
		look := lookOf(p.Phase)
		d.write(`<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"><title>%s</title></rect>`+"\n",
			x, top, end-x, barHeight, look.fill, escape(fmt.Sprintf("%s: %s, %s to %s", s.Version, p.Phase,
				p.From.Format(time.DateOnly), until.AddDate(0, 0, -1).Format(time.DateOnly))))
		if name := string(p.Phase); float64(len(name))*letterWidth+8 < end-x {
			d.write(`<text x="%.1f" y="%d" text-anchor="middle" fill="%s">%s</text>`+"\n", (x+end)/2, top+14, look.text, escape(name))
		}
	}
}

func (d *drawing) legend(y int) {
	x := chartLeft
	for _, look := range looks {
		d.write(`<rect x="%d" y="%d" width="14" height="14" fill="%s"/><text x="%d" y="%d" class="ink" fill="#1a1a1a">%s</text>`+"\n",
			x, y, look.fill, x+20, y+11, look.name)
		x += 110
	}
}

func lookOf(phase Phase) (look struct{ fill, text string }) {
	for _, l := range looks {
		for _, p := range l.phases {
			if p == phase {
				look.fill, look.text = l.fill, l.text
			}
		}
	}
	return look
}

func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a Buffer never fails
	return b.String()
}
