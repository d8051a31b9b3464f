package web

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TestListsShowTheNewest: what is kept of a row counts only for what's stored now.
func TestListsShowTheNewest(t *testing.T) {
	s := newSite(t)
	for n, title := range []string{"First", "Second", "First"} {
		s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, Title: title, State: pull.Open, Seen: at.Add(time.Duration(n) * time.Minute)}})
		for range 2 {
			if text := s.shows("/python/cpython", 200, title); strings.Contains(text, "First") != (title == "First") {
				t.Errorf("not %s: %s", title, text)
			}
		}
	}
}
