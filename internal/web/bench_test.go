package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// big fills a database as CPython's would be: 2,500 open pull requests, 5,000 merged
// ones, and 30,000 entries of the audit log, of which one pull request has 300.
func big(t testing.TB) *site {
	t.Helper()
	s := newSite(t)
	for n := range 2500 {
		created := at.Add(-time.Duration(n) * time.Hour)
		s.see("python/cpython", pull.View{
			Brief: pull.Brief{Number: 2500 - n, Title: fmt.Sprintf("gh-%d: Fix what json.dumps() does with the %dth option", 100000+n, n),
				Author: fmt.Sprint("somebody", n%400), State: pull.Open, Base: "main", Main: true, Created: created, Seen: at,
				Labels: []pull.Mark{{Name: "type-bug", By: "bob", Since: created}, {Name: "stdlib", Rule: "labels", Why: "cpython.yml:264",
					Since: created},
					{Name: "awaiting review", Rule: "stage", Why: "it has no review that counts", Since: created}}},
			Statuses: []pull.Mark{{Name: "bedevere/news", Value: "success: News entry found in Misc/NEWS.d", Rule: "news",
				Why: "Requires a NEWS entry."}},
			Wants: []pull.Wanted{{Rule: "news", What: "status bedevere/news: success", Why: "News entry found in Misc/NEWS.d"}},
		})
	}
	var entries [][]byte
	entry, err := json.Marshal(pull.LogEntry{At: at, Rule: "stage", Action: `label +"awaiting review"`, Why: "it has no review that counts",
		Cause: "e03fac34-9207-407f-a39f-7875a595079f", Before: "off", After: "on"})
	s.ok(err)
	for range 300 {
		entries = append(entries, entry)
	}
	s.ok(s.queue.Log(s.Context(), "python/cpython#2500", entries...))
	for n := range 99 {
		s.ok(s.queue.Log(s.Context(), fmt.Sprintf("python/cpython#%d", 2400-n), entries...))
	}
	s.merge()
	s.checked = manyChecked()
	s.releases = []Release{{Version: "3.15", Issue: 900_000}}
	s.see("python/cpython", manyEntries(900_000))
	return s
}

// bigPages are the pages that grow with the repository.
var bigPages = []string{"/", "/python/cpython", "/python/cpython?find=dumps", "/python/cpython/pull/2500", "/python/cpython/settings",
	"/python/cpython/backports", "/python/cpython/backports?state=any&person=core7", "/python/cpython/stages", "/python/cpython/life-cycle",
	"/python/cpython/releases", "/python/cpython/regressions", "/python/cpython/regressions?branch=main",
	"/python/cpython/news", "/python/cpython/abi"}

// TestPagesAreSmall holds each page under 200 kB, though JSON and CSV have everything.
func TestPagesAreSmall(t *testing.T) {
	s := big(t)
	for _, path := range bigPages {
		if w := s.get(path); w.Code != http.StatusOK || w.Body.Len() > 200_000 {
			t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
	}
	s.complete()
}

func BenchmarkPages(b *testing.B) {
	s := big(b)
	for _, path := range bigPages {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("GET", path, nil)
				r.Host = "localhost"
				w := httptest.NewRecorder()
				s.pages.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
