package stage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// TestDiagramIsCurrent keeps docs/stages.md true: the table is the one that the rule runs, and the
// diagram is what the rule does to a pull request when people do these things in any
// order.
func TestDiagramIsCurrent(t *testing.T) {
	suite.Current(t, "../../../docs/stages.md", "stages", table()+"\n"+diagram(t))
}

func table() string {
	labels := labelNames(settings())
	comments := map[*round]string{nil: "", &changesRound: "to the author, with the phrase", &answeredRound: "thanks",
		&commitsRound: "about the commits"}
	asked := map[*round]string{&answeredRound: "the core developers who requested changes", &commitsRound: "the core developers who approved"}
	var b strings.Builder
	b.WriteString("| | The first that holds | label | comment, once per round | review requested from |\n| --- | --- | --- | --- | --- |\n")
	for i, row := range slices.Concat(decisionsByHand, decisionsByReviews) {
		label := map[stage]string{none: "none", chosen: "that label", left: "as they are"}[row.stage]
		if label == "" {
			label = "`" + labels[row.stage] + "`"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", i+1, row.when, label, comments[row.round], asked[row.round])
	}
	return b.String()
}

// turn is what people can do with a stage.
type turn struct {
	told string
	do   func(w *world)
}

var turns = []turn{
	{"someone reviews it", func(w *world) { w.review("eve", pull.Approved, w.r.Head) }},
	{"a core developer requests changes", func(w *world) { w.review("dana", pull.ChangesRequested, w.r.Head) }},
	{"the author posts the phrase", func(w *world) { w.comment("alice", settings().Phrases[0]) }},
	{"the author re-requests the review", func(w *world) { w.event(pull.ReviewRequested, "alice", "dana") }},
	{"a core developer approves", func(w *world) { w.review("dana", pull.Approved, w.r.Head) }},
	{"new commits", func(w *world) { w.pushed(false, w.r.Now) }},
	{"the review is dismissed", func(w *world) { w.dismiss("dana", "carol") }},
}

// diagram is drawn from each order of up to four deeds.
func diagram(t *testing.T) string {
	const deeds = 4
	edges := map[[2]string]map[string]bool{}
	var follow func(w *world, left int)
	follow = func(w *world, left int) {
		for _, turn := range turns {
			next := w.copy()
			next.r.Now = next.r.Now.Add(next.step)
			turn.do(next)
			next.look(t)
			if edge := [2]string{w.stages(), next.stages()}; edge[0] != edge[1] {
				if edges[edge] == nil {
					edges[edge] = map[string]bool{}
				}
				edges[edge][turn.told] = true
			}
			if left > 1 {
				follow(next, left-1)
			}
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for author, told := range map[string]string{"alice": "opened or marked ready", "guido": "opened or marked ready by a core developer"} {
		w := newWorld(author, false)
		w.look(t)
		edges[[2]string{"[*]", w.stages()}] = map[string]bool{told: true}
		if author == "alice" {
			follow(w, deeds)
		}
	}
	name := func(label string) string { return strings.ReplaceAll(strings.TrimPrefix(label, "awaiting "), " ", "_") }
	order := labelNames(settings())
	order[none] = "[*]"
	for _, label := range order[1:] {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", label, name(label))
	}
	for _, edge := range slices.SortedFunc(maps.Keys(edges), func(a, b [2]string) int {
		return cmp.Or(slices.Index(order, a[0])-slices.Index(order, b[0]), slices.Index(order, a[1])-slices.Index(order, b[1]))
	}) {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", name(edge[0]), name(edge[1]), strings.Join(slices.Sorted(maps.Keys(edges[edge])), " / "))
	}
	b.WriteString("```\n")
	return b.String()
}

func (w *world) copy() *world {
	next, r := *w, *w.r
	next.r = &r
	return &next
}
