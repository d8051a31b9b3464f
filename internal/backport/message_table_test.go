package backport

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

// judged is a line of testdata/messages.tsv.
type judged struct{ message, cherryPicker, trailers, bot, why string }

func readJudged(t *testing.T) []judged {
	t.Helper()
	data, err := os.ReadFile("testdata/messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []judged
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		var j judged
		into := []*string{&j.message, &j.cherryPicker, &j.trailers, &j.bot}
		if len(fields) == 5 {
			j.why = fields[4]
			fields = fields[:4]
		}
		for i, field := range fields {
			if err := json.Unmarshal([]byte(field), into[i]); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		if (j.bot == "") != (j.why == "") || j.bot != "" && j.bot == j.cherryPicker {
			t.Fatalf("%q differs for no reason", j.message)
		}
		all = append(all, j)
	}
	if len(all) < 200 {
		t.Fatalf("the table has %d messages", len(all))
	}
	return all
}

var (
	trailingSpace = regexp.MustCompile(`(?m)[ \t\r]+$`)
	emptyLines    = regexp.MustCompile(`\n{3,}`)
)

// stripped is a text as "git stripspace" leaves it.
func stripped(s string) string {
	return strings.Trim(emptyLines.ReplaceAllString(trailingSpace.ReplaceAllString(s, ""), "\n\n"), "\n") + "\n"
}

// The bot gives a backport the message that cherry_picker gives it, but for what is
// said to differ, and why.
func TestMessageAsCherryPicker(t *testing.T) {
	for _, j := range readJudged(t) {
		want := j.cherryPicker
		if j.bot != "" {
			want = j.bot
		}
		if diff := cmp.Diff(want, stripped(Message(git.Source{ID: "SHA", Message: j.message, Author: "Ann <ann@example.com>"}))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", j.message, diff)
		}
	}
}
