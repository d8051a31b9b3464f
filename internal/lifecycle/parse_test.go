package lifecycle

import (
	"testing"
	"time"
)

func TestBuiltinIsGood(t *testing.T) {
	now := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	b, found := Builtin().Branch("3.15", now)
	if !found || b.Phase != Bugfix {
		t.Errorf("3.15 is in phase %q in November 2026", b.Phase)
	}
}
func TestX(t *testing.T) {
	for _, s := range Schemes() {
		for _, v := range s.Schedule(2018, 10) {
			t.Log(v.Version, v.Span, v.Releases, len(v.Releases))
			for _, r := range v.Releases {
				t.Log(r, r.Date.Format(time.DateOnly))
			}
		}
	}
}
