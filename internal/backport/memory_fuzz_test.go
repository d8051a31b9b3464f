package backport

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// FuzzRecall reads what the status comment holds for the bot, which whoever may edit
// comments can change, and the titles that strangers give to pull requests.
func FuzzRecall(f *testing.F) {
	f.Add(`{"sha":"1","rows":{"3.14":{"state":"open","pr":7}}}`, "[3.14] Fix it (GH-24680)")
	f.Add(`{"rows":null}`, strings.Repeat("[3.14] ", 30))
	f.Add(strings.Repeat(`{"rows":`, 1000), "[3.14] x (GH-99999999999999999999)")
	f.Fuzz(func(t *testing.T, data, title string) {
		var m memory
		weigh.Linear(t, len(data), 1000, func() { m = recall(data) })
		if m.Rows == nil {
			t.Errorf("%q has no rows", data)
		}
		if again := recall(pull.Data(m)); len(again.Rows) != len(m.Rows) || again.SHA != m.SHA {
			t.Errorf("%+v is read again as %+v", m, again)
		}
		var branch string
		var number int
		weigh.Linear(t, len(title), 100, func() { branch, number = originalOf(title) })
		if number < 0 || branch == "" && number != 0 || !strings.Contains(title, branch) {
			t.Errorf("%q names %d on %q", title, number, branch)
		}
	})
}
