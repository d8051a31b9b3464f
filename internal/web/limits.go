package web

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/queue"
)

// limits is what was used of GitHub's limits within an hour, on all accounts together.
// What's left is that of the account that had the smallest share; -1: nothing was used, so
// it isn't known.
type limits struct {
	At          time.Time `json:"at"`
	REST        int       `json:"rest_requests"`
	GraphQL     int       `json:"graphql_requests"`
	RESTLeft    int       `json:"rest_left_percent"`
	GraphQLLeft int       `json:"graphql_left_percent"`
}

// used are the hours of a week, those in which nothing was used included.
func used(all []queue.Usage, last time.Time) []limits {
	var hours []limits
	for at := last.Add(-(7*24 - 1) * time.Hour); !at.After(last); at = at.Add(time.Hour) {
		hours = append(hours, limits{At: at, RESTLeft: -1, GraphQLLeft: -1})
	}
	for _, u := range all {
		i := int(u.At.Sub(hours[0].At) / time.Hour)
		if u.At.Before(hours[0].At) || i >= len(hours) || u.Most <= 0 {
			continue
		}
		one := limits{RESTLeft: -1, GraphQLLeft: -1}
		if resource, _, _ := strings.Cut(u.Name, "/"); resource == "graphql" {
			one.GraphQL, one.GraphQLLeft = u.Spent, u.Least*100/u.Most
		} else {
			one.REST, one.RESTLeft = u.Spent, u.Least*100/u.Most
		}
		hours[i].add(one)
	}
	return hours
}

func (l *limits) add(other limits) {
	l.REST, l.GraphQL = l.REST+other.REST, l.GraphQL+other.GraphQL
	l.RESTLeft, l.GraphQLLeft = least(l.RESTLeft, other.RESTLeft), least(l.GraphQLLeft, other.GraphQLLeft)
}

// least is the smaller of those that are known.
func least(a, b int) int {
	if a < 0 || b < 0 {
		return max(a, b)
	}
	return min(a, b)
}

// limitCharts are the charts of a day, by hour, and of a week, by day.
func limitCharts(hours []limits) []chart {
	var days []limits
	for some := range slices.Chunk(hours, 24) {
		day := some[0]
		for _, h := range some[1:] {
			day.add(h)
		}
		days = append(days, day)
	}
	var all []chart
	for _, c := range []struct {
		when string
		rows []limits
	}{{"the last 24 hours", hours[len(hours)-24:]}, {"the last 7 days", days}} {
		sent := chart{Title: "Requests to GitHub in " + c.when, Names: [2]string{"REST", "GraphQL"}}
		left := chart{Title: "Least left of GitHub's limits in " + c.when + ", in percent", Names: [2]string{"REST requests", "GraphQL points"}}
		for _, l := range c.rows {
			sent.Rows = append(sent.Rows, step{l.At, [2]int{l.REST, l.GraphQL}})
			left.Rows = append(left.Rows, step{l.At, [2]int{l.RESTLeft, l.GraphQLLeft}})
		}
		all = append(all, bars(sent, 0), bars(left, 100))
	}
	return all
}
