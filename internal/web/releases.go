package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Release is the next release of a version.
type Release struct {
	Version  string    `json:"version"`
	Phase    string    `json:"phase"`
	Managers []Manager `json:"release_managers,omitempty"`
	Issue    int       `json:"tracking_issue,omitempty"` // 0: none, and so nobody judges it
	// Seen is when GitHub was asked; zero for never.
	Seen time.Time `json:"seen,omitzero"`
	Readiness
}

// Readiness is what the last run found out about a release.
type Readiness struct {
	Verdict  string `json:"verdict,omitempty"` // "ready", "not ready" or "not known"
	Headline string `json:"headline,omitempty"`
	// Next is the release that the verdict is about or, without one, what the release data says
	// now; "" if none is planned.
	Next    string         `json:"next_release,omitempty"`
	NextAt  time.Time      `json:"next_release_at,omitzero"`
	Reasons []string       `json:"reasons,omitempty"`
	Unknown []string       `json:"unknown,omitempty"`
	Notes   []string       `json:"notes,omitempty"`
	Tables  []ReleaseTable `json:"tables,omitempty"`
	// News and ABI have pages of their own. NoABI is why there's none of the latter.
	News  *ReleaseNews `json:"news,omitempty"`
	ABI   *ReleaseABI  `json:"abi,omitempty"`
	NoABI string       `json:"no_abi,omitempty"`
}

// ReleaseTable is what the verdict depends on.
type ReleaseTable struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"` // the first cell may be "#123"
	Note    string     `json:"note,omitempty"`
}

// ofReleases is the page of the next releases.
type ofReleases struct {
	Repository string    `json:"repository"`
	Releases   []Release `json:"releases,omitempty"` // newest version first
}

func (p *Pages) releases(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := ofReleases{Repository: key.String()}
	if o.Releases, err = p.Releases(a.Context(), key); err != nil {
		return page{}, err
	}
	table := [][]string{{"version", "phase", "next_release", "next_release_at", "verdict", "reasons", "unknown", "seen"}}
	var sentences []string
	for i := range o.Releases {
		r := &o.Releases[i]
		if err := p.judged(a, key, r); err != nil {
			return page{}, err
		}
		r.News, r.ABI, r.NoABI = nil, nil, ""
		seen := ""
		if !r.Seen.IsZero() {
			seen = exact(r.Seen)
			sentences = append(sentences, r.sentence(p))
		}
		table = append(table, []string{r.Version, r.Phase, r.Next, date(r.NextAt), r.Verdict, strings.Join(r.Reasons, " "),
			strings.Join(r.Unknown, " "), seen})
	}
	sentence := strings.Join(sentences, " ")
	if sentence == "" {
		sentence = "No version has a tracking issue yet, so the bot judges no release."
	}
	return page{name: "releases", Title: "Releases", Sentence: sentence, Repository: o.Repository, Place: "releases", Data: o,
		table: table}, nil
}

// judged adds what the last run on a version's tracking issue found out.
func (p *Pages) judged(a *asked, key pull.Key, r *Release) error {
	if r.Issue == 0 {
		return nil
	}
	stored, err := p.Store.View(a.Context(), key.String(), r.Issue)
	if err != nil || stored.At.IsZero() {
		return err
	}
	var view pull.View
	if err := json.Unmarshal(stored.Detail, &view); err != nil {
		return fmt.Errorf("reading the view of %s#%d: %w", key, r.Issue, err)
	}
	if len(view.Report) == 0 { // the issue is closed, or the settings are newer
		return nil
	}
	if err := json.Unmarshal(view.Report, &r.Readiness); err != nil {
		return fmt.Errorf("reading the readiness of %s: %w", r.Version, err)
	}
	r.Seen = view.Seen
	return nil
}

// sentence is the verdict, and when the release is due.
func (r *Release) sentence(p *Pages) string {
	if r.Next == "" {
		return r.Headline
	}
	if r.NextAt.Before(p.Now().UTC().Truncate(24 * time.Hour)) {
		return fmt.Sprintf("%s It was due on %s.", r.Headline, day(r.NextAt))
	}
	return fmt.Sprintf("%s It's due %s.", r.Headline, p.days(r.NextAt))
}

var reference = regexp.MustCompile(`^#([0-9]{1,9})$`)

// issue is the address of an issue or pull request on GitHub, for a cell that names one;
// "" for others.
func (p *Pages) issue(repository, cell string) string {
	if found := reference.FindStringSubmatch(cell); found != nil {
		return p.github(repository, "issues", found[1])
	}
	return ""
}
