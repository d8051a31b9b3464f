package pull

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rule says what a pull request should look like, given what it looks like now.
type Rule struct {
	// Name is the log field, the prefix of golden files and the entry in the
	// documentation: "news".
	Name string
	// About says in a sentence or two what the rule does.
	About string
	// Needs are the facts that Want reads, and those that its results are compared with: a
	// rule that wants statuses needs Statuses.
	Needs Facts
	// Reads picks the changed files whose contents are loaded; nil picks none. It sees all
	// of the request except contents and Looks.
	Reads func(r *Request, path string) bool
	// Looks are things outside of the pull request that Want reads; nil for none. It sees
	// all of the request except contents and Looks.
	Looks func(*Request) Looks
	// Owns are the status contexts and labels that only this rule decides. A name that
	// ends in * covers all that start so.
	Owns []string
	// Issues: the rule is about issues too. Other rules only see pull requests.
	Issues bool
	// Shadow: the rule's actions are predicted, not applied. nil: it acts.
	Shadow *Shadow
	// Want is pure: the same Request gives the same Want.
	Want func(*Request) Want
}

// Want is what a rule wants a pull request to look like. It has no opinion on what it
// leaves out: nothing is undone because a Want is silent.
type Want struct {
	Statuses []Status
	Checks   []CheckPart
	Labels   []Label
	Notes    []Note
	Enqueue  []Key // other keys to enqueue: a rule writes only to its own
	// Points are keys to enqueue that find this pull request in their Pointers, if GitHub
	// shows nothing on theirs.
	Points []Key
	Again  time.Time // run again then; zero for never

	Picks     []Pick     // work; Request.Picked has the result when the rule runs again
	Opens     []OpenPull // likewise, in Request.Branches
	Reviewers []Reviewer // whose review to request
	Assignees []string   // logins to assign, once in the history
	Reopen    bool       // restore the branch if it's gone, and reopen the pull request
	Drop      bool       // delete the branch, which must be the App's own
	// Merge it once all is green. With Auto, GitHub may be told to do it then.
	Merge *MergePull
	Waits bool  // to be merged once others report on the head
	Hold  bool  // cancel the auto-merge if this App enabled it
	Stop  *Hold // of what other rules want, only what they report is done
	Close bool  // close it, once in the history: people may reopen it

	Block     *Block  // the bot's own part of the body
	Entries   []Entry // in the lists of issues that Looks names
	Reactions []React // to comments
	Readied   bool    // make it ready for review

	Related []Related // for people to look at; nothing is done about them
	// Report is for pages: a JSON document on what the rule found. Nothing is done about it.
	Report []byte
}

// Related is another pull request that belongs to this one, or one that there will be.
type Related struct {
	Number int    `json:"number,omitempty"` // 0: there's none yet
	Branch string `json:"branch,omitempty"` // that it goes into
	State  string `json:"state"`            // in a word or two: "conflict"
	Why    string `json:"why,omitempty"`
}

// Reviewer is someone whose review to request.
type Reviewer struct {
	Login string
	// Since: request it again unless someone did at this time or later. Zero: once in the
	// history, and not from those who have reviewed already.
	Since time.Time
}

// StatusState is the state of a commit status.
type StatusState string

const (
	StatusSuccess StatusState = "success"
	StatusFailure StatusState = "failure"
	StatusPending StatusState = "pending"
)

// Status is a commit status on the head ("Commit statuses", REST API).
type Status struct {
	Context     string
	State       StatusState
	Description string // at most 140 characters, best within 50
	URL         string
}

// Label says that a label should be on or off.
type Label struct {
	Name string
	On   bool
	Hold LabelHold
	// Color (six hexadecimal digits) and Description are for a label that doesn't exist in
	// the repository yet. Existing: such a label isn't created, which is an error.
	Color, Description string
	Existing           bool
	Why                string // why, for people: the rule's file and line, or another reason
}

// LabelHold is how firmly a label is held.
type LabelHold int

const (
	// Kept so, whatever people do: the rule must own the label.
	Kept LabelHold = iota
	// Suggested: on once, and never again after anyone added or removed it. The rule needs
	// Events.
	Suggested
	// Following: on and off with a state, until a person adds or removes it. The rule
	// needs Events.
	Following
	// Asked for by a person just now: once more, whatever the history, unless a rule owns
	// the label.
	Asked
)

// Looks names things outside of a pull request.
type Looks struct {
	Branches []string      // without refs/heads/, for Request.Branches
	Requests []int         // other pull requests, for Request.Others
	Into     []string      // branches whose newest pull requests to load, for Request.Into
	Issues   []int         // for Request.Issues
	People   []string      // logins, for Request.People
	Compared []string      // branches, for Request.Compared
	Guarded  []string      // branches, for Request.Guarded
	Checked  []string      // branches, for Request.Checked
	Labels   []string      // for Request.Known
	Releases []ReleaseLook // for Request.Releases
	Blobs    []string      // files of branches, as BRANCH:PATH, for Request.Blobs
	Threads  []int         // issues whose comments to load, for Request.Threads
	Open     []string      // branches whose open pull requests to list, for Request.Open
	Awaiting []string      // labels, for Request.Awaiting
}

// Note is a comment. Its Key finds it again.
type Note struct {
	Key  string // lower-case words with hyphens: "news-help"
	Body string
	// Data is for the bot itself, hidden from readers: PostedNote.Data.
	Data string
	// Once: never edit or repeat it, even after someone deleted a comment of the bot.
	// Otherwise the comment is edited to match Body.
	Once bool
}

// Validate finds all rules that can't work together; the error joins them.
func Validate(rules []Rule) error {
	var faults []error
	names, owners := map[string]bool{}, map[string]string{}
	for _, rule := range rules {
		switch {
		case rule.Name == "" || rule.Want == nil:
			faults = append(faults, fmt.Errorf("rule %q has no name, or no Want", rule.Name))
		case names[rule.Name]:
			faults = append(faults, fmt.Errorf("two rules are named %q", rule.Name))
		}
		names[rule.Name] = true
		for _, thing := range rule.Owns {
			fold := strings.ToLower(thing)
			if owner, taken := owners[fold]; taken {
				faults = append(faults, fmt.Errorf("rules %q and %q both set %q: give one of them another name in the settings", owner, rule.Name,
					thing))
			}
			owners[fold] = rule.Name
		}
	}
	return errors.Join(faults...)
}

// Needs returns the facts that any of the rules needs. What a rule in shadow would comment
// is compared with others' comments, which come with this App's own.
func Needs(rules []Rule) Facts {
	var all Facts
	for _, rule := range rules {
		all |= rule.Needs
		if rule.Shadow != nil && rule.Needs&Notes != 0 {
			all |= Comments
		}
	}
	return all
}

// Reads reports whether any of the rules reads the contents of a changed file.
func Reads(rules []Rule, r *Request, path string) bool {
	for _, rule := range rules {
		if rule.Reads != nil && rule.about(r) && rule.Reads(r, path) {
			return true
		}
	}
	return false
}

// Look returns everything that the rules want loaded, each once, sorted.
func Look(rules []Rule, r *Request) Looks {
	var all Looks
	for _, rule := range rules {
		if rule.Looks == nil || !rule.about(r) {
			continue
		}
		some := rule.Looks(r)
		all.Branches = append(all.Branches, some.Branches...)
		all.Requests = append(all.Requests, some.Requests...)
		all.Into = append(all.Into, some.Into...)
		all.Issues = append(all.Issues, some.Issues...)
		all.Compared = append(all.Compared, some.Compared...)
		all.Guarded = append(all.Guarded, some.Guarded...)
		all.Checked = append(all.Checked, some.Checked...)
		all.Releases = append(all.Releases, some.Releases...)
		all.Blobs = append(all.Blobs, some.Blobs...)
		all.Threads = append(all.Threads, some.Threads...)
		all.Open = append(all.Open, some.Open...)
		all.Awaiting = append(all.Awaiting, some.Awaiting...)
		for _, login := range some.People {
			all.People = append(all.People, strings.ToLower(login))
		}
		for _, label := range some.Labels {
			all.Labels = append(all.Labels, strings.ToLower(label))
		}
	}
	return Looks{
		Branches: sorted(all.Branches), Requests: sorted(all.Requests), Into: sorted(all.Into),
		Issues: sorted(all.Issues), People: sorted(all.People), Compared: sorted(all.Compared), Guarded: sorted(all.Guarded),
		Checked: sorted(all.Checked), Labels: sorted(all.Labels), Releases: sortedReleases(all.Releases),
		Blobs:   sorted(all.Blobs),
		Threads: sorted(all.Threads), Open: sorted(all.Open), Awaiting: sorted(all.Awaiting),
	}
}

func sorted[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

// about reports whether the rule applies to a pull request or issue.
func (r Rule) about(of *Request) bool { return r.Issues || of == nil || !of.Issue }

// Keeps reports whether only this rule decides a status context or label.
func (r Rule) Keeps(name string) bool { return r.owns(name) }

// owns reports whether a status context or label belongs to the rule.
func (r Rule) owns(name string) bool {
	return slices.ContainsFunc(r.Owns, func(own string) bool {
		start, open := strings.CutSuffix(own, "*")
		return strings.EqualFold(own, name) || open && len(name) >= len(start) && strings.EqualFold(name[:len(start)], start)
	})
}

func hasFold(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// Sooner is the earlier of two times, of which zero stands for never.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
