package api

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Faults are those that wait for requests.
type Faults struct {
	nodesOf func(body []byte) int

	mu    sync.Mutex
	list  []*Fault
	holes []Hole
}

// Hole is an error at a place within the answers of the GraphQL API: the value there is null, and with it what can't hold a null;
// the rest of the data is given. It stands until ClearFaults.
type Hole struct {
	Path          string // regular expression on the whole path: "repository.issueOrPullRequest.mentions.nodes.[0-9]+.source"
	Type, Message string // of the error; a Type "" is left out

	path *regexp.Regexp
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

// Fault adds a fault; an error is about a Path that isn't a regular expression.
func (f *Faults) Fault(fault Fault) error {
	path, err := regexp.Compile(fault.Path)
	if err != nil {
		return err
	}
	fault.path = path
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
	return nil
}

// ClearFaults removes all faults and holes.
func (f *Faults) ClearFaults() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list, f.holes = nil, nil
}

// Take is the fault of a request, nil for none.
func (f *Faults) Take(method, path string, body []byte) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		if fault.Times == 0 || (fault.Method != "" && fault.Method != method) || !fault.path.MatchString(path) || !bytes.Contains(body, []byte(fault.Contains)) {
			continue
		}
		if fault.Nodes > 0 && f.nodesOf(body) <= fault.Nodes {
			continue
		}
		if fault.After > 0 {
			fault.After--
			continue
		}
		if fault.Times > 0 {
			fault.Times--
		}
		taken := *fault
		return &taken
	}
	return nil
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
