package newscheck

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// ABI is the rule on ABI markers (PEP 605, "ABI markers"): a change that breaks
// the full ABI says so at the start of its summary line, which is the title
// once it is merged, and at the beginning of its NEWS entry. If one of them is
// there, both must be. In mode off it has no Want.
func ABI(set config.ABI, news config.News) pull.Rule {
	rule := pull.Rule{
		Name:  "abi",
		About: aboutABI,
		Needs: pull.Files | pull.Commits | pull.Statuses | pull.Checks,
		Reads: readsEntry(news),
		Owns:  []string{set.Status},
	}
	if on(set.Mode) {
		m := newMarkers(set.CommitMarker, set.NewsMarker)
		rule.Want = func(r *pull.Request) pull.Want { return wantABI(&marked{set: set, news: news, markers: m, request: r}) }
	}
	return rule
}

// marked is what a pull request says about the ABI, place by place.
type marked struct {
	set     config.ABI
	news    config.News
	markers markers
	request *pull.Request
	places
}

type places struct {
	title   mark
	commits []commitMark // those that say something
	entries []entryMark  // all
	unseen  bool         // an entry may be there that was not read
}

type commitMark struct {
	subject string
	mark
}

type entryMark struct {
	path string
	line int // of the mark, or of the text if there is none
	mark
}

func wantABI(m *marked) pull.Want {
	if m.request.State != pull.Open {
		return pull.Want{}
	}
	m.places = pull.Once(m.request, abiKey{}, m.read)
	c := m.compare()
	var want pull.Want
	if c.applies {
		want.Statuses = []pull.Status{c.status}
	}
	if c.applies || len(c.part.Annotations) > 0 {
		want.Checks = []pull.CheckPart{c.part}
	}
	return want
}

// abiKey is that of what a pull request says, whatever its labels are.
type abiKey struct{}

func (m *marked) read() places {
	m.title = m.markers.subject(m.request.Title)
	m.readCommits()
	m.readEntries()
	return m.places
}

// readCommits leaves out merges, whose own commits are listed too, and commits
// that a later one takes back. A rebased merge is known by its subject alone.
func (m *marked) readCommits() {
	undone := map[string]int{} // how often
	for _, c := range slices.Backward(m.request.Commits) {
		subject := subjectOf(c.Message)
		if undone[subject] > 0 {
			undone[subject]--
			continue
		}
		if back, is := pull.Reverted(subject); is {
			undone[back]++
		}
		if c.Merge || mergeForm.MatchString(subject) {
			continue
		}
		if found := m.markers.subject(subject); found.exact || found.miss != "" {
			m.commits = append(m.commits, commitMark{subject, found})
		}
	}
	slices.Reverse(m.commits)
}

func (m *marked) readEntries() {
	m.unseen = m.request.FilesOmitted > 0
	read := 0
	for _, f := range m.request.Files {
		where, _ := changelog.Locate(m.news, f.Path)
		if f.Change == pull.Removed || where != changelog.InSection && where != changelog.Misplaced {
			continue
		}
		if readable(f.Content) && read+len(f.Content.Data) > maxEntries {
			m.unseen = true
			continue
		}
		if !readable(f.Content) {
			m.unseen = m.unseen || f.Content == nil || f.Content.Kind == pull.Regular
			continue
		}
		read += len(f.Content.Data)
		b := readBody(f.Content.Data)
		found := m.markers.body(b, m.news.Width)
		line := max(1, b.First) + strings.Count(b.Raw()[:found.at], "\n")
		m.entries = append(m.entries, entryMark{f.Path, line, found})
	}
	slices.SortFunc(m.entries, func(a, b entryMark) int { return cmp.Compare(a.path, b.path) })
}

// readable reports whether the text of an entry is there.
func readable(c *pull.Content) bool {
	return c != nil && c.Kind == pull.Regular && c.Size <= maxEntry && (len(c.Data) > 0 || c.Size == 0)
}

// inCommit reports whether the title or a commit is marked as it should be.
func (m *marked) inCommit() bool {
	return m.title.exact || slices.ContainsFunc(m.commits, func(c commitMark) bool { return c.exact })
}

func (m *marked) inNews() bool {
	return slices.ContainsFunc(m.entries, func(e entryMark) bool { return e.exact })
}

// titleMisses reports whether the title, or a commit where the title says
// nothing, has something in the place of the marker. A commit does not matter
// beside a good title, which is what merging keeps.
func (m *marked) titleMisses() bool {
	return m.title.miss != "" || !m.inCommit() && len(m.commits) > 0
}

func (m *marked) newsMisses() bool {
	return slices.ContainsFunc(m.entries, func(e entryMark) bool { return e.miss != "" })
}

// applies reports whether the pull request says anything about the ABI, or did
// when the bot looked before.
func (m *marked) applies() bool {
	return m.inCommit() || m.inNews() || len(m.commits) > 0 || m.title.miss != "" || m.newsMisses() || m.request.EarlierStatuses[m.set.Status]
}

// evidence are the changed files that change with the ABI.
func (m *marked) evidence() []string {
	var files []string
	for _, f := range m.request.Files {
		if f.Change == pull.Removed {
			continue
		}
		for _, pattern := range m.set.Evidence {
			if ok, err := path.Match(pattern, f.Path); ok && err == nil {
				files = append(files, f.Path)
				break
			}
		}
	}
	slices.Sort(files)
	return files
}
