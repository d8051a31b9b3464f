package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/glob"
	"github.com/concorde-bot/concorde/internal/pull"
)

// formats are the checks that a tag asks for with format=.
var formats = map[string]func(string) error{
	"repository-pattern": repositoryPattern,
	"directory":          directory,
	"file-name":          fileName,
	"path-prefix":        pathPrefix,
	"path-pattern":       pathPattern,
	"versioned-path":     versionedPath,
	"uri":                webAddress,
	"branch-prefix":      branchPrefix,
	"account":            account,
	"color":              color,
	"version":            version,
	"team":               team,
	"glob":               glob.Check,
	"regexp":             expression,
	"date":               date,
	"description":        description,
	"workflow-file":      workflowFile,
}

var repositoryPatternForm = regexp.MustCompile(`^[A-Za-z0-9_*-]{1,100}/[A-Za-z0-9._*-]{1,100}$`)

func repositoryPattern(s string) error {
	if !repositoryPatternForm.MatchString(s) {
		return errors.New("isn't OWNER/NAME: write it like python/cpython or python/*")
	}
	return nil
}

func directory(s string) error {
	if !fs.ValidPath(s) || s == "." || strings.Contains(s, `\`) {
		return errors.New("isn't a directory in the repository: write the path from the top, like Misc/NEWS.d")
	}
	return nil
}

func fileName(s string) error {
	if strings.Contains(s, "/") || directory(s) != nil {
		return errors.New("isn't a directory name: write only the name, without slashes")
	}
	return nil
}

// pathPrefix is a directory with its slash, or the start of a file's path.
func pathPrefix(s string) error {
	if directory(strings.TrimSuffix(s, "/")) != nil {
		return errors.New(`can't start a path: write it from the top, without "." and ".." in it`)
	}
	return nil
}

func pathPattern(s string) error {
	if _, err := path.Match(s, ""); err != nil {
		return errors.New("isn't a pattern: close its brackets, and write * for any characters except slashes")
	}
	if !fs.ValidPath(s) {
		return errors.New(`matches no path: write it from the top, without "." and ".." in it`)
	}
	return nil
}

// description is of a label. What GitHub does not take in it is left out.
func description(s string) error {
	if pull.Describe(s, maxLength) == "" {
		return errors.New("is only emoji, which GitHub allows in no description: write words")
	}
	return nil
}

func webAddress(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(s, " ()<>\"") {
		return errors.New("isn't a web address: expected https://HOST/PATH")
	}
	return nil
}

func date(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return errors.New("isn't a date: expected YYYY-MM-DD")
	}
	return nil
}

// check finds what is wrong between settings.
func (d *decoder) check(r *Rules) {
	names := r.Names()
	d.checkNamed(names)
	if r.ABI.CommitMarker == r.ABI.NewsMarker {
		d.clash([]string{"abi.news-marker", "abi.commit-marker"}, "both markers are %q: make them differ", r.ABI.NewsMarker)
	}
	d.checkBackport(r)
	d.checkLabels(r, names)
	d.checkRelease(&r.Release)
	d.checkNightly(&r.NightlyBuilds)
	sections, directories, paths := map[string]string{}, map[string]string{}, map[string]string{}
	for i, section := range r.News.Sections {
		at := fmt.Sprintf("news.sections[%d]", i)
		d.once(sections, at+".name", section.Name)
		d.once(directories, at+".directory", section.Directory)
		for j, legacy := range section.Legacy {
			d.once(directories, fmt.Sprintf("%s.legacy[%d]", at, j), legacy)
		}
		for j, prefix := range section.Paths {
			d.once(paths, fmt.Sprintf("%s.paths[%d]", at, j), prefix)
		}
	}
}

// once finds a value that an earlier setting has. Letters of either case are
// one: file systems of macOS and Windows think so too.
func (d *decoder) once(seen map[string]string, name, value string) {
	fold := strings.ToLower(value)
	if first, found := seen[fold]; found && value != "" {
		d.clash([]string{name, first}, "%s is %q, and so is %s: make them differ", name, value, first)
		return
	}
	seen[fold] = name
}

// clash reports a fault between settings at the first of them that the file
// has. A file that has none of them is not to blame.
func (d *decoder) clash(names []string, format string, args ...any) {
	for _, name := range names {
		if at, found := d.marks[name]; found {
			d.Fault(at, format, args...)
			return
		}
	}
}
