package suite

import "testing"

func TestSize(t *testing.T) {
	for value, want := range map[string]int{"": 1, "long": 2, "full": 3, "yes": 1} {
		t.Setenv("CONCORDE_TEST", value)
		if got := (Sizes[int]{Normal: 1, Long: 2, Full: 3}).Size(); got != want {
			t.Errorf("CONCORDE_TEST=%s: %d, want %d", value, got, want)
		}
	}
}
