package ghtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var checkRoutes = []route{
	{"POST /repos/{owner}/{repo}/check-runs", "checks:write", (*Server).createCheck},
	{"PATCH /repos/{owner}/{repo}/check-runs/{id}", "checks:write", (*Server).updateCheck},
	{"GET /repos/{owner}/{repo}/check-runs/{id}", "checks:read", (*Server).getCheck},
	{"GET /repos/{owner}/{repo}/check-runs/{id}/annotations", "checks:read", (*Server).listAnnotations},
	{"GET /repos/{owner}/{repo}/commits/{ref}/check-runs", "checks:read", (*Server).listChecks},
}

type check struct {
	id                            int64
	app                           *app // nil: the App under test
	name, sha, status, conclusion string
	externalID, detailsURL        string
	title, summary, text          *string
	annotations                   []annotation
	started, completed            time.Time
}

type annotation struct {
	Path            string  `json:"path"`
	StartLine       int     `json:"start_line"`
	EndLine         int     `json:"end_line"`
	StartColumn     *int    `json:"start_column"`
	EndColumn       *int    `json:"end_column"`
	AnnotationLevel string  `json:"annotation_level"`
	Message         string  `json:"message"`
	Title           *string `json:"title"`
	RawDetails      *string `json:"raw_details"`
	BlobHref        string  `json:"blob_href"`
}

// checkInput is the body of both writes; what is absent stays.
type checkInput struct {
	Name        *string      `json:"name"`
	HeadSHA     string       `json:"head_sha"`
	DetailsURL  *string      `json:"details_url"`
	ExternalID  *string      `json:"external_id"`
	Status      *string      `json:"status"`
	StartedAt   *time.Time   `json:"started_at"`
	Conclusion  *string      `json:"conclusion"`
	CompletedAt *time.Time   `json:"completed_at"`
	Output      *checkOutput `json:"output"`
	Actions     []obj        `json:"actions"`
}

type checkOutput struct {
	Title       *string      `json:"title"`
	Summary     *string      `json:"summary"`
	Text        *string      `json:"text"`
	Annotations []annotation `json:"annotations"`
}

func (s *Server) createCheck(c *call) (any, error) {
	var in checkInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	k, err := c.createCheck(c.repo, in)
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return s.checkJSON(c.repo, k), nil
}

func (c *call) createCheck(r *Repo, in checkInput) (*check, error) {
	if !c.byApp() {
		return nil, &apiError{Status: 403, Message: "You must authenticate via a GitHub App."}
	}
	if in.Name == nil || *in.Name == "" {
		return nil, invalid("CheckRun", "name", "missing_field", "")
	}
	if _, err := r.store.commit(in.HeadSHA); err != nil {
		return nil, &apiError{Status: 422, Message: "No commit found for SHA: " + in.HeadSHA}
	}
	k := &check{sha: in.HeadSHA, status: "queued", started: r.srv.now()}
	if err := k.apply(in, r.srv.now()); err != nil {
		return nil, err
	}
	k.id = r.srv.nextID()
	r.checks = append(r.checks, k)
	r.wrote(Write{Kind: "check-run", SHA: k.sha, Key: k.name, Text: k.status + " " + k.conclusion})
	return k, r.settle()
}

func (s *Server) updateCheck(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	var in checkInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.updateCheck(c.repo, k, in); err != nil {
		return nil, err
	}
	return s.checkJSON(c.repo, k), nil
}

func (c *call) updateCheck(r *Repo, k *check, in checkInput) error {
	if !c.byApp() || k.app != nil {
		return &apiError{Status: 403, Message: "Invalid app_id `0` - check run can only be modified by the GitHub App that created it."}
	}
	if err := k.apply(in, r.srv.now()); err != nil {
		return err
	}
	r.wrote(Write{Kind: "check-run-update", SHA: k.sha, Key: k.name, Text: k.status + " " + k.conclusion})
	return r.settle()
}

// apply checks the input as GitHub does and takes it over; annotations are added to those that are there.
func (k *check) apply(in checkInput, now time.Time) error {
	if err := in.validate(); err != nil {
		return err
	}
	set(&k.name, in.Name)
	set(&k.detailsURL, in.DetailsURL)
	set(&k.externalID, in.ExternalID)
	set(&k.status, in.Status)
	if in.StartedAt != nil {
		k.started = *in.StartedAt
	}
	if in.Conclusion != nil {
		k.conclusion, k.status, k.completed = *in.Conclusion, "completed", now
	} else if in.Status != nil {
		k.conclusion, k.completed = "", time.Time{}
	}
	if in.CompletedAt != nil {
		k.completed = *in.CompletedAt
	}
	if out := in.Output; out != nil {
		k.title, k.summary = out.Title, out.Summary
		if out.Text != nil {
			k.text = out.Text
		}
		k.annotations = append(k.annotations, out.Annotations...)
	}
	return nil
}

func (in checkInput) validate() error {
	conclusions := []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
	switch {
	case in.Status != nil && !slices.Contains([]string{"queued", "in_progress", "completed"}, *in.Status):
		return invalid("CheckRun", "status", "invalid", "")
	case in.Conclusion != nil && !slices.Contains(conclusions, *in.Conclusion):
		return invalid("CheckRun", "conclusion", "invalid", "")
	case in.Status != nil && *in.Status == "completed" && in.Conclusion == nil:
		return invalid("CheckRun", "conclusion", "missing_field", "")
	case len(in.Actions) > 3:
		return &apiError{Status: 422, Message: "Invalid request.\n\nNo more than 3 items are allowed; " + itoa(int64(len(in.Actions))) + " were supplied."}
	case in.Output == nil:
		return nil
	case in.Output.Title == nil || in.Output.Summary == nil:
		return &apiError{Status: 422, Message: "Invalid request.\n\n\"title\", \"summary\" weren't supplied."}
	case len(*in.Output.Summary) > 65535:
		return invalid("CheckRun", "summary", "custom", "summary exceeds a maximum bytesize of 65535")
	case in.Output.Text != nil && len(*in.Output.Text) > 65535:
		return invalid("CheckRun", "text", "custom", "text exceeds a maximum bytesize of 65535")
	case len(in.Output.Annotations) > 50:
		return &apiError{Status: 422, Message: "Invalid request.\n\nNo more than 50 items are allowed; " + itoa(int64(len(in.Output.Annotations))) + " were supplied."}
	}
	for _, a := range in.Output.Annotations {
		if err := a.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (a annotation) validate() error {
	switch {
	case a.Path == "" || strings.HasPrefix(a.Path, "/"):
		return invalid("CheckAnnotation", "path", "invalid", "")
	case a.StartLine < 0 || a.EndLine < a.StartLine:
		return invalid("CheckAnnotation", "end_line", "custom", "end_line must be at or after start_line")
	case !slices.Contains([]string{"notice", "warning", "failure"}, a.AnnotationLevel):
		return invalid("CheckAnnotation", "annotation_level", "invalid", "")
	case a.Message == "" || len(a.Message) > 64<<10:
		return invalid("CheckAnnotation", "message", "custom", "message is empty or exceeds 64 KB")
	case a.Title != nil && utf8.RuneCountInString(*a.Title) > 255:
		return invalid("CheckAnnotation", "title", "custom", "title is too long (maximum is 255 characters)")
	case (a.StartColumn != nil || a.EndColumn != nil) && a.StartLine != a.EndLine:
		return invalid("CheckAnnotation", "start_column", "custom", "columns need start_line and end_line to be the same")
	}
	return nil
}

func (c *call) check() (*check, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, err
	}
	for _, k := range c.repo.checks {
		if k.id == id {
			return k, nil
		}
	}
	return nil, notFound("")
}

func (s *Server) getCheck(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	return s.checkJSON(c.repo, k), nil
}

func (s *Server) listAnnotations(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	return append([]annotation{}, page(c, k.annotations)...), nil
}

func (s *Server) listChecks(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	q := c.URL.Query()
	found := c.repo.checksAt(sha, q.Get("check_name"))
	if id := q.Get("app_id"); id != "" {
		found = slices.DeleteFunc(found, func(k *check) bool { return id != itoa(s.appOf(k).id) })
	}
	if q.Get("filter") != "all" {
		found = latestChecks(found)
	}
	if want := q.Get("status"); want != "" {
		found = slices.DeleteFunc(found, func(k *check) bool { return k.status != want })
	}
	slices.Reverse(found)
	runs := []obj{}
	for _, k := range page(c, found) {
		runs = append(runs, s.checkJSON(c.repo, k))
	}
	return obj{"total_count": len(found), "check_runs": runs}, nil
}

// checksAt are the check runs of a commit, oldest first; name "" is any.
func (r *Repo) checksAt(sha, name string) []*check {
	var found []*check
	for _, k := range r.checks {
		if k.sha == sha && (name == "" || k.name == name) {
			found = append(found, k)
		}
	}
	return found
}

// latestChecks keeps the newest of each name and App.
func latestChecks(all []*check) []*check {
	type named struct {
		app  *app
		name string
	}
	newest := map[named]int64{}
	for _, k := range all {
		newest[named{k.app, k.name}] = max(newest[named{k.app, k.name}], k.id)
	}
	return slices.DeleteFunc(slices.Clone(all), func(k *check) bool { return newest[named{k.app, k.name}] != k.id })
}

func (s *Server) checkJSON(r *Repo, k *check) obj {
	api := s.repoAPI(r) + "/check-runs/" + itoa(k.id)
	o := obj{
		"id": k.id, "node_id": nodeID("CR", k.id), "head_sha": k.sha, "external_id": k.externalID, "name": k.name, "status": k.status, "conclusion": body(k.conclusion),
		"url": api, "html_url": s.URL + "/" + r.fullName() + "/runs/" + itoa(k.id), "details_url": body(k.detailsURL), "started_at": timestamp(k.started),
		"completed_at": timestamp(k.completed), "app": s.appJSON(), "check_suite": obj{"id": s.appOf(k).id}, "pull_requests": r.checkPulls(k.sha),
		"output": obj{"title": k.title, "summary": k.summary, "text": k.text, "annotations_count": len(k.annotations), "annotations_url": api + "/annotations"},
	}
	if other := s.appOf(k); other != s.app {
		o["app"] = obj{"id": other.id, "slug": other.slug, "node_id": nodeID("A", other.id), "name": other.slug}
	}
	return o
}

// checkPulls lists open pull requests with that head, but not those from forks: GitHub leaves those out.
func (r *Repo) checkPulls(sha string) []obj {
	out := []obj{}
	for _, i := range r.sortedIssues() {
		p := i.pull
		if p == nil || p.headSHA != sha || p.headRepo != r || i.state != "open" {
			continue
		}
		repo := obj{"id": r.id, "url": r.srv.repoAPI(r), "name": r.name}
		out = append(out, obj{
			"id": i.id, "number": i.number, "url": r.srv.pullAPI(r, i),
			"head": obj{"ref": p.headRef, "sha": p.headSHA, "repo": repo}, "base": obj{"ref": p.baseRef, "sha": p.baseSHA, "repo": repo},
		})
	}
	return out
}
