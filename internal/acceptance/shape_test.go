package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// shape has the kinds of values at each place of the answers to a step's requests, and
// their statuses.
type shape map[string]map[string]bool

// shapes are those of a file of answers, by step and route.
func shapes(t *testing.T, answers string) map[string]shape {
	t.Helper()
	found := map[string]shape{}
	for line := range strings.Lines(answers) {
		var f Fixture
		trial.OK(t, json.Unmarshal([]byte(line), &f))
		key := f.Step + " " + f.Route
		if found[key] == nil {
			found[key] = shape{}
		}
		found[key].add("status", fmt.Sprint(f.Status))
		var body any
		if len(f.Body) > 0 {
			trial.OK(t, json.Unmarshal(f.Body, &body))
			found[key].walk("", body)
		}
	}
	return found
}

func (s shape) add(place, kind string) {
	if s[place] == nil {
		s[place] = map[string]bool{}
	}
	s[place][kind] = true
}

func (s shape) walk(place string, v any) {
	switch v := v.(type) {
	case nil:
		s.add(place, "null")
	case map[string]any:
		s.add(place, "object")
		for key, x := range v {
			s.walk(place+"."+key, x)
		}
	case []any:
		s.add(place, "list")
		for _, x := range v {
			s.walk(place+"[]", x)
		}
	default:
		s.add(place, fmt.Sprintf("%T", v))
	}
}

// disagree are the places where the simulated GitHub has what the real one doesn't, or
// something of another kind. The real one has more fields, and other texts.
func disagree(simulated, real map[string]shape) (all []string) {
	for _, key := range slices.Sorted(maps.Keys(simulated)) {
		if real[key] == nil { // the step was skipped, or took another way
			continue
		}
		for _, place := range slices.Sorted(maps.Keys(simulated[key])) {
			here, there := simulated[key][place], real[key][place]
			same := slices.ContainsFunc(slices.Collect(maps.Keys(here)), func(kind string) bool { return there[kind] })
			if !same && !here["null"] && !there["null"] {
				kinds, others := slices.Sorted(maps.Keys(here)), slices.Sorted(maps.Keys(there))
				all = append(all, fmt.Sprintf("%s: %s is %v, and %v on GitHub", key, place, kinds, others))
			}
		}
	}
	return all
}

// The answers of a run against GitHub, in the file that CONCORDE_ANSWERS names, have the
// form that ghtest's have. Without one, ghtest is held against itself.
func TestAnswersHaveGitHubsForm(t *testing.T) {
	t.Parallel()
	p := newPlace(t).keeping()
	p.run()
	simulated, real := shapes(t, p.fixtures.String()), p.fixtures.String()
	if name := os.Getenv("CONCORDE_ANSWERS"); name != "" {
		real = string(trial.Must(os.ReadFile(name))(t))
	}
	if d := disagree(simulated, shapes(t, real)); len(d) > 0 {
		t.Errorf("ghtest and GitHub disagree:\n%s", strings.Join(d, "\n"))
	}
	other := strings.NewReplacer(`"status":409`, `"status":405`, `"merge_commit_sha"`, `"merged_as"`).Replace(p.fixtures.String())
	got := slices.DeleteFunc(disagree(simulated, shapes(t, other)), func(line string) bool {
		return !strings.HasPrefix(line, "stale-merge ") && !strings.HasPrefix(line, "squash GET ")
	})
	want := []string{
		"squash GET /repos/{owner}/{repo}/pulls/{number}: .merge_commit_sha is [string], and [] on GitHub",
		"stale-merge PUT /repos/{owner}/{repo}/pulls/{number}/merge: status is [409], and [405] on GitHub",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what differs (-want +got):\n%s", d)
	}
}
