package conflict

import (
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Only pushes to the default branch and to maintenance branches are followed by a check,
// and by no more than the settings allow.
func TestNextCheck(t *testing.T) {
	checked := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	set := config.Conflicts{Mode: config.On, Label: "conflicts", Every: 30}
	at := func(tips map[string]string) pull.Repository {
		return pull.Repository{DefaultBranch: "main", Tips: tips}
	}
	watch := Watch{Checked: checked, Tips: map[string]string{"main": "a", "3.14": "b", "topic": "c"}}
	for name, c := range map[string]struct {
		watch Watch
		set   config.Conflicts
		tips  map[string]string
		want  time.Time
	}{
		"nothing was pushed":       {watch, set, map[string]string{"main": "a", "3.14": "b", "topic": "c"}, time.Time{}},
		"the default branch":       {watch, set, map[string]string{"main": "x", "3.14": "b"}, checked.Add(30 * time.Minute)},
		"a maintenance branch":     {watch, set, map[string]string{"main": "a", "3.14": "x"}, checked.Add(30 * time.Minute)},
		"a new maintenance branch": {watch, set, map[string]string{"main": "a", "3.15": "x"}, checked.Add(30 * time.Minute)},
		"another branch":           {watch, set, map[string]string{"main": "a", "topic": "x"}, time.Time{}},
		"GitHub wasn't done":       {Watch{Checked: checked, Row: 1}, set, nil, checked.Add(2 * time.Minute)},
		"the rule is off":          {watch, config.Conflicts{Mode: config.Off}, map[string]string{"main": "x"}, time.Time{}},
	} {
		if got := c.watch.Next(at(c.tips), c.set); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What GitHub doesn't know yet is asked for three times in a row.
func TestJudge(t *testing.T) {
	set := config.Conflicts{Mode: config.On, Label: "conflicts"}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	all := []pull.Mergeability{
		{Number: 1}, {Number: 2, Conflicts: true}, {Number: 3, Labels: []string{"Conflicts"}},
		{Number: 4, Conflicts: true, Labels: []string{"conflicts"}}, {Number: 5, Unknown: true},
	}
	watch := Watch{}
	for row := 1; row <= 3; row++ {
		c := watch.Judge(pull.Repository{}, Found{All: all, At: now}, set)
		if !slices.Equal(c.Wrong, []int{2, 3}) || c.Unknown != 1 {
			t.Errorf("wrong are %v, unknown %d", c.Wrong, c.Unknown)
		}
		if again := !c.Again.IsZero(); again != (row < 3) || again != (c.Watch.Row == row) {
			t.Errorf("after %d checks: again at %v, %d in a row", row, c.Again, c.Watch.Row)
		}
		watch = c.Watch
	}
	if c := watch.Judge(pull.Repository{}, Found{Failed: true, At: now}, set); c.Again.IsZero() || c.Watch.Row != 1 {
		t.Errorf("GitHub didn't answer: again at %v, %d in a row", c.Again, c.Watch.Row)
	}
	if c := (Watch{Row: 1}).Judge(pull.Repository{}, Found{All: all[:4], At: now}, set); !c.Again.IsZero() || c.Watch.Row != 0 {
		t.Errorf("all are known: again at %v, %d in a row", c.Again, c.Watch.Row)
	}
}
