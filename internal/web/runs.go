package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Sizes of a check's picture, in pixels: a column for each commit.
const (
	runWidth  = 6
	runHeight = 20
)

// classes are the shapes of a picture, which the style colors.
var classes = []string{"good", "bad", "pending", "none"}

// Picture draws a check's runs. They can be told apart in grey: a failure is tall, a success
// short, both have a gap in between, a pending one is hollow, and a missing one a dot.
func (c CheckedCheck) Picture() template.HTML {
	counts, shapes := map[rune]int{}, map[string]*strings.Builder{}
	for _, class := range classes {
		shapes[class] = &strings.Builder{}
	}
	for i, run := range c.Runs {
		counts[run]++
		bar := func(class string, top, height int) {
			fmt.Fprintf(shapes[class], "M%d %dh%dv%dh-%dz", i*runWidth, top, runWidth-1, height, runWidth-1)
		}
		switch run {
		case '+':
			bar("good", runHeight-8, 8)
		case 'x':
			bar("bad", 0, runHeight)
		case '*':
			bar("bad", 0, runHeight-10)
			bar("good", runHeight-8, 8)
		case '~':
			bar("pending", runHeight-8, 7)
		default:
			bar("none", runHeight-2, 2)
		}
	}
	var b strings.Builder
	for _, class := range classes {
		if shapes[class].Len() > 0 {
			fmt.Fprintf(&b, `<path class="%s" d="%s"></path>`, class, shapes[class])
		}
	}
	head := fmt.Sprintf(`<svg class="runs" viewBox="0 0 %d %d" role="img"><title>Runs of %s</title><desc>Of the newest %s, oldest first, `+
		`passed: %d, failed: %d, both: %d, pending: %d, no run: %d.</desc>`, max(1, len(c.Runs))*runWidth, runHeight,
		template.HTMLEscapeString(c.Name), plural(len(c.Runs), "commit"), counts['+'], counts['x'], counts['*'], counts['~'], counts['.'])
	return template.HTML(head + b.String() + `</svg>`)
}

// outcomes is what the checks of one commit say.
type outcomes struct {
	CheckedCommit
	Failed, Both    []string // names
	Passed, Pending int
}

// tallies are the commits with a run, newest first.
func (b CheckedBranch) tallies() (all []outcomes) {
	for i, commit := range slices.Backward(b.Commits) {
		t := outcomes{CheckedCommit: commit}
		for _, c := range b.Checks {
			if i < len(c.Runs) {
				t.add(c.Name, c.Runs[i])
			}
		}
		if t.Passed+t.Pending+len(t.Failed)+len(t.Both) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// maxNames is how many checks a commit's line names.
const maxNames = 3

func (t *outcomes) add(check string, run byte) {
	name := func(names *[]string) {
		if len(*names) == maxNames {
			check = "…"
		}
		if len(*names) <= maxNames {
			*names = append(*names, check)
		}
	}
	switch run {
	case '+':
		t.Passed++
	case 'x':
		name(&t.Failed)
	case '*':
		name(&t.Both)
	case '~':
		t.Pending++
	}
}

// commitIn and pullsIn are what parts of the template show of a repository.
type (
	commitIn struct {
		Repository string
		Commit     CheckedCommit
	}
	pullsIn struct {
		Repository string
		Numbers    []int
	}
)

func inCommit(repository string, c CheckedCommit) commitIn { return commitIn{repository, c} }

func inPulls(repository string, numbers []int) pullsIn { return pullsIn{repository, numbers} }
