package title

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule { return Rule(s.Titles) })
}

// FuzzBetter: a better title is valid, and can't be made better.
func FuzzBetter(f *testing.F) {
	for _, title := range []string{"[3.14] gh-5: Fix it (GH-6) (#7)", "gh-5…", "[3.13] ``` (#8)", "[v3.14]: [ 3.13 ] (#1)(#2)", "[3.14]",
		"\xff", ":", ":bug: Fix it", "\v[3.13]\u00a0[3.14] Fix it"} {
		f.Add(title, "…, gh-7: Fix it", true)
		f.Add(title, "", false)
	}
	f.Fuzz(func(t *testing.T, title, body string, maintenance bool) {
		base := "main"
		if maintenance {
			base = "3.14"
		}
		text := better(pull.FullTitle(title, body), base)
		if text == "" {
			return
		}
		if r := (&pull.Request{Base: base, Title: text}); !valid(r) || better(text, base) != text {
			t.Errorf("the better title %q for %s isn't good", text, base)
		}
	})
}
