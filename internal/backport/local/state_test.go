package local

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOrder(t *testing.T) {
	for _, c := range []struct{ given, want string }{
		{"3.9 3.10 3.14", "3.14 3.10 3.9"},
		{"3.10 4.0 3.100 3.9.1 3.9", "4.0 3.100 3.10 3.9.1 3.9"},
		{"spring stable-3.12 main 3.13-lts", "3.13-lts stable-3.12 spring main"},
		{"3.12 3.012 3.99999999999999999999999", "3.99999999999999999999999 3.12 3.012"},
		{"b a", "b a"},
	} {
		got, err := order(strings.Fields(c.given), false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.given, diff)
		}
	}
}

func TestOrderRefuses(t *testing.T) {
	for _, given := range [][]string{{}, {""}, {"-3.14"}, {"3.14", "3.14"}, {"3.14\n"}, {"spring"}} {
		if got, err := order(given, true); err == nil {
			t.Errorf("%q is taken: %q", given, got)
		}
	}
}

// FuzzParseState: what is taken names nothing that git would take for an option.
func FuzzParseState(f *testing.F) {
	f.Add([]byte(`{"format": "concorde-backport", "version": 1, "commit": "` + sha + `", "remote": "origin", "push_remote": "origin",
		"branches": [{"branch": "3.13", "state": "conflict", "head": "h", "onto": "` + sha + `", "worktree": "/x"}], "current": {"row": 0}}`))
	f.Add([]byte(`{"format": "concorde-backport", "version": 1, "branches": [{"branch": "-x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseState(data)
		if err != nil {
			return
		}
		names := []string{s.Commit, s.Remote, s.PushTo}
		for _, r := range s.Rows {
			names = append(names, r.Branch, r.Head)
		}
		if c := s.Current; c != nil && !strings.HasPrefix(s.Rows[c.Row].Worktree, "/") {
			t.Errorf("the work tree is %q", s.Rows[c.Row].Worktree)
		}
		if slices.ContainsFunc(names, func(name string) bool { return name == "" || name[0] == '-' }) {
			t.Errorf("names: %q", names)
		}
	})
}
