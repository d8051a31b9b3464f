package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
)

// BenchmarkBranches finds what five branches lack of 2,500 fixes, with as many backports.
func BenchmarkBranches(b *testing.B) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	rules := backport.Config{Settings: config.Preset().Backport, ABI: config.Preset().ABI, Calendar: builtin()}
	var seen []pull.Brief
	for n := range 2500 {
		p := pull.Brief{Number: 2 * n, Title: fmt.Sprintf("gh-%d: Fix what json.dumps() does with the %dth option", 200_000+n, n), State: pull.Merged,
			Base: "main", Main: true, Closed: now.Add(-time.Duration(n) * time.Hour), Labels: []pull.Mark{{Name: "type-bug"}, {Name: "stdlib"}}}
		back := p
		back.Number, back.Base, back.Main, back.Title = 2*n+1, "3.15", false, fmt.Sprintf("[3.15] %s (GH-%d)", p.Title, p.Number)
		seen = append(seen, p, back, pull.Brief{Number: 1, Base: []string{"3.14", "3.13", "3.12", "3.11"}[n%4]})
	}
	for b.Loop() {
		if all := branches(rules, now, seen); len(all) != 5 || len(all[1].Gaps) == 0 {
			b.Fatal(all)
		}
	}
}
