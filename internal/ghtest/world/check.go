package world

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type Check struct {
	ID                            int64
	App                           *App // nil: the App under test
	Name, SHA, Status, Conclusion string
	ExternalID, DetailsURL        string
	Title, Summary, Text          *string
	Annotations                   []Annotation
	Started, Completed            time.Time
}

type Annotation struct {
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

type CheckOutput struct {
	Title       *string      `json:"title"`
	Summary     *string      `json:"summary"`
	Text        *string      `json:"text"`
	Annotations []Annotation `json:"annotations"`
}

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

// ChecksAt are the check runs of a commit, oldest first; name "" is any.
func (r *Repo) ChecksAt(sha, name string) []*Check {
	var found []*Check
	for _, k := range r.Checks {
		if k.SHA == sha && (name == "" || k.Name == name) {
			found = append(found, k)
		}
	}
	return found
}

// LatestChecks keeps the newest of each name and App.
func LatestChecks(all []*Check) []*Check {
	type named struct {
		app  *App
		name string
	}
	newest := map[named]int64{}
	for _, k := range all {
		newest[named{k.App, k.Name}] = max(newest[named{k.App, k.Name}], k.ID)
	}
	return slices.DeleteFunc(slices.Clone(all), func(k *Check) bool { return newest[named{k.App, k.Name}] != k.ID })
}
