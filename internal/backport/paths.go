package backport

import (
	"regexp"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Paths are the files that backports treat differently, by the settings. It's safe for
// concurrent use.
type Paths struct {
	versioned []*regexp.Regexp
	generated []*glob.Set
	commands  []string // of generated
}

// NewPaths reads the settings once.
func NewPaths(s config.Picks) *Paths {
	p := &Paths{}
	for _, pattern := range s.Versioned {
		form := strings.NewReplacer(config.VersionInPath, `([0-9]+\.[0-9]+)`, `\*`, `[^/]*`).Replace(regexp.QuoteMeta(pattern))
		p.versioned = append(p.versioned, regexp.MustCompile("^"+form+"$"))
	}
	for _, g := range s.Generated {
		p.generated, p.commands = append(p.generated, glob.Read(g.Paths)), append(p.commands, g.Command)
	}
	return p
}

// Newer returns the paths of files that belong to a newer version than a branch, sorted.
func (p *Paths) Newer(branch string, paths []string) []string {
	newer := func(path string) bool {
		return slices.ContainsFunc(p.versioned, func(form *regexp.Regexp) bool {
			m := form.FindStringSubmatch(path)
			return m != nil && lifecycle.ValidVersion(m[1]) && lifecycle.Compare(m[1], branch) > 0
		})
	}
	var all []string
	for _, path := range paths {
		if lifecycle.ValidVersion(branch) && newer(path) {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Command returns what makes a generated file again, or "" if it isn't one.
func (p *Paths) Command(path string) string {
	for i, paths := range p.generated {
		if is, sure := paths.Any(path); is && sure {
			return p.commands[i]
		}
	}
	return ""
}

// Commands returns those that make some files again, each once, in the settings' order, and
// whether all of the files are generated.
func (p *Paths) Commands(paths []string) (commands []string, all bool) {
	needed := map[string]bool{}
	for _, path := range paths {
		needed[p.Command(path)] = true
	}
	for _, command := range p.commands {
		if needed[command] && !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	return commands, len(paths) > 0 && !needed[""]
}

// left returns the changed files that a backport leaves as the branch has them.
func (o *original) left(version string) []string { return o.paths.Newer(version, changed(o.r)) }

// changed returns the paths of a pull request's changed files, old ones too.
func changed(r *pull.Request) (paths []string) {
	for _, f := range r.Files {
		paths = append(paths, f.Path)
		if f.Previous != "" {
			paths = append(paths, f.Previous)
		}
	}
	return paths
}
