package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// The accounts of the old bots: an App, and an account that is a person's to GitHub.
const bedevere, islington = "bedevere-app[bot]", "miss-islington"

// oldBot acts on webhooks beside the bot, as its predecessors do: statuses, stage labels,
// comments and backports. It's as good as the rules are, but for its mistakes.
type oldBot struct {
	*day
	wrong  map[int]mistake // by pull request; of a backport, by its original
	faster bool            // than the new bot
	away   bool            // it does nothing

	mu     sync.Mutex
	events []oldEvent
}

// mistake is a known way to be wrong.
type mistake int

const (
	wrongState mistake = 1 + iota // of a status
	noLabel
	labelTooMany
	wrongTitle // of a backport
	noComment
)

type oldEvent struct {
	Action      string
	PullRequest struct{ Number int } `json:"pull_request"`
	Review      struct{ State string }
}

// beside starts an old bot. Webhooks go to both, first to the new one.
func (d *day) beside() *oldBot {
	d.Helper()
	o := &oldBot{day: d, wrong: map[int]mistake{}}
	server := httptest.NewServer(http.HandlerFunc(o.receive))
	d.Cleanup(server.Close)
	d.github.SetHook(ghtest.Hook{URL: server.URL})
	return o
}

func (o *oldBot) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, o.hooks, bytes.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	request.Header = r.Header.Clone()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	var e oldEvent
	if kind := r.Header.Get("X-GitHub-Event"); strings.HasPrefix(kind, "pull_request") && json.Unmarshal(body, &e) == nil {
		o.mu.Lock()
		o.events = append(o.events, e)
		o.mu.Unlock()
	}
	w.WriteHeader(answer.StatusCode)
}

// acts works off the webhooks, those too that its own writes bring, and lets the new bot
// see the results.
func (o *oldBot) acts() {
	o.Helper()
	for {
		if !o.faster {
			o.rest()
		}
		o.flush()
		o.mu.Lock()
		events := o.events
		o.events = nil
		o.mu.Unlock()
		if len(events) == 0 || o.away {
			break
		}
		for _, e := range events {
			o.act(e)
		}
	}
	o.rest()
}

func (o *oldBot) act(e oldEvent) {
	o.Helper()
	p := o.pr(e.PullRequest.Number)
	switch {
	case e.Action == "opened":
		o.statuses(p)
		o.links(p)
		if o.wrong[p.Number] != noLabel {
			o.stage(p, "awaiting review")
		}
		if o.wrong[p.Number] == labelTooMany {
			o.must(o.cpython.Label(p.Number, bedevere, "awaiting merge"))
		}
	case e.Action == "submitted" && e.Review.State == "changes_requested":
		o.stage(p, "awaiting changes")
		if o.wrong[p.Number] != noComment {
			o.says(p.Number, bedevere, "A Python core developer has requested some changes.")
		}
	case e.Action == "submitted" && e.Review.State == "approved":
		o.stage(p, "awaiting merge")
	case e.Action == "closed" && p.Merged:
		o.stage(p, "")
		o.backport(p)
	}
}

func (o *oldBot) pr(number int) ghtest.PRState {
	o.Helper()
	p, err := o.cpython.PR(number)
	o.must(err)
	return p
}

func (o *oldBot) says(number int, by, body string) {
	o.Helper()
	_, err := o.cpython.Comment(number, by, body)
	o.must(err)
}

var (
	issueInTitle = regexp.MustCompile(`\bgh-\d+: `)
	branchTitle  = regexp.MustCompile(`^\[3\.\d+\] .*\(GH-\d+\)$`)
)

func (o *oldBot) statuses(p ghtest.PRState) {
	o.Helper()
	set := func(context string, good bool) {
		state := map[bool]string{true: "success", false: "failure"}[good]
		o.must(o.cpython.SetStatus(p.HeadSHA, bedevere, ghtest.Status{Context: context, State: state, Description: "As ever"}))
	}
	set("bedevere/issue-number", issueInTitle.MatchString(p.Title))
	announced := slices.ContainsFunc(p.Labels, func(l string) bool { return l == "skip news" }) || !strings.Contains(p.Title, "silently")
	set("bedevere/news", announced != (o.wrong[p.Number] == wrongState))
	if p.Base != "main" {
		set("bedevere/maintenance-branch-pr", branchTitle.MatchString(p.Title))
	}
}

// links writes the blocks into the bodies of a pull request and its issue.
func (o *oldBot) links(p ghtest.PRState) {
	o.Helper()
	found := regexp.MustCompile(`gh-(\d+): `).FindStringSubmatch(p.Title)
	if found == nil {
		return
	}
	issue, err := strconv.Atoi(found[1])
	o.must(err)
	o.must(o.cpython.EditBodyBy(p.Number, bedevere, strings.TrimSpace(p.Body+"\n\n"+fmt.Sprintf(issueBlock, issue))))
	entry, end := fmt.Sprintf("* gh-%d\n", p.Number), "<!-- /gh-linked-prs -->"
	body := o.pr(issue).Body
	if !strings.Contains(body, end) {
		body = "<!-- gh-linked-prs -->\n### Linked PRs\n" + end
	}
	o.must(o.cpython.EditBodyBy(issue, bedevere, strings.Replace(body, end, entry+end, 1)))
}

// stage moves the stage label; "" takes it off.
func (o *oldBot) stage(p ghtest.PRState, to string) {
	o.Helper()
	for _, label := range p.Labels {
		if strings.HasPrefix(label, "awaiting ") && label != to {
			o.must(o.cpython.Unlabel(p.Number, bedevere, label))
		}
	}
	if to != "" {
		o.must(o.cpython.Label(p.Number, bedevere, to))
	}
}

// backport opens what the labels request, without looking at the release life cycle.
func (o *oldBot) backport(p ghtest.PRState) {
	o.Helper()
	for _, label := range p.Labels {
		version, asked := strings.CutPrefix(label, "needs backport to ")
		if !asked {
			continue
		}
		o.says(p.Number, islington, "I'm working now to backport this PR to: "+version)
		head := fmt.Sprintf("%s:backport-%.7s-%s", islington, p.MergeSHA, version)
		_, err := o.cpython.Push(head, ghtest.Commit{From: version, Message: p.Title, Files: worked(p.Title)})
		o.must(err)
		title := fmt.Sprintf("[%s] %s (GH-%d)", version, p.Title, p.Number)
		if o.wrong[p.Number] == wrongTitle {
			title = fmt.Sprintf("%s: %s (GH-%d)", version, p.Title, p.Number)
		}
		_, err = o.cpython.OpenPR(ghtest.PR{Title: title, Author: islington, Head: head, Base: version,
			Body: fmt.Sprintf("(cherry picked from commit %s)", p.MergeSHA)})
		o.must(err)
		o.must(o.cpython.Unlabel(p.Number, islington, label))
	}
}

// worked are the files of a change that nobody needs more labels for.
func worked(title string) map[string]ghtest.File {
	name := regexp.MustCompile(`\W+`).ReplaceAllString(title, "-")
	files := map[string]ghtest.File{"Tools/" + name + ".py": ghtest.Text(title)}
	if !strings.Contains(title, "silently") {
		files["Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000."+name+".rst"] = ghtest.Text("Fry the spam.\n")
	}
	return files
}
