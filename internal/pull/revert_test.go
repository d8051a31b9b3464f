package pull

import "testing"

func TestRevertedBy(t *testing.T) {
	for _, test := range []struct {
		title, body string
		want        int
	}{
		{`Revert "gh-130000: Fix it (GH-70)"`, "Reverts #71, as `dana` asked.\n\nThis reverts commit c3c3.", 71}, // the bot's
		{`Revert "[3.14] gh-130000: Fix it (GH-70)"`, "Reverts python/cpython#71", 71},                           // GitHub's button
		{`[3.14] Revert "gh-130000: Fix it (GH-71)"`, "", 71},
		{`[3.14] gh-130000: Revert "gh-130000: Fix it (GH-70) (#71)" (GH-72)`, "Why.", 71},
		{`Revert "Revert "gh-1: Fix it (GH-70)" (GH-71)"`, "", 71},
		{`Revert "gh-1: Fix it"`, "It Reverts #70", 0},
		{"gh-1: Fix it (GH-70)", "", 0},
		{"gh-1: Don't Revert \"it (GH-70)\"", "", 0},
		{`Revert "Fix it (GH-0)"`, "Reverts #0", 0},
		{`Revert "Fix it (GH-12345678901)"`, "", 0},
		{"", "", 0},
	} {
		if got := RevertedBy(test.title, test.body); got != test.want {
			t.Errorf("%s\n%s: #%d, want #%d", test.title, test.body, got, test.want)
		}
	}
}
