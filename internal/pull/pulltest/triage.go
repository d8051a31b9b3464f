package pulltest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// yamlTriage is what golden cases write for the rules of triage.
type yamlTriage struct {
	Issue     bool   `yaml:"issue"`
	Me        string `yaml:"me"` // login of the bot without "[bot]"; "concorde" when left out
	Page      string `yaml:"page"`
	Additions int    `yaml:"additions"`
	Deletions int    `yaml:"deletions"`
	// Core are core developers; NoTeam says why nobody knows.
	Core   []string `yaml:"core"`
	NoTeam string   `yaml:"no-team"`
	// Opinions and Comments without a time are a minute apart from the opening on,
	// each list for itself.
	Opinions []yamlOpinion `yaml:"opinions"`
	Comments []yamlComment `yaml:"comments"`
	Mentions []yamlPull    `yaml:"mentions"`
	Closes   []int         `yaml:"closes"`
	Listed   []int         `yaml:"listed"` // by the bot
	// MoreCloses: GitHub does not show all that it closes.
	MoreCloses bool                  `yaml:"more-closes"`
	AuditLog   []pull.LogEntry       `yaml:"audit-log"`
	Issues     map[int]yamlIssue     `yaml:"issues"`   // those that are there
	People     map[string]string     `yaml:"people"`   // login to role: triage, write, maintain, admin
	Compared   map[string]yamlBranch `yaml:"compared"` // by branch
	Unknown    []string              `yaml:"unknown"`  // labels that the repository does not have
	// Releases by version; rules see those that they look at.
	Releases map[string]yamlRelease    `yaml:"releases"`
	Threads  map[int]yamlThread        `yaml:"threads"`
	Open     map[string][]yamlOpenPull `yaml:"open"` // pull requests, by their base
	// Awaiting are merged pull requests, by label.
	Awaiting map[string][]int `yaml:"awaiting"`
}

// yamlThread is another issue: its comments, and the keys of the bot's.
type yamlThread struct {
	Comments []yamlComment `yaml:"comments"`
	Notes    []string      `yaml:"notes"`
	More     bool          `yaml:"more"`
}

type yamlOpenPull struct {
	Number   int                   `yaml:"number"`
	Author   string                `yaml:"author"`
	Statuses map[string]yamlStatus `yaml:"statuses"`
}

// threads and open are what others said, and what's open.
func (y yamlRequest) threads(r *pull.Request, at pull.Looks) {
	r.Threads, r.Open = map[int]pull.Thread{}, map[string][]pull.OpenSummary{}
	for _, number := range at.Threads {
		of := pull.Thread{Comments: y.said(y.Threads[number].Comments), Notes: map[string]pull.PostedNote{},
			More: y.Threads[number].More}
		for _, key := range y.Threads[number].Notes {
			of.Notes[key] = pull.PostedNote{ID: 1}
		}
		r.Threads[number] = of
	}
	r.Awaiting = map[string][]int{}
	for _, label := range at.Awaiting {
		r.Awaiting[label] = y.Awaiting[label]
	}
	for _, branch := range at.Open {
		r.Open[branch] = nil
		for _, o := range y.Open[branch] {
			s := pull.OpenSummary{Number: o.Number, Author: o.Author, Statuses: map[string]pull.Status{}}
			for context, status := range o.Statuses {
				s.Statuses[context] = pull.Status{Context: context, State: status.State, Description: status.Description, URL: status.URL}
			}
			r.Open[branch] = append(r.Open[branch], s)
		}
	}
}

type yamlOpinion struct {
	By     string      `yaml:"by"`
	Review pull.Review `yaml:"review"`
	Commit string      `yaml:"commit"` // the head when left out
	At     time.Time   `yaml:"at"`
}

type yamlComment struct {
	ID       int64     `yaml:"id"` // its place in the list, from 1, when left out
	By       string    `yaml:"by"`
	Body     string    `yaml:"body"`
	At       time.Time `yaml:"at"`
	Editor   string    `yaml:"editor"`
	Answered bool      `yaml:"answered"`
	Done     bool      `yaml:"done"`   // answered, and carried out
	Unread   bool      `yaml:"unread"` // it names the bot, but there's too much to read
}

type yamlIssue struct {
	Pull   bool   `yaml:"pull"`
	Closed bool   `yaml:"closed"`
	Title  string `yaml:"title"`
	Body   string `yaml:"body"`
}

type yamlBranch struct {
	Ahead  int `yaml:"ahead"`
	Behind int `yaml:"behind"`
}

var roles = map[string]pull.Role{"triage": pull.Triage, "write": pull.Write, "maintain": pull.Maintain, "admin": pull.Admin}

// triage fills in what is known before rules look elsewhere.
func (y yamlRequest) triage(r *pull.Request) {
	r.Page = y.Page
	r.Issue, r.Me, r.Additions, r.Deletions, r.CoreFault, r.AuditLog = y.Issue, y.Me, y.Additions, y.Deletions, y.NoTeam, y.AuditLog
	if r.Me == "" {
		r.Me = strings.TrimSuffix(bot, "[bot]")
	}
	r.Bot = strings.HasSuffix(r.Author, "[bot]")
	if y.NoTeam == "" {
		r.Core = map[string]bool{}
		for _, login := range y.Core {
			r.Core[strings.ToLower(login)] = true
		}
	}
	for i, o := range y.Opinions {
		opinion := pull.Opinion{By: o.By, Bot: strings.HasSuffix(o.By, "[bot]"), Review: o.Review, Commit: o.Commit, At: o.At}
		if opinion.Commit == "" {
			opinion.Commit = r.Head
		}
		if opinion.At.IsZero() {
			opinion.At = y.Created.Add(time.Duration(i+1) * time.Minute)
		}
		r.Opinions = append(r.Opinions, opinion)
	}
	r.Comments = y.said(y.Comments)
	r.Closes, r.MoreCloses, r.Listed = y.Closes, y.MoreCloses, y.Listed
	r.Mentions = yamlRequest{yamlHistory: yamlHistory{Pulls: y.Mentions}}.pulls(func(yamlPull) bool { return true })
}

// said makes comments.
func (y yamlRequest) said(comments []yamlComment) (all []pull.Comment) {
	for i, c := range comments {
		comment := pull.Comment{ID: c.ID, By: c.By, Bot: strings.HasSuffix(c.By, "[bot]"), Own: c.By == bot, Body: c.Body, At: c.At,
			Editor: c.Editor, Answered: c.Answered || c.Done, Done: c.Done, Unread: c.Unread}
		if comment.ID == 0 {
			comment.ID = int64(i + 1)
		}
		if comment.At.IsZero() {
			comment.At = y.Created.Add(time.Duration(i+1) * time.Minute)
		}
		comment.Node = fmt.Sprint("IC_", comment.ID)
		all = append(all, comment)
	}
	return all
}

// look fills in what the rules look at.
func (y yamlRequest) look(r *pull.Request, at pull.Looks) {
	r.Issues, r.People, r.Compared, r.Known = map[int]pull.Issue{}, map[string]pull.Role{}, map[string]pull.Comparison{}, map[string]bool{}
	for _, number := range at.Issues {
		issue, found := y.Issues[number]
		r.Issues[number] = pull.Issue{Exists: found, Pull: issue.Pull, Closed: issue.Closed, Title: issue.Title, Body: issue.Body}
	}
	for _, login := range at.People {
		r.People[login] = roles[y.People[login]]
	}
	for _, branch := range at.Compared {
		c, found := y.Compared[branch]
		r.Compared[branch] = pull.Comparison{Known: found, Ahead: c.Ahead, Behind: c.Behind}
	}
	r.Guarded = map[string]bool{}
	for _, branch := range at.Guarded {
		r.Guarded[branch] = slices.Contains(y.Guarded, branch)
	}
	r.Releases = map[string]pull.Release{}
	for _, of := range at.Releases {
		release := y.release(y.Releases[of.Version])
		if release.Branch = of.Branch; of.Uncut && y.Releases[of.Version].Uncut {
			release.Branch = of.Default
		}
		if of.Said != nil {
			asked := of.Said(release)
			maps.DeleteFunc(release.Said, func(n int, _ pull.Said) bool { return !slices.Contains(asked, n) })
		}
		r.Releases[of.Version] = release
	}
	r.Blobs = map[string]string{}
	for _, file := range at.Blobs {
		r.Blobs[file] = y.blob(r, file)
	}
	y.threads(r, at)
	for _, label := range at.Labels {
		r.Known[label] = !slices.ContainsFunc(y.Unknown, func(l string) bool { return strings.EqualFold(l, label) })
	}
}

// blob is the id of a file of a branch, BRANCH:PATH: on the base, that of the head unless
// the case says otherwise.
func (y yamlRequest) blob(r *pull.Request, file string) string {
	branch, path, _ := strings.Cut(file, ":")
	i := slices.IndexFunc(r.Files, func(f pull.File) bool { return f.Path == path })
	if branch != r.Base || i < 0 || r.Files[i].Content == nil || slices.Contains(y.Changed, path) {
		return ""
	}
	return pull.BlobID(r.Files[i].Content.Data, 40)
}
