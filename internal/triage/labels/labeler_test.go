package labels

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/pull"
)

// labelerTable are files of actions/labeler with what that action decides.
func labelerTable(t *testing.T) (pulls []*pull.Request, files []txtar.File) {
	t.Helper()
	data, err := os.ReadFile("testdata/actions/labeler.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files = txtar.Parse(data).Files
	for line := range strings.Lines(string(files[0].Data)) {
		var p struct {
			Files      []string
			Base, Head string
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		r := &pull.Request{State: pull.Open, Facts: ^pull.Facts(0), Base: p.Base, HeadBranch: p.Head}
		for _, path := range p.Files {
			r.Files = append(r.Files, pull.File{Path: path, Change: pull.Modified})
		}
		pulls = append(pulls, r)
	}
	return pulls, files[1:]
}

// notHere are the labels that only the bot leaves out, by the names of their files.
var notHere = map[string][]string{
	"an unsupported glob": {"a"},
}

// The bot decides labeler files as the action does. What the action breaks off on is
// left out alone, and said so.
func TestAsLabeler(t *testing.T) {
	pulls, files := labelerTable(t)
	if len(files) < 60 {
		t.Errorf("%d files", len(files))
	}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			lines := strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			var text string
			if err := json.Unmarshal([]byte(lines[0]), &text); err != nil {
				t.Fatal(err)
			}
			set := config.Preset().Rules
			set.Labels.Rules = nil
			set, err := labeler.Read(set, labeler.Path, []byte(text))
			if refused := strings.HasPrefix(lines[1], "refused: "); refused || err != nil {
				if !refused || err == nil {
					t.Errorf("%s; here %v", lines[1], err)
				}
				return
			}
			broken := slices.Clone(notHere[f.Name])
			for i, r := range pulls {
				want, broke, _ := strings.Cut(lines[1+i], " broken ")
				if want == "-" {
					want = ""
				}
				broken = append(broken, strings.Fields(broke)...)
				if have := suggested(t, set.Labels, r); have != want {
					t.Errorf("pull request %d: %s, the action has %s", i, have, want)
				}
			}
			for _, label := range broken {
				if slices.ContainsFunc(set.Labels.Rules, func(r config.LabelRule) bool { return r.Label == label }) {
					t.Errorf("%q is in force", label)
				}
			}
			if (len(broken) > 0) != (len(set.LeftOut) > 0) {
				t.Errorf("left out %v, the action breaks off on %q", set.LeftOut, broken)
			}
		})
	}
}

// suggested are the labels for a pull request, as the table has them.
func suggested(t *testing.T, set config.Labels, r *pull.Request) string {
	t.Helper()
	rule := Rule(set)
	if rule.Want == nil {
		return ""
	}
	var labels []string
	for _, label := range rule.Want(r).Labels {
		name, err := json.Marshal(label.Name)
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, string(name))
	}
	slices.Sort(labels)
	return strings.Join(labels, " ")
}
