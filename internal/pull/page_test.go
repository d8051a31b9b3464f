package pull

import (
	"strings"
	"testing"
)

// A status without an address of its own, and a check run, point to the page. That the
// pages are there, moved or went away sets no status again; another state does.
func TestPagesOfStatuses(t *testing.T) {
	const page = "https://bot.example.org/o/r/pull/1"
	news := Status{Context: "news", State: StatusSuccess, Description: "Good"}
	help := Status{Context: "issue", State: StatusFailure, Description: "Bad", URL: "https://docs.example.org"}
	rule := Rule{Name: "rule", Needs: ^Facts(0), Owns: []string{"news", "issue"}, Want: func(*Request) Want {
		return Want{Statuses: []Status{news, help}, Checks: []CheckPart{{Check: "both", Conclusion: Failure, Title: "Bad"}}}
	}}
	decided := func(page string, there ...Status) *Request {
		r := &Request{Key: Key{"o", "r", 1}, Head: strings.Repeat("ab", 20), State: Open, Facts: ^Facts(0), Page: page,
			Statuses: map[string]Status{}}
		for _, s := range there {
			r.Statuses[s.Context] = s
		}
		return r
	}
	at := func(s Status, url string) Status { s.URL = url; return s }
	for name, c := range map[string]struct {
		r    *Request
		want map[string]string // address by context
	}{
		"new":            {decided(page), map[string]string{"news": page, "issue": help.URL}},
		"switched on":    {decided(page, news, help), nil},
		"moved":          {decided(page, at(news, "http://other.example/O/R/pull/1"), help), nil},
		"switched off":   {decided("", at(news, page), help), nil},
		"another link":   {decided(page, at(news, help.URL), help), map[string]string{"news": page}},
		"another pull":   {decided(page, at(news, page+"1"), help), map[string]string{"news": page}},
		"another state":  {decided(page, Status{"news", StatusFailure, "Good", ""}, help), map[string]string{"news": page}},
		"its own is new": {decided(page, at(news, page), at(help, page)), map[string]string{"issue": help.URL}},
	} {
		plan, err := Decide(c.r, []Rule{rule})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, a := range plan.Actions {
			switch a := a.(type) {
			case SetStatus:
				if got++; c.want[a.Context] != a.URL {
					t.Errorf("%s: %s points to %q", name, a, a.URL)
				}
			case SetCheck:
				if a.URL != c.r.Page {
					t.Errorf("%s: %s points to %q", name, a, a.URL)
				}
			}
		}
		if got != len(c.want) {
			t.Errorf("%s: %s", name, plan)
		}
	}
}
