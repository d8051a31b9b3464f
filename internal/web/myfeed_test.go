package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// waits stores a pull request that waits for alice, its author.
func (g *gate) waits(repository, title string) {
	g.Helper()
	g.see(repository, pull.View{Brief: pull.Brief{Number: 5, Title: title, Author: "alice", State: pull.Open, Seen: at,
		Labels: []pull.Mark{{Name: "awaiting changes", Since: at.Add(-time.Hour)}}}})
}

var addressOf = regexp.MustCompile(`<code class="address">https://bot\.example\.org(/my-feed/[A-Z2-7]+)</code>`)

// renew makes an address of somebody's feed.
func (p *person) renew() string {
	p.Helper()
	status, text := p.post(myFeedPath, url.Values{"token": {p.token("/docs")}})
	found := addressOf.FindStringSubmatch(text)
	if status != http.StatusOK || found == nil {
		p.Fatalf("%d %s", status, text)
	}
	return found[1]
}

// TestMyFeed: somebody's feed has what waits for them, where they may read it now, for
// whoever knows its address: until it's renewed or ended, or a year has passed.
func TestMyFeed(t *testing.T) {
	g := newGate(t)
	g.waits("python/cpython", "Fix "+markup)
	g.waits("python/covert", "Hidden")
	g.see("python/cpython", pull.View{Brief: pull.Brief{Number: 6, Title: "Another's", Author: "bob", State: pull.Open, Seen: at}})
	g.rights["python/cpython alice"] = Rights{Reads: true}
	alice, reader := g.person("alice"), g.person("")
	if status, _, _ := reader.open(myFeedPath); status != http.StatusUnauthorized {
		t.Errorf("nobody's page: %d", status)
	}
	alice.signIn("/docs")
	if _, text, _ := alice.open(myFeedPath); !strings.Contains(text, "You have no feed") || strings.Contains(text, "End the feed") {
		t.Errorf("%s", text)
	}
	first := alice.renew()
	reads := func(path string, status int, titles ...string) string {
		t.Helper()
		got, text, _ := reader.open(path)
		if got != status || strings.Count(text, "<entry>") != len(titles) || strings.Contains(text, "<script") {
			t.Errorf("%d %s", got, text)
		}
		for _, title := range titles {
			if !strings.Contains(text, title) {
				t.Errorf("%q isn't in %s", title, text)
			}
		}
		return text
	}
	reads(first, http.StatusOK, "python/cpython#5 Fix &lt;script&gt;")
	if _, text, _ := alice.open(myFeedPath); strings.Contains(text, first) || !strings.Contains(text, "until 30 November 2027") {
		t.Errorf("the address shows again: %s", text)
	}
	second := alice.renew()
	if text := reads(first, http.StatusNotFound); strings.Contains(text, first) {
		t.Errorf("the page of a wrong address has it: %s", text)
	}
	delete(g.rights, "python/cpython alice")
	g.now = g.now.Add(rightsTime)
	reads(second, http.StatusOK)
	g.rights["python/covert alice"] = Rights{Reads: true}
	g.now = g.now.Add(rightsTime)
	reads(second, http.StatusOK, "python/covert#5 Hidden")
	if kept, err := g.pages.Store.FeedOf(t.Context(), people["alice"].ID); err != nil || strings.Contains(string(kept.Value),
		second[len(myFeedPath)+1:]) {
		t.Errorf("%+v %v", kept, err)
	}
	alice.post(myFeedPath+"/end", url.Values{"token": {alice.token("/docs")}})
	reads(second, http.StatusNotFound)
	third := alice.renew()
	g.now = g.now.Add(queue.KeepFeeds)
	reads(third, http.StatusNotFound)
	for _, address := range []string{first, second, third} {
		if strings.Contains(g.log.String(), address[len(myFeedPath)+1:]) {
			t.Errorf("the log has an address: %s", &g.log)
		}
	}
}

// TestFeedsStaySecret: not even an error names the address.
func TestFeedsStaySecret(t *testing.T) {
	g := newGate(t)
	alice := g.person("alice")
	alice.signIn("/docs")
	address := alice.renew()
	if reader, is := g.pages.Store.(*queue.Reader); !is || reader.Close() != nil {
		t.Fatal("the database can't be closed")
	}
	if status, text, _ := g.person("").open(address); status != http.StatusServiceUnavailable || strings.Contains(text, address) {
		t.Errorf("%d %s", status, text)
	}
	if log := g.log.String(); strings.Contains(log, address[len(myFeedPath)+1:]) || !strings.Contains(log, "showing a page") {
		t.Errorf("%s", log)
	}
}

// TestFeedOfManyRepositories: GitHub is asked about two of them each time, and about all in
// the end.
func TestFeedOfManyRepositories(t *testing.T) {
	g := newGate(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		g.waits("python/"+name, name)
		g.rights["python/"+name+" alice"] = Rights{Reads: true}
	}
	alice := g.person("alice")
	alice.signIn("/docs")
	address := alice.renew()
	seen := map[string]bool{}
	for range 3 {
		_, text, _ := g.person("").open(address)
		if n := strings.Count(text, "<entry>"); n != asksAPage {
			t.Errorf("%d entries: %s", n, text)
		}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			seen[name] = seen[name] || strings.Contains(text, "<title>python/"+name+"#5")
		}
		g.now = g.now.Add(time.Hour)
	}
	for name, there := range seen {
		if !there {
			t.Errorf("%s was never there", name)
		}
	}
}
