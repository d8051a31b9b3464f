package changelog

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Harm is what a faulty entry does to the release.
type Harm string

const (
	Breaks Harm = "breaks" // "blurb release" stops at it
	Lost   Harm = "lost"   // blurb doesn't find it, and goes on without it
	Unread Harm = "unread" // the content isn't known
)

// Fault is why an entry can't be released.
type Fault struct {
	Path    string `json:"path"`
	Line    int    `json:"line"` // counted from 1
	Harm    Harm   `json:"harm"`
	Message string `json:"message"`
}

// Entry of a release.
type Entry struct {
	Path     string
	Section  string // its name
	Metadata map[string]string
	Text     string // wrapped
}

// Draft is what "blurb release" makes of a tree.
type Draft struct {
	Entries []Entry // those that blurb reads, in the order of the changelog
	Faults  []Fault // by path
	// Found counts the files that blurb finds. With none, it writes that there were no
	// changes.
	Found int
	// Unwritten: blurb stops before it writes the release's file.
	Unwritten bool

	width int
}

// Judge looks at all files below the directory of entries, of which it reads Path and
// Content; others don't matter. A path that ends in / is a directory that wasn't looked
// into. The same files in another order give the same draft.
func Judge(set config.News, files []pull.File) Draft {
	d := Draft{width: set.Width}
	for _, file := range files {
		d.judge(set, file)
	}
	section := func(name string) int {
		return slices.IndexFunc(set.Sections, func(s config.Section) bool { return s.Name == name })
	}
	legacy := func(e Entry) int { // of two files with one name, the legacy directory's comes last
		return slices.Index(set.Sections[section(e.Section)].Legacy, path.Base(path.Dir(e.Path)))
	}
	slices.SortFunc(d.Entries, func(a, b Entry) int {
		return cmp.Or(section(a.Section)-section(b.Section), cmp.Compare(path.Base(b.Path), path.Base(a.Path)),
			legacy(a)-legacy(b), cmp.Compare(a.Path, b.Path))
	})
	if len(d.Entries) > 0 {
		if _, alone := d.Entries[0].Metadata[noChanges]; alone {
			d.add(Fault{d.Entries[0].Path, 1, Lost, faultNoChanges})
		}
	}
	slices.SortStableFunc(d.Faults, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.Path, b.Path), a.Line-b.Line) })
	return d
}

// Faulty are the paths of entries that would break the release or be lost, each once.
func (d Draft) Faulty() []string {
	var paths []string
	for _, f := range d.Faults {
		if f.Harm != Unread {
			paths = append(paths, f.Path)
		}
	}
	return slices.Compact(paths)
}

func (d *Draft) add(f Fault) {
	d.Faults = append(d.Faults, f)
	d.Unwritten = d.Unwritten || f.Harm == Unread
}

// stop adds a fault at which blurb stops before it writes anything.
func (d *Draft) stop(path, message string) {
	d.add(Fault{path, 1, Breaks, message})
	d.Unwritten = true
}

func (d *Draft) judge(set config.News, file pull.File) {
	clean := strings.TrimSuffix(file.Path, "/")
	where, directory := Locate(set, clean)
	base := path.Base(clean)
	switch {
	case where == Outside, where == Ignored, strings.HasPrefix(base, ".git"):
		return
	case where == Misplaced:
		d.misplaced(set, file, directory)
		return
	case !found(base):
		d.add(Fault{file.Path, 1, Lost, faultNotFound})
		return
	}
	d.Found++
	name := sectionOf(set, directory)
	given, fault := readName(set, clean, name)
	if fault != "" {
		d.stop(file.Path, fault)
		return
	}
	if clean != file.Path || file.Content != nil && file.Content.Kind == pull.Submodule {
		d.stop(file.Path, faultDirectory)
		return
	}
	if strings.ContainsAny(given["date"]+given["nonce"], "\r\n") { // blurb writes it, and can't read it back
		d.add(Fault{file.Path, 1, Breaks, faultNameBytes})
	}
	if text, read := d.content(file); read {
		d.entry(set, Entry{Path: file.Path, Section: name, Metadata: given}, text)
	}
}

// misplaced is a file that isn't directly in a section's directory.
func (d *Draft) misplaced(set config.News, file pull.File, directory string) {
	below := strings.TrimPrefix(file.Path, set.Directory+"/")
	section, rest, _ := strings.Cut(below, "/")
	if name, _, deeper := strings.Cut(rest, "/"); deeper && sectionOf(set, section) != "" && found(name) && name != readme {
		d.Found++ // blurb finds the directory, and can't open it
		d.stop(file.Path, faultDirectory)
		return
	}
	message := faultDepth
	if directory != "" {
		message = faultSection(directory)
	}
	d.add(Fault{file.Path, 1, Lost, message})
}

// content is a file's text, if it's known.
func (d *Draft) content(file pull.File) ([]byte, bool) {
	c := file.Content
	switch {
	case c == nil || c.Kind == pull.Regular && int64(len(c.Data)) != c.Size:
		d.add(Fault{file.Path, 1, Unread, faultUnread})
	case c.Kind == pull.Symlink:
		d.add(Fault{file.Path, 1, Unread, faultSymlink})
	default:
		return c.Data, true
	}
	return nil, false
}

// entry reads an entry's text.
func (d *Draft) entry(set config.News, e Entry, text []byte) {
	for _, r := range Lint(set, text, names(e.Metadata)) {
		if r.Level.Breaks() {
			d.add(Fault{e.Path, r.Line, Breaks, r.Message})
			d.Unwritten = d.Unwritten || r.Level == Stops
		}
		if r.Level == Stops {
			return
		}
	}
	b := Read(string(text))
	for _, m := range b.Metadata {
		e.Metadata[m.Name] = m.Value
	}
	e.Text = b.Text(set.Width)
	d.Entries = append(d.Entries, e)
}

// sectionOf is the name of the section with a directory, "" for none.
func sectionOf(set config.News, directory string) string {
	for _, s := range set.Sections {
		if s.Directory == directory || slices.Contains(s.Legacy, directory) {
			return s.Name
		}
	}
	return ""
}
