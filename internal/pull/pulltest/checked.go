package pulltest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// parseChecked reads the commits of a branch, oldest first. Each is a line "SHA PULL",
// with its runs after semicolons: "c0ffee 999; refleak bad 2026-08-05T09:00:00Z
// https://ci.example/1". "undecided CHECK" is one whose earlier results aren't read yet.
func parseChecked(lines []string) (b pull.BranchChecks, err error) {
	for _, line := range lines {
		parts := strings.Split(line, ";")
		head := strings.Fields(parts[0])
		if len(head) == 2 && head[0] == "undecided" {
			b.Undecided = append(b.Undecided, head[1])
			continue
		}
		if len(head) != 2 {
			return b, fmt.Errorf("%q isn't a commit: want SHA PULL; CHECK good|bad|pending TIME [URL]", line)
		}
		c := pull.CommitChecks{SHA: head[0]}
		if c.Pull, err = strconv.Atoi(head[1]); err != nil {
			return b, fmt.Errorf("%q names no pull request: %w", line, err)
		}
		for _, part := range parts[1:] {
			run := strings.Fields(part)
			if len(run) != 3 && len(run) != 4 {
				return b, fmt.Errorf("%q isn't a run: want CHECK good|bad|pending TIME [URL]", part)
			}
			at, err := time.Parse(time.RFC3339, run[2])
			if err != nil {
				return b, fmt.Errorf("reading the time of a run: %w", err)
			}
			c.Runs = append(c.Runs, pull.CheckRun{Check: run[0], Outcome: pull.RunOutcome(run[1]), At: at, URL: strings.Join(run[3:], "")})
		}
		b.Commits = append(b.Commits, c)
	}
	return b, nil
}

// checks fills in what the rules look at.
func (y yamlRequest) checks(r *pull.Request, looks pull.Looks) {
	for _, branch := range looks.Checked {
		if r.Checked == nil {
			r.Checked = map[string]pull.BranchChecks{}
		}
		r.Checked[branch], _ = parseChecked(y.Checked[branch]) // checked by parse
	}
}
