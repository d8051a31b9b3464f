package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Hole is an error at a place within the answers of the GraphQL API: the value there is null, and with it what may not hold a null;
// the rest of the data is given. It stands until ClearFaults.
type Hole struct {
	Path          string // regular expression on the whole path: "repository.issueOrPullRequest.mentions.nodes.[0-9]+.source"
	Type, Message string // of the error; a Type "" is left out

	path *regexp.Regexp
}

// Hole adds a hole. The error is about a Path that isn't a regular expression.
func (f *Faults) Hole(h Hole) error {
	path, err := regexp.Compile("^(?:" + h.Path + ")$")
	if err != nil {
		return err
	}
	h.path = path
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holes = append(f.holes, h)
	return nil
}

// Holes are those that stand.
func (f *Faults) Holes() Holes {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.holes)
}

// Holes are those that one query meets.
type Holes []Hole

// At is the error of a hole at the path, nil without one.
func (all Holes) At(path []any) error {
	if len(all) == 0 {
		return nil
	}
	steps := make([]string, 0, len(path))
	for _, step := range path {
		steps = append(steps, fmt.Sprint(step))
	}
	for _, h := range all {
		if h.path.MatchString(strings.Join(steps, ".")) {
			return &QueryError{Kind: h.Type, Message: h.Message}
		}
	}
	return nil
}
