package lifecycle

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

// elements reads an SVG document as strictly as an XML parser does.
func elements(t *testing.T, svg []byte) []xml.StartElement {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	var all []xml.StartElement
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("reading the chart: %v\n%s", err, svg)
		}
		if start, ok := token.(xml.StartElement); ok {
			all = append(all, start.Copy())
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestChart(t *testing.T) {
	svg := Chart{Title: "Python release cycle", Schedules: Builtin().Schedules(), At: date("2026-11-22")}.SVG()
	all := elements(t, svg)
	root := all[0]
	if root.Name.Space != "http://www.w3.org/2000/svg" || attribute(root, "role") != "img" ||
		attribute(root, "aria-labelledby") != "title desc" {
		t.Errorf("the root is %v", root)
	}
	height, err := strconv.Atoi(attribute(root, "height"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		for name, limit := range map[string]int{"x": chartWidth, "x1": chartWidth, "x2": chartWidth, "y": height, "y1": height, "y2": height} {
			if text := attribute(e, name); text != "" {
				if at, err := strconv.ParseFloat(text, 64); err != nil || at < 0 || at > float64(limit) {
					t.Errorf("%s has %s=%q", e.Name.Local, name, text)
				}
			}
		}
		if width := attribute(e, "width"); strings.HasPrefix(width, "-") {
			t.Errorf("%s is %s wide", e.Name.Local, width)
		}
	}
	for _, want := range []string{
		"<title id=\"title\">Python release cycle</title>", ">3.14</text>", ">2026</text>", ">bugfix</text>", "<title>2026-11-22</title>",
		"3.15: feature from 2025-05-07, beta from 2026-05-07, candidate from 2026-08-04, final freeze from 2026-09-29, bugfix from " +
			"2026-10-02, security from 2028-10-01, end-of-life from 2031-11-01.",
		"<title>3.15: security, 2028-10-01 to 2031-10-31</title>",
	} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the chart has no %s", want)
		}
	}
}

// TestChartMarksTheDay where it lies between the ends of its year.
func TestChartMarksTheDay(t *testing.T) {
	plan := scheme(t, "pep602").Schedule(2020, 1) // an axis from 2019 to 2025
	mark := func(day time.Time) (x float64, found bool) {
		for _, e := range elements(t, Chart{Schedules: plan, At: day}.SVG()) {
			if attribute(e, "stroke-width") == "2" {
				x, err := strconv.ParseFloat(attribute(e, "x1"), 64)
				return x, err == nil
			}
		}
		return 0, false
	}
	if x, found := mark(date("2019-01-01")); !found || x != chartLeft {
		t.Errorf("the start of the axis is at %.1f, %t", x, found)
	}
	before, _ := mark(date("2022-06-01"))
	after, _ := mark(date("2022-06-30"))
	if after <= before {
		t.Errorf("time goes back from %.1f to %.1f", before, after)
	}
	for _, day := range []time.Time{{}, date("2018-12-31"), date("2026-01-01")} {
		if x, found := mark(day); found {
			t.Errorf("%s is at %.1f", day, x)
		}
	}
}

func TestChartEscapesText(t *testing.T) {
	schedule := scheme(t, "pep602").Schedule(2020, 1)[0]
	schedule.Version = `3.9</text><script>alert("x")</script>`
	svg := Chart{Title: "<&\"'\x00\xff]]>", Schedules: []Schedule{schedule}}.SVG()
	for _, e := range elements(t, svg) {
		if e.Name.Local == "script" {
			t.Errorf("text became markup:\n%s", svg)
		}
	}
}

// TestChartOfNothing and of much: the names of years do not overlap.
func TestChartOfNothingAndOfMuch(t *testing.T) {
	elements(t, Chart{Title: "nothing"}.SVG())
	elements(t, Chart{Title: "nothing", At: date("2026-11-22")}.SVG())
	last := 0.0
	names := 0
	for _, e := range elements(t, Chart{Schedules: scheme(t, "pep602").Schedule(2020, 150)}.SVG()) {
		if attribute(e, "fill") != "#4a4a4a" {
			continue
		}
		x, err := strconv.ParseFloat(attribute(e, "x"), 64)
		if err != nil || names > 0 && x-last < yearWidth-1 {
			t.Errorf("a year is at %.1f, the one before at %.1f", x, last)
		}
		last = x
		names++
	}
	if names < 10 {
		t.Errorf("the axis names %d years", names)
	}
}
