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
