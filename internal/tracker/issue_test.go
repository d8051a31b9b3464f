package tracker

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/weigh"
)

func TestNamed(t *testing.T) {
	for title, want := range map[string]string{
		"gh-123456: Fix it":                        "gh-123456",
		"GH-123456: Fix it":                        "gh-123456",
		"[3.14] gh-123456: Fix it (GH-7) (#8)":     "gh-123456",
		"bpo-123: Fix it":                          "bpo-123",
		"gh-1, gh-2, BPO-3: Fix it":                "gh-1 gh-2 bpo-3",
		"Fix it (bpo-123)":                         "bpo-123",
		"Fix gh-12.":                               "gh-12",
		`Revert "gh-123456: Fix it (GH-7)"`:        "gh-123456",
		"[3.12] Fix typo (GH-93644)":               "",
		"Fix typo (gh-93644) (#93645)":             "",
		"[3.12] Fix typo (#93644)":                 "",
		"python/devguide#12: Fix it":               "",
		"#12: Fix it":                              "",
		"high-5 fix":                               "",
		"ßgh-5":                                    "",
		"gh-5x, gh-5-6, gh-":                       "",
		"gh-0: zero":                               "",
		"gh-007: zeros":                            "gh-7",
		"gh-2147483647: the last":                  "gh-2147483647",
		"gh-2147483648: too large":                 "",
		"gh-99999999999999999999999999: too large": "",
		"": "",
	} {
		var got []string
		for _, i := range Named(title) {
			got = append(got, i.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("issues of %q: %q, want %q", title, s, want)
		}
	}
}

func TestOnGitHub(t *testing.T) {
	for title, want := range map[string]int{"gh-1, bpo-2: Fix it": 1, "bpo-2, gh-1: Fix it": 0, "Fix it": 0} {
		if got := OnGitHub(title); got != want {
			t.Errorf("%q names issue %d, want %d", title, got, want)
		}
	}
}

func FuzzNamed(f *testing.F) {
	for _, seed := range []string{"[3.14] gh-130000: Fix it (GH-1) (#2)", "gh-1, bpo-2", "high-5 GH-\xff", "gh-99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, title string) {
		weigh.Linear(t, len(title), 400, func() { Named(title) })
		for _, i := range Named(title) {
			if i.Number <= 0 || i.Number > MaxNumber || !strings.Contains(strings.ToLower(title), i.Tracker+"-") {
				t.Errorf("%q has no issue %s", title, i)
			}
		}
	})
}
