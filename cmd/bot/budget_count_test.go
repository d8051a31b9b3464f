package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// spending is a request of the bot, as GitHub counts it.
type spending struct {
	at              time.Time
	request, cost   int // of an hour
	points, content int // of a minute, and content of an hour
}

// observe counts a request as GitHub's documents say.
func (d *day) observe(x ghtest.Exchange) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x.Status == http.StatusForbidden || x.Status == http.StatusTooManyRequests || strings.Contains(string(x.Body), "RATE_LIMITED") {
		d.refused = append(d.refused, fmt.Sprint(d.now.Format(time.TimeOnly), " ", x.Route, " ", string(x.Body)))
	}
	s := spending{at: d.now}
	var query struct{ Query string }
	var answer struct {
		Data struct{ RateLimit struct{ Cost int } }
	}
	switch {
	case !strings.HasPrefix(x.Request.Header.Get("Authorization"), "token "): // the App's own
		return
	case x.Route == "POST /graphql":
		_, _ = json.Unmarshal(x.RequestBody, &query), json.Unmarshal(x.Body, &answer) // what is none has no cost
		s.cost, s.points = max(answer.Data.RateLimit.Cost, 1), 1
		if strings.Contains(query.Query, "mergeable labels") {
			d.pages++
		}
		if strings.HasPrefix(query.Query, "mutation") {
			s.points, s.content = 5, strings.Count(query.Query, "(input:$")
		}
	case x.Request.Method == http.MethodGet:
		s.request, s.points = 1, 1
	case strings.Contains(x.Route, "/statuses/"): // no content: it notifies nobody
		s.request, s.points = 1, 5
	default:
		s.request, s.points, s.content = 1, 5, 1
	}
	d.spent = append(d.spent, s)
}

// sent counts the requests so far.
func (d *day) sent() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.spent)
}

// most is the largest sum within any span of that length.
func (d *day) most(span time.Duration, of func(spending) int) (most int) {
	sum, first := 0, 0
	for _, s := range d.spent {
		sum += of(s)
		for ; s.at.Sub(d.spent[first].at) >= span; first++ {
			sum -= of(d.spent[first])
		}
		most = max(most, sum)
	}
	return most
}

// judge holds the day to the limits, and to five seconds for each bystander's event.
func (d *day) judge(atLeast int) {
	d.Helper()
	content := func(s spending) int { return s.content }
	points := func(s spending) int { return s.points }
	figures := []struct {
		what       string
		got, limit int
	}{
		{"content writes in any minute", d.most(time.Minute, content), 80},
		{"content writes in any hour", d.most(time.Hour, content), 500},
		{"points in any minute", d.most(time.Minute, points), 900},
		{"requests in any hour", d.most(time.Hour, func(s spending) int { return s.request }), 5000},
		{"points in any hour", d.most(time.Hour, func(s spending) int { return s.cost }), 5000},
	}
	for _, f := range figures {
		d.Logf("%s: %d of %d", f.what, f.got, f.limit)
		if f.got > f.limit {
			d.Errorf("%s: %d, more than %d", f.what, f.got, f.limit)
		}
	}
	d.Logf("%d requests in all; %d events of bystanders, worked within %s", len(d.spent), d.worked, d.slowest)
	if len(d.refused) > 0 {
		d.Errorf("GitHub refused %d requests: %s", len(d.refused), strings.Join(d.refused[:min(5, len(d.refused))], "\n"))
	}
	if d.slowest > 5*time.Second || len(d.changed) > 0 || d.worked < atLeast {
		d.Errorf("%d events of bystanders worked, the slowest after %s; %d never", d.worked, d.slowest, len(d.changed))
	}
}
