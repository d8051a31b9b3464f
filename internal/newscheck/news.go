package newscheck

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// News is the rule on NEWS entries (devguide, "What's New and News Entries";
// the tool blurb). In mode off it has no Want. The settings of the other rule
// are for the entries it suggests.
func News(set config.News, abi config.ABI) pull.Rule {
	rule := pull.Rule{
		Name:  "news",
		About: aboutNews,
		Needs: pull.Files | pull.Statuses | pull.Checks | pull.Notes,
		Reads: readsEntry(set),
		Owns:  []string{set.Status},
	}
	if on(set.Mode) {
		m := newMarkers(abi.CommitMarker, abi.NewsMarker)
		rule.Want = func(r *pull.Request) pull.Want {
			return wantNews(&findings{set: set, markers: m, marked: on(abi.Mode), request: r, issues: tracker.Named(r.Title)})
		}
	}
	return rule
}

func on(mode config.Mode) bool { return mode == config.Warn || mode == config.Require }

func readsEntry(set config.News) func(*pull.Request, string) bool {
	return func(_ *pull.Request, file string) bool {
		where, _ := changelog.Locate(set, file)
		return where == changelog.InSection || where == changelog.Misplaced
	}
}

// kind of a fault. The first kind of a pull request's faults is what its status
// says.
type kind int

const (
	inDirectory kind = iota
	inName
	inText
	warning // breaks nothing
)

type fault struct {
	path    string
	line    int
	column  int // in characters, counted from 1; 0 is the whole line
	kind    kind
	message string
}

// findings are what the files of a pull request say about NEWS entries.
type findings struct {
	set     config.News
	markers markers
	marked  bool // an entry is to have a marker where the title has one
	request *pull.Request
	issues  []tracker.Issue // of the title
	inFiles

	guess   *config.Section
	guessed bool
}

// inFiles is what the files say.
type inFiles struct {
	read    int // bytes of entries
	entries int // that the pull request adds, or tries to
	edited  int // or renamed, below next
	deleted int
	faults  []fault
	faulty  int // files
	renames []rename
}

// rename fixes the path of an entry.
type rename struct{ from, to string }

func wantNews(f *findings) pull.Want {
	if f.request.State != pull.Open {
		return pull.Want{}
	}
	f.inFiles = pull.Once(f.request, newsKey{}, f.files)
	status := f.status()
	want := pull.Want{
		Statuses: []pull.Status{status},
		Checks:   []pull.CheckPart{f.check(status.State)},
	}
	if f.needsHelp() {
		want.Notes = []pull.Note{{Key: helpKey, Body: helpNote(f.set), Once: true}}
	}
	return want
}

// newsKey is that of what the files say, whatever the labels are.
type newsKey struct{}

// files looks at all changed files.
func (f *findings) files() inFiles {
	for _, file := range f.request.Files {
		f.file(file)
	}
	slices.SortFunc(f.faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.path, b.path), a.line-b.line, int(a.kind-b.kind), a.column-b.column, cmp.Compare(a.message, b.message))
	})
	slices.SortFunc(f.renames, func(a, b rename) int { return cmp.Compare(a.from, b.from) })
	return f.inFiles
}

// file looks at one changed file.
func (f *findings) file(file pull.File) {
	where, directory := changelog.Locate(f.set, file.Path)
	below := where == changelog.InSection || where == changelog.Misplaced
	fromWhere, _ := changelog.Locate(f.set, file.Previous)
	adds := file.Change == pull.Added || f.renamedToNew(file, fromWhere)
	switch {
	case where == changelog.Ignored:
		return
	case !below && !f.lost(file, fromWhere):
		return
	case file.Change == pull.Removed:
		f.deleted++
		return
	case adds:
		f.entries++
	default:
		f.edited++
	}
	before := len(f.faults)
	n := f.path(file.Path, where, directory)
	if adds {
		f.compareIssue(file.Path, n.issue)
	}
	if below {
		f.text(file, n)
	}
	if len(f.faults) > before {
		f.faulty++
	}
}

// renamedToNew reports whether a rename makes a new entry.
func (f *findings) renamedToNew(file pull.File, from changelog.Place) bool {
	return file.Change == pull.Renamed && file.Previous != "" && (from == changelog.Outside || f.renumbered(file))
}

// renumbered reports whether a renamed entry now names another issue: git takes a new
// entry for a renamed one if it reads like one that was removed.
func (f *findings) renumbered(file pull.File) bool {
	from, _ := readName(path.Base(file.Previous), f.set.MinGHIssue)
	to, _ := readName(path.Base(file.Path), f.set.MinGHIssue)
	return to.issue != (tracker.Issue{}) && to.issue != from.issue
}

// lost reports whether a file outside of the tree of entries has the name of one,
// where blurb will never find it. Releases only delete files.
func (f *findings) lost(file pull.File, from changelog.Place) bool {
	if file.Change != pull.Added && (file.Change != pull.Renamed || from == changelog.Outside) || !strings.HasSuffix(file.Path, extension) {
		return false
	}
	_, faults := readName(path.Base(file.Path), f.set.MinGHIssue)
	return len(faults) == 0
}

// compareIssue warns if an entry is about an issue that the title doesn't name.
func (f *findings) compareIssue(path string, issue tracker.Issue) {
	if issue != (tracker.Issue{}) && len(f.issues) > 0 && !slices.Contains(f.issues, issue) {
		f.add(path, 1, warning, warnIssue(issue, f.issues))
	}
}

func (f *findings) add(path string, line int, kind kind, message string) {
	f.faults = append(f.faults, fault{path: path, line: line, kind: kind, message: message})
}

// path checks directory and name, and gives what the name says.
func (f *findings) path(file string, where changelog.Place, directory string) name {
	n, faults := readName(path.Base(file), f.set.MinGHIssue)
	for _, message := range faults {
		f.add(file, 1, inName, message)
	}
	if where == changelog.InSection && len(faults) == 0 {
		return n
	}
	better := f.betterPath(file, where)
	f.renames = append(f.renames, rename{file, better})
	switch {
	case where == changelog.InSection:
	case directory != "":
		f.add(file, 1, inDirectory, fmt.Sprintf(faultSection, changelog.Quote(directory), better))
	default:
		f.add(file, 1, inDirectory, fmt.Sprintf(faultDepth, f.set.Directory, better))
	}
	return n
}

// maxEntry is the size of an entry up to which it is read, in bytes. The longest
// of CPython has some thousands. Of all entries of a pull request, maxEntries are
// read: the worst that strangers write takes a microsecond a byte.
const (
	maxEntry   = 64 << 10
	maxEntries = 256 << 10
)

// text checks the contents.
func (f *findings) text(file pull.File, n name) {
	c := file.Content
	switch {
	case c == nil:
		f.add(file.Path, 1, warning, faultUnread)
	case c.Kind == pull.Symlink:
		f.add(file.Path, 1, inText, faultSymlink)
	case c.Kind == pull.Submodule:
		f.add(file.Path, 1, inText, faultModule)
	case c.Size > maxEntry:
		f.add(file.Path, 1, inText, fmt.Sprintf(faultSize, c.Size))
	case len(c.Data) == 0 && c.Size > 0, f.read+len(c.Data) > maxEntries: // one of very many
		f.add(file.Path, 1, warning, faultUnread)
	default:
		f.read += len(c.Data)
		l := linter{set: f.set}
		for _, remark := range l.lint(c.Data, n) {
			kind := warning
			if remark.harmful {
				kind = inText
			}
			f.faults = append(f.faults, fault{file.Path, remark.line, remark.column, kind, remark.message})
		}
	}
}

func (f *findings) skipped() bool { return f.request.HasLabel(f.set.SkipLabel) }

// worst is the first kind of fault there is.
func (f *findings) worst() kind {
	worst := warning
	for _, fault := range f.faults {
		worst = min(worst, fault.kind)
	}
	return worst
}

func (f *findings) status() pull.Status {
	s := pull.Status{Context: f.set.Status, State: pull.StatusSuccess}
	switch {
	case f.entries > 0 && f.worst() == warning:
		s.Description = fmt.Sprintf(statusFound, strings.TrimSuffix(f.set.Directory, "/next"))
		return s
	case f.skipped():
		s.Description = fmt.Sprintf(statusSkipped, f.set.SkipLabel)
		return s
	case f.entries == 0:
		s.Description = fmt.Sprintf(statusMissing, f.set.Directory, f.set.SkipLabel)
	default:
		s.Description = map[kind]string{inDirectory: statusDirectory, inName: statusName, inText: statusText}[f.worst()]
	}
	s.State, s.URL = pull.StatusFailure, f.set.HelpURL
	return s
}

// needsHelp reports whether a new contributor has forgotten the entry.
func (f *findings) needsHelp() bool {
	r := f.request
	return f.set.Help && r.FirstTime() && !strings.HasSuffix(r.Author, "[bot]") && !r.Draft &&
		f.entries == 0 && !f.skipped() && r.FilesOmitted == 0 && !onlyMinor(f.set, r.Files)
}
