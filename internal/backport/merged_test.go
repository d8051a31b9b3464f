package backport

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestMerged(t *testing.T) {
	const theirs = "Merge pull request #1 from ann/fix\n\nFix it"
	ann, bob := pull.Commit{Message: "One", Author: "Ann <a@b>"}, pull.Commit{Message: "Two\n\nCo-authored-by: Cat <c@d>\nco-authored-by: " +
		"ann <A@b>", Author: "Bob <b@c>"}
	catchUp := pull.Commit{Message: "Merge branch 'main'\n\nCo-authored-by: Eve <e@f>", Author: "Dan <d@e>", Merge: true}
	for _, tt := range []struct {
		name, message, title, body string
		commits                    []pull.Commit
		want, author               string
	}{
		{"one commit", theirs, "gh-1: Fix it", "Why.", []pull.Commit{ann}, "gh-1: Fix it\n\nWhy.\n\nCo-authored-by: Ann <a@b>\n", "Ann <a@b>"},
		{"several", theirs, "gh-1: Fix it", "", []pull.Commit{ann, catchUp, bob},
			"gh-1: Fix it\n\nCo-authored-by: Ann <a@b>\nCo-authored-by: Bob <b@c>\nCo-authored-by: Cat <c@d>\n", "Ann <a@b>"},
		{"credit in the body", theirs, "Fix it", "Why.\r\n\r\nCo-authored-by: bob <b@c>\r\n", []pull.Commit{ann, bob},
			"Fix it\n\nWhy.\n\nCo-authored-by: Ann <a@b>\nCo-authored-by: Cat <c@d>\nCo-authored-by: bob <b@c>\n", "Ann <a@b>"},
		{"an author without an address", theirs, "Fix it", "", []pull.Commit{{Message: "One"}, bob},
			"Fix it\n\nCo-authored-by: Bob <b@c>\nCo-authored-by: Cat <c@d>\nCo-authored-by: ann <A@b>\n", "Bob <b@c>"},
		{"nobody is known", theirs, "Fix it", "Why.", nil, "Fix it\n\nWhy.", ""},
		{"hidden text", theirs, "Fix it", "<!-- a\n-->Why.<!-- b -->", nil, "Fix it\n\nWhy.", ""},
		{"git's words", "Merge branch 'fix' into main", "Fix it", "", nil, "Fix it\n\n", ""},
		{"people's words", "Merge the spam (#1)\n\nWhy.", "Fix it", "Because.", []pull.Commit{ann},
			"Merge the spam (#1)\n\nWhy.\n\nCo-authored-by: Ann <a@b>\n", "Ann <a@b>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := git.Source{ID: sha, Message: tt.want, Author: tt.author}
			if diff := cmp.Diff(want, Merged(git.Source{ID: sha, Message: tt.message}, tt.title, tt.body, tt.commits)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
