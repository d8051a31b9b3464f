package ghtest

import (
	"fmt"
	"regexp"
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
func (s *Server) Hole(h Hole) error {
	path, err := regexp.Compile("^(?:" + h.Path + ")$")
	if err != nil {
		return err
	}
	h.path = path
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holes = append(s.holes, h)
	return nil
}

// holeAt is the error of a hole at the path, nil without one.
func (e *execution) holeAt(path []any) error {
	if len(e.holes) == 0 {
		return nil
	}
	steps := make([]string, 0, len(path))
	for _, step := range path {
		steps = append(steps, fmt.Sprint(step))
	}
	for _, h := range e.holes {
		if h.path.MatchString(strings.Join(steps, ".")) {
			return &graphqlError{h.Type, h.Message}
		}
	}
	return nil
}
