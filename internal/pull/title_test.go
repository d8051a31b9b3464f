package pull_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestFullTitle(t *testing.T) {
	for _, test := range []struct{ title, body, want string }{
		{"Fix it", "", "Fix it"},
		{"Fix…", "… it \r\nWords", "Fix it"},
		{"Fix…", "…it", "Fixit"},
		{"Fix…", "Words\n… it", "Fix…"},
		{"Fix", "… it", "Fix"},
		{"Fix…", "", "Fix…"},
		{"…", "…", ""},
		{"Fix...", "... it", "Fix..."},
	} {
		if got := pull.FullTitle(test.title, test.body); got != test.want {
			t.Errorf("%q and %q: %q, want %q", test.title, test.body, got, test.want)
		}
	}
}
