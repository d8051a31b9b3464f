package trial

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// Git runs git as a contributor would, with a token in a header.
func Git(t *testing.T, dir, token string, args ...string) string {
	t.Helper()
	out, err := TryGit(t, dir, token, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

// TryGit is Git where it may fail.
func TryGit(t *testing.T, dir, token string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true",
		"GIT_AUTHOR_NAME=alice", "GIT_AUTHOR_EMAIL=alice@users.noreply.github.com", "GIT_COMMITTER_NAME=alice", "GIT_COMMITTER_EMAIL=alice@users.noreply.github.com"}
	if token != "" {
		req := Must(github.NewClient(nil).NewRequest("GET", "x", nil))(t)
		req.SetBasicAuth("x-access-token", token)
		cmd.Env = append(cmd.Env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_CONFIG_VALUE_0=Authorization: "+req.Header.Get("Authorization"))
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
