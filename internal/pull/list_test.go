package pull_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

func list() pull.List {
	return pull.List{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- l -->", End: "<!-- /l -->"}, Heading: "### Linked PRs",
		Line: "* gh-%d"}
}

func TestListWith(t *testing.T) {
	in := func(lines ...string) string {
		return "Words\n\n<!-- l -->\n" + strings.Join(append([]string{"### Linked PRs"}, lines...), "\n") + "\n<!-- /l -->"
	}
	for name, c := range map[string]struct {
		body   string
		linked map[int]bool
		want   string
	}{
		"the first":               {"Words", map[int]bool{2: true}, in("* gh-2")},
		"in the order of numbers": {"Words", map[int]bool{3: true, 2: true, 10: true}, in("* gh-2", "* gh-3", "* gh-10")},
		"behind the last":         {in("* gh-5", "Words"), map[int]bool{2: true}, in("* gh-5", "* gh-2", "Words")},
		"there already":           {in("- [x] #2 by people"), map[int]bool{2: true}, in("- [x] #2 by people")},
		"twice":                   {in("* gh-2", "* gh-2"), map[int]bool{2: true}, in("* gh-2")},
		"one goes":                {in("* gh-2", "* gh-3"), map[int]bool{2: false}, in("* gh-3")},
		"the last one goes":       {in("* gh-2"), map[int]bool{2: false}, "Words"},
		"none goes":               {"Words", map[int]bool{2: false}, "Words"},
		"no number":               {"Words", map[int]bool{0: true, -1: true}, "Words"},
		"too large a number":      {in("* gh-4294967296"), map[int]bool{2: true}, in("* gh-4294967296", "* gh-2")},
	} {
		if got := list().With(c.body, c.linked).In(c.body); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Lines of several pull requests come and go in any order, each upon the body as it
// is by then, and the end is the same.
func TestEntriesInAnyOrder(t *testing.T) {
	body := "Words"
	for range 200 {
		number, on := 1+rand.IntN(9), rand.IntN(2) == 0
		edit := pull.EditEntry{Entry: pull.Entry{Issue: 7, List: list(), On: on}, Number: number}
		next := edit.In(body)
		if list().Has(next, number) != on || edit.In(next) != next {
			t.Fatalf("%s: %q gives %q", edit, body, next)
		}
		for other := 1; other <= 9; other++ {
			if other != number && list().Has(next, other) != list().Has(body, other) {
				t.Fatalf("%s: #%d changed: %q gives %q", edit, other, body, next)
			}
		}
		body = next
	}
	for number := range 10 {
		body = pull.EditEntry{Entry: pull.Entry{List: list()}, Number: number}.In(body)
	}
	if body != "Words" {
		t.Errorf("in the end: %s", fmt.Sprintf("%q", body))
	}
}

// The trail tells which issues list a pull request.
func TestListedIn(t *testing.T) {
	for _, on := range []bool{true, false} {
		edit := pull.EditEntry{Entry: pull.Entry{Issue: 7, List: list(), On: on}, Number: 5}
		if issue, got := pull.ListedIn(edit.String()); issue != 7 || got != on {
			t.Errorf("%s: #%d, %v", edit, issue, got)
		}
	}
	for _, text := range []string{"", "close", "list #5", "add label \"list #1 in the body of issue #2\""} {
		if issue, on := pull.ListedIn(text); issue != 0 || on {
			t.Errorf("%q: #%d, %v", text, issue, on)
		}
	}
}
