package gh

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

// standing are errors that stand at a place of the answers for good.
var standing = []struct{ kind, message string }{
	{"FORBIDDEN", "Although you appear to have the correct authorization credentials, the `example` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."},
	{"FORBIDDEN", "Resource not accessible by integration"},
	{"NOT_FOUND", "Could not resolve to a node with the global id of 'x'."},
	{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded."},
	{"SOMETHING_NEW", "Nobody knows this."},
}

// Outcomes of a question with an error in its answer.
const (
	loaded = "loaded, with a hole"
	grant  = "grant"
	isGone = "gone"
	again  = "tried again"
)

// essential are the fields without which nothing can be decided about a pull
// request, an issue or a repository: what it is, its own lists, and who asks. An
// error at one of them, or at one of the branches and lists that rules look at, is
// tried again. It names all of a path but for the numbers of what rules look at.
var essential = regexp.MustCompile(`^(viewer(\.login)?|repository(\.(` + strings.Join([]string{
	`defaultBranchRef(\.name)?`, `(settings|labelRules|head)(\.(oid|byteSize|isTruncated))?`,
	`(tip|ref|label|r)\d+(\.(target|target\.oid|id|name|p\d+|p\d+\.nodes))?`, `(from|into)\d+(\.nodes)?`,
	`tip(\.(oid|status|status\.contexts|checkSuites|checkSuites\.nodes))?`,
	`maybe(Issue)?\d+\.(number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|closedAt|(comments|events|labels)(\.nodes)?)`,
	`(all|refs|labels)(\.(nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	`queue\d*(\.entries(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?)?`,
	`issueOrPullRequest(\.(` + strings.Join([]string{
		`id|number|title|body|state|issueState|isDraft|authorAssociation|baseRefName|headRefName|headRefOid|changedFiles|added|removed|createdAt|updatedAt|closedAt|mergedAt|mergeStateStatus|autoMergeRequest`,
		`mergeCommit(\.(oid|message|author|author\.(name|email)|parents(\.(totalCount|nodes))?))?`,
		`(labels|commits|comments|deletions|events|reviews|mentions|files|opinions|reviewRequests|assignees|tip)(\.(totalCount|nodes|pageInfo(\.(hasNextPage|endCursor))?))?`,
	}, "|") + `))?`,
}, "|") + `))?)$`)

// outside are the fields that lead out of the repository.
var outside = regexp.MustCompile(`(^|\.)(author|editor|actor|assignee|source|headRepository|mergedBy|enabledBy|requestedReviewer|deletedCommentAuthor|rateLimit)(\.|$)`)

// missable are those of the repository itself that may be missing.
var missable = regexp.MustCompile(`\.(\d+|f\d+|compare|text)(\.|$)|\.maybe[A-Za-z]*\d+$|^repository\.issueOrPullRequest\.mergeCommit\.parents\.nodes\.0\.`)

// queues are asked for with a repository, which is of use without.
var queues = regexp.MustCompile(`^repository\.queue\d+(\.|$)`)

// outcome is what has to come of an error at a path.
func outcome(path, kind, message string) string {
	spared := outside.MatchString(path) || missable.MatchString(path)
	entry := regexp.MustCompile(`\.\d+$`).MatchString(path)
	switch {
	case kind == "FORBIDDEN" && queues.MatchString(path):
		return loaded // the log says that merge queues do not show
	case kind == "FORBIDDEN" && strings.Contains(message, "integration") && !entry && !outside.MatchString(path):
		return grant // the App lacks a permission
	case spared:
		return loaded
	case kind == "FORBIDDEN":
		return grant
	case kind == "NOT_FOUND" && (path == "repository" || path == "repository.issueOrPullRequest"):
		return isGone
	}
	return again
}

func outcomeOf(err error) string {
	denied, isDenied := errors.AsType[*Denied](err)
	_, gone := errors.AsType[*Gone](err)
	_, temporary := errors.AsType[*Temporary](err)
	switch {
	case err == nil:
		return loaded
	case isDenied && denied.Permission != "" && strings.Contains(err.Error(), "grant the App the permission"):
		return grant
	case gone:
		return isGone
	case temporary:
		return again
	}
	return err.Error()
}

// paths collects where an error can stand in the answers: at each field, and at
// one entry of each list.
type paths struct {
	mu    sync.Mutex
	found map[string]string // by the path without the numbers of entries
}

func (p *paths) observe(x ghtest.Exchange) {
	var said struct{ Data map[string]any }
	if strings.HasSuffix(x.Route, "/graphql") && json.Unmarshal(x.Body, &said) == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.walk("", "", said.Data)
	}
}

func (p *paths) walk(path, names string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			if name != "__typename" {
				p.walk(strings.TrimPrefix(path+"."+name, "."), names+"."+name, v)
			}
		}
		return
	case []any:
		for i, v := range value {
			at := fmt.Sprint(path, ".", i)
			if _, known := p.found[names+"[]"]; !known {
				p.found[names+"[]"] = at
			}
			p.walk(at, names, v)
		}
	}
	if _, known := p.found[names]; !known && path != "" {
		p.found[names] = path
	}
}

// Every question of the bot, with each kind of error at each place of its answers,
// for good: what is not essential is missing from the result, and nothing made up
// stands in its place; what the App may not see is named; the rest is tried again.
func TestEveryErrorEverywhere(t *testing.T) {
	seen := &paths{found: map[string]string{}}
	w := newWorld(t, func(c *ghtest.Config, _ *Config) { c.Observe, c.RateLimit = seen.observe, 1_000_000 })
	f := newFull(w)
	w.queue("3.14", 2)
	total := 0
	for _, q := range f.inquiries() {
		t.Run(q.name, func(t *testing.T) {
			f.forget()
			seen.found = map[string]string{}
			want, err := q.do(t.Context())
			must(t, err)
			places := slices.Sorted(maps.Values(seen.found))
			requests := w.sent()
			total += len(places)
			for _, path := range places {
				for _, s := range standing {
					f.forget()
					w.srv.ClearFaults()
					w.srv.ResetRequests()
					must(t, w.srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(path), Type: s.kind, Message: s.message}))
					got, err := q.do(t.Context())
					if err != nil && strings.Contains(err.Error(), "is not in the head commit") { // it may have changed; the next time it has not
						got, err = q.do(t.Context())
					}
					expected := outcome(path, s.kind, s.message)
					o := outcomeOf(err)
					if o != expected && !(expected == again && o == loaded) { // a smaller question may do without the place
						t.Errorf("%s %.30q at %s: %s (%v), want %s", s.kind, s.message, path, o, err, expected)
					}
					if o == again && !essential.MatchString(path) {
						t.Errorf("%s at %s is tried again for ever, and is not essential", s.kind, path)
					}
					if n := w.sent(); n > 3*requests+80 {
						t.Errorf("%s at %s: %d requests, where %d do", s.kind, path, n, requests)
					}
					if err == nil {
						lessThan(t, path, reflect.ValueOf(got), reflect.ValueOf(want))
					}
				}
			}
			w.srv.ClearFaults()
			t.Logf("%d places", len(places))
		})
	}
	if total < 500 {
		t.Errorf("%d places only", total)
	}
}

// Every kind of write, with each kind of error in its answer: it is told what the
// App lacks, or that what was written to is gone, or it is tried again, and the
// other writes of the request are not touched by it.
func TestEveryErrorOfWrites(t *testing.T) {
	w := newWorld(t, func(c *ghtest.Config, _ *Config) { c.RateLimit = 1_000_000 })
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	must(t, w.repo.SetLabel(ghtest.Label{Name: "type-bug"}))
	want := map[string]string{"FORBIDDEN": grant, "NOT_FOUND": isGone, "RESOURCE_LIMITS_EXCEEDED": again, "SOMETHING_NEW": again}
	number := 0
	fresh := func() (pull.Key, []pull.Action) {
		number++
		head := fmt.Sprint("b", number)
		_, err := w.repo.Push(head, ghtest.Commit{Message: "m", Files: map[string]ghtest.File{head: ghtest.Text("x")}})
		must(t, err)
		n, err := w.repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Draft: true, Labels: []string{"type-bug"}})
		must(t, err)
		_, err = w.repo.Comment(n, "alice", "hello")
		must(t, err)
		key := pull.Key{Owner: "python", Repo: "cpython", Number: n}
		r := w.load(Query{Key: key, Needs: pull.Comments})
		return key, []pull.Action{
			pull.AddLabel{Name: "docs"}, pull.RemoveLabel{Name: "type-bug"}, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}, pull.React{Node: r.Comments[0].Node, With: pull.Confused},
			pull.EditBlock{Block: pull.Block{Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}}, pull.Ready{}, pull.Close{},
		}
	}
	_, actions := fresh()
	for i, a := range actions {
		for _, path := range []string{alias(i), alias(i) + ".clientMutationId"} {
			for _, s := range standing {
				w.srv.ClearFaults()
				key, actions := fresh()
				must(t, w.srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(path), Type: s.kind, Message: s.message}))
				for j, err := range w.app.ApplyAll(t.Context(), 0, key, actions) {
					retried := s.kind == "NOT_FOUND" && pull.LabelOf(a) != "" && j == i && err == nil // by the id that the label has now
					if expected := want[s.kind]; j == i && outcomeOf(err) != expected && !retried {
						t.Errorf("%s: %s at %s: %v, want %s", a, s.kind, path, err, expected)
					} else if j != i && err != nil {
						t.Errorf("%s: %s at %s: %v", actions[j], s.kind, path, err)
					}
				}
			}
		}
	}
}

// The same for what is asked before a write, and for writes that stand alone.
func TestEveryErrorAroundWrites(t *testing.T) {
	w := newWorld(t)
	f := newFull(w)
	head := w.pr(f.open).HeadSHA
	for path, actions := range map[string][]pull.Action{
		"repository.label0":                  {pull.AddLabel{Name: "docs"}, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}},
		"repository.issueOrPullRequest":      {pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}},
		"repository.issueOrPullRequest.id":   {pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}},
		"repository.issueOrPullRequest.body": {pull.EditBlock{Block: pull.Block{Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}}},
		"enablePullRequestAutoMerge":         {pull.MergePull{SHA: head, Title: "t", Auto: true}},
		"disablePullRequestAutoMerge":        {pull.CancelMerge{}},
	} {
		for _, s := range standing {
			f.forget()
			w.srv.ClearFaults()
			must(t, w.srv.Hole(ghtest.Hole{Path: regexp.QuoteMeta(path), Type: s.kind, Message: s.message}))
			expected := outcome(path, s.kind, s.message)
			for i, err := range w.app.ApplyAll(t.Context(), 0, f.open, actions) {
				if o := outcomeOf(err); o != expected {
					t.Errorf("%s: %s at %s: %v, want %s", actions[i], s.kind, path, err, expected)
				}
			}
		}
	}
}

// forget has the next question asked as the first one was.
func (f full) forget() {
	f.app.sizes.Purge()
	f.app.looked.Purge()
	f.app.missing.Purge()
	f.app.files.Purge()
	f.app.ids, _ = newIDs()
	f.srv.ResetRequests()
}

// lessThan compares a result that may have holes with the whole one: no list has
// more in it, and no entry is empty.
func lessThan(t *testing.T, at string, got, want reflect.Value) {
	t.Helper()
	for got.Kind() == reflect.Pointer || got.Kind() == reflect.Interface {
		if got.IsNil() || want.IsNil() {
			return
		}
		got, want = got.Elem(), want.Elem()
	}
	switch got.Kind() {
	case reflect.Slice:
		if got.Len() > want.Len() {
			t.Errorf("%s: %d entries, where there are %d: %v", at, got.Len(), want.Len(), got)
		}
		for i := range got.Len() {
			if got.Type().Elem().Kind() != reflect.Uint8 && got.Index(i).IsZero() {
				t.Errorf("%s: an empty entry among %v", at, got)
			}
		}
	case reflect.Struct:
		for i := range got.NumField() {
			if got.Type().Field(i).IsExported() {
				lessThan(t, at+" "+got.Type().Field(i).Name, got.Field(i), want.Field(i))
			}
		}
	case reflect.Map:
		if got.Len() > want.Len() {
			t.Errorf("%s: %d entries, where there are %d", at, got.Len(), want.Len())
		}
	}
}
