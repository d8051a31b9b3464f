package world

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckInput is the body of both writes; what is absent stays.
type CheckInput struct {
	Name        *string          `json:"name"`
	HeadSHA     string           `json:"head_sha"`
	DetailsURL  *string          `json:"details_url"`
	ExternalID  *string          `json:"external_id"`
	Status      *string          `json:"status"`
	StartedAt   *time.Time       `json:"started_at"`
	Conclusion  *string          `json:"conclusion"`
	CompletedAt *time.Time       `json:"completed_at"`
	Output      *CheckOutput     `json:"output"`
	Actions     []map[string]any `json:"actions"`
}

// CheckOutput is what a check run shows.
type CheckOutput struct {
	Title       *string      `json:"title"`
	Summary     *string      `json:"summary"`
	Text        *string      `json:"text"`
	Annotations []Annotation `json:"annotations"`
}

// CreateCheck makes a check run of the App under test.
func (a Actor) CreateCheck(r *Repo, in CheckInput) (*Check, error) {
	if !a.ByApp() {
		return nil, &Refusal{Status: 403, Message: "You must authenticate via a GitHub App."}
	}
	if in.Name == nil || *in.Name == "" {
		return nil, Invalid("CheckRun", "name", "missing_field", "")
	}
	if _, err := r.Store.Commit(in.HeadSHA); err != nil {
		return nil, &Refusal{Status: 422, Message: "No commit found for SHA: " + in.HeadSHA}
	}
	k := &Check{SHA: in.HeadSHA, Status: "queued", Started: r.World.Now()}
	if err := k.apply(in, r.World.Now()); err != nil {
		return nil, err
	}
	k.ID = r.World.nextID()
	r.Checks = append(r.Checks, k)
	r.Record(Write{Kind: "check-run", SHA: k.SHA, Key: k.Name, Text: k.Status + " " + k.Conclusion})
	return k, r.Settle()
}

// UpdateCheck changes one of the App's own check runs.
func (a Actor) UpdateCheck(r *Repo, k *Check, in CheckInput) error {
	if !a.ByApp() || k.App != nil {
		return &Refusal{Status: 403, Message: "Invalid app_id `0` - check run can only be modified by the GitHub App that created it."}
	}
	if err := k.apply(in, r.World.Now()); err != nil {
		return err
	}
	r.Record(Write{Kind: "check-run-update", SHA: k.SHA, Key: k.Name, Text: k.Status + " " + k.Conclusion})
	return r.Settle()
}

// OtherCheck makes, or changes, a check run of another App on a commit, as CI does.
func (r *Repo) OtherCheck(sha, app, name, conclusion string) error {
	in := CheckInput{Name: &name, HeadSHA: sha}
	if conclusion != "" {
		in.Conclusion = &conclusion
	}
	by := r.World.otherApp(app)
	k := &Check{App: by, SHA: sha, Status: "in_progress", Started: r.World.Now()}
	if _, err := r.Store.Commit(sha); err != nil {
		return err
	}
	if err := k.apply(in, r.World.Now()); err != nil {
		return err
	}
	k.ID = r.World.nextID()
	r.Checks = append(r.Checks, k)
	if conclusion, done := r.concluded(sha, by); done {
		r.World.emit(Event{Name: "check_suite", Action: "completed", Repo: r, By: by.Bot, Suite: &Suite{by, sha, conclusion}})
	}
	return nil
}

// AddStatus checks what GitHub checks: state, lengths, the commit, and 1000 a commit and context.
func (r *Repo) AddStatus(sha string, st *Status) error {
	c, err := r.Store.Commit(sha)
	same := 0
	for _, other := range r.Statuses[sha] {
		if other.Context == st.Context {
			same++
		}
	}
	switch {
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, st.State):
		return Invalid("Status", "state", "custom", "State "+st.State+" is not included in the list")
	case utf8.RuneCountInString(st.Description) > 140:
		return Invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	case fourBytes(st.Description):
		return Invalid("Status", "description", "custom", noFourBytes)
	case utf8.RuneCountInString(st.Context) > 255:
		return Invalid("Status", "context", "custom", "context is too long (maximum is 255 characters)")
	case st.TargetURL != "" && !strings.HasPrefix(st.TargetURL, "http://") && !strings.HasPrefix(st.TargetURL, "https://"):
		return Invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
	case err != nil:
		return &Refusal{Status: 422, Message: "No commit found for SHA: " + sha}
	case same >= 1000:
		return &Refusal{Status: 422, Message: "Validation Failed", Errors: []map[string]any{{"resource": "Status", "code": "custom", "message": "This SHA and context has reached the maximum number of statuses."}}}
	}
	st.ID, st.Created = r.World.nextID(), r.World.Now()
	r.Statuses[sha] = append(r.Statuses[sha], st)
	r.World.emit(Event{Name: "status", Repo: r, By: st.Creator, Status: st, Commit: c})
	return r.Settle()
}

// apply checks the input as GitHub does and takes it over; annotations are added to those that are there.
func (k *Check) apply(in CheckInput, now time.Time) error {
	if err := in.validate(); err != nil {
		return err
	}
	set(&k.Name, in.Name)
	set(&k.DetailsURL, in.DetailsURL)
	set(&k.ExternalID, in.ExternalID)
	set(&k.Status, in.Status)
	if in.StartedAt != nil {
		k.Started = *in.StartedAt
	}
	if in.Conclusion != nil {
		k.Conclusion, k.Status, k.Completed = *in.Conclusion, "completed", now
	} else if in.Status != nil {
		k.Conclusion, k.Completed = "", time.Time{}
	}
	if in.CompletedAt != nil {
		k.Completed = *in.CompletedAt
	}
	if out := in.Output; out != nil {
		k.Title, k.Summary = out.Title, out.Summary
		if out.Text != nil {
			k.Text = out.Text
		}
		k.Annotations = append(k.Annotations, out.Annotations...)
	}
	return nil
}

// set takes over a value that the request has.
func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}

func (in CheckInput) validate() error {
	conclusions := []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
	switch {
	case in.Status != nil && !slices.Contains([]string{"queued", "in_progress", "completed"}, *in.Status):
		return Invalid("CheckRun", "status", "invalid", "")
	case in.Conclusion != nil && !slices.Contains(conclusions, *in.Conclusion):
		return Invalid("CheckRun", "conclusion", "invalid", "")
	case in.Status != nil && *in.Status == "completed" && in.Conclusion == nil:
		return Invalid("CheckRun", "conclusion", "missing_field", "")
	case len(in.Actions) > 3:
		return &Refusal{Status: 422, Message: "Invalid request.\n\nNo more than 3 items are allowed; " + Decimal(int64(len(in.Actions))) + " were supplied."}
	case in.Output == nil:
		return nil
	case in.Output.Title == nil || in.Output.Summary == nil:
		return &Refusal{Status: 422, Message: "Invalid request.\n\n\"title\", \"summary\" weren't supplied."}
	case len(*in.Output.Summary) > 65535:
		return Invalid("CheckRun", "summary", "custom", "summary exceeds a maximum bytesize of 65535")
	case in.Output.Text != nil && len(*in.Output.Text) > 65535:
		return Invalid("CheckRun", "text", "custom", "text exceeds a maximum bytesize of 65535")
	case len(in.Output.Annotations) > 50:
		return &Refusal{Status: 422, Message: "Invalid request.\n\nNo more than 50 items are allowed; " + Decimal(int64(len(in.Output.Annotations))) + " were supplied."}
	}
	for _, a := range in.Output.Annotations {
		if err := a.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (a Annotation) validate() error {
	switch {
	case a.Path == "" || strings.HasPrefix(a.Path, "/"):
		return Invalid("CheckAnnotation", "path", "invalid", "")
	case a.StartLine < 0 || a.EndLine < a.StartLine:
		return Invalid("CheckAnnotation", "end_line", "custom", "end_line must be at or after start_line")
	case !slices.Contains([]string{"notice", "warning", "failure"}, a.AnnotationLevel):
		return Invalid("CheckAnnotation", "annotation_level", "invalid", "")
	case a.Message == "" || len(a.Message) > 64<<10:
		return Invalid("CheckAnnotation", "message", "custom", "message is empty or exceeds 64 KB")
	case a.Title != nil && utf8.RuneCountInString(*a.Title) > 255:
		return Invalid("CheckAnnotation", "title", "custom", "title is too long (maximum is 255 characters)")
	case (a.StartColumn != nil || a.EndColumn != nil) && a.StartLine != a.EndLine:
		return Invalid("CheckAnnotation", "start_column", "custom", "columns need start_line and end_line to be the same")
	}
	return nil
}
