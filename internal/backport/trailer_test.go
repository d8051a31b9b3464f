package backport

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// printed is how "git interpret-trailers --parse" prints the trailers of a message.
func printed(message string) string {
	var b strings.Builder
	for _, t := range parse(message).trailers {
		if t.key != "" {
			lines := strings.Split(t.value, "\n")
			for i := range lines {
				lines[i] = strings.Trim(lines[i], spaces)
			}
			b.WriteString(t.key + ": " + strings.Join(lines, " ") + "\n")
		}
	}
	return b.String()
}

func TestTrailersAsGit(t *testing.T) {
	for _, j := range readJudged(t) {
		if got := printed(j.message); got != j.trailers {
			t.Errorf("%q has the trailers %q, git has %q", j.message, got, j.trailers)
		}
	}
}

// Messages of all kinds of lines in random order have the trailers that the git
// at hand finds in them.
func TestTrailersOfRandomMessages(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{"", "", "", " ", "text", "more text", "Key: value", "Key:", "a-b : c", " folded", "\tfolded",
		"Signed-off-by: D <d@e.f>", "Signed-off-by:D",
		"(cherry picked from commit 0123456)", "# comment", "#", "Conflicts:", "\ta.c", strings.TrimSpace(scissors),
		"---", "no trailer: x y", "two words: x", ": x", "é: x"}
	for range 400 {
		text := "Fix it\n"
		for range random.IntN(12) {
			text += lines[random.IntN(len(lines))] + "\n"
		}
		cmd := exec.Command("git", "interpret-trailers", "--no-divider", "--parse")
		cmd.Env, cmd.Stdin = []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"}, strings.NewReader(text)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := printed(text); got != string(out) {
			t.Errorf("%q has the trailers %q, git has %q", text, got, out)
		}
	}
}

// Whatever is a trailer of a message stays one in the backport's, once, and the
// author is credited once.
func TestNoCreditIsLostOrDoubled(t *testing.T) {
	const author = "Ann <ann@example.com>"
	for _, j := range readJudged(t) {
		var want, got []string
		subject, body := split(numbered(j.message))
		before, after := parse(subject+"\n\n"+body), parse(Message(git.Source{ID: "SHA", Message: j.message, Author: author}))
		for _, trailer := range before.trailers {
			want = append(want, trailer.String())
		}
		for _, trailer := range after.trailers {
			got = append(got, trailer.String())
		}
		if at := slices.Index(got, "Co-authored-by: "+author); len(got) == len(want)+1 && at >= 0 {
			got = slices.Delete(got, at, at+1)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: the trailers %q become %q", j.message, want, got)
		}
		if !slices.ContainsFunc(after.trailers, func(t trailer) bool { return t.person() == strings.ToLower(author) }) {
			t.Errorf("%q: the author is not credited", j.message)
		}
	}
}

func TestCreditOfMany(t *testing.T) {
	p := parse("Fix it\n\nWhy.\n\nCo-authored-by: Cat <c@d>\nAcked-by: Dan <d@e>\n")
	p.credit("Ann <a@b>", "cat <C@d>", "", "Bob <b@c>", "ANN  <a@b>")
	want := "[Co-authored-by: Ann <a@b> Co-authored-by: Bob <b@c> Co-authored-by: Cat <c@d> Acked-by: Dan <d@e>]"
	if got := fmt.Sprint(p.trailers); got != want {
		t.Errorf("credited are\n%s, want\n%s", got, want)
	}
}
