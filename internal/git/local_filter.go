package git

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// withoutLFS are settings that switch the filters of git-lfs off where the program is
// missing that they name: people's configuration outlives it, and requires them, so
// that git makes no work tree. Files that it keeps are pointers then.
func (l *Local) withoutLFS(ctx context.Context) []string {
	for _, key := range []string{"filter.lfs.process", "filter.lfs.smudge"} { // the first is preferred
		command, err := l.Repository.run(ctx, nil, "config", "--get", key)
		if words := strings.Fields(string(command)); err != nil || len(words) == 0 || l.installed(ctx, words) {
			continue
		}
		return []string{"-c", "filter.lfs.process=", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.clean=", "-c", "filter.lfs.required=false"}
	}
	return nil
}

// installed tells whether git would find the program of a filter's command. A command
// that is more than plain words is left to it.
func (l *Local) installed(ctx context.Context, words []string) bool {
	name := words[0]
	if name == "git" && len(words) > 1 {
		name = "git-" + words[1]
	}
	if _, err := exec.LookPath(name); err == nil || strings.ContainsAny(name, `'"\$~`) {
		return true
	}
	path, err := l.Repository.run(ctx, nil, "--exec-path") // where git looks first
	if err != nil {
		return true
	}
	_, err = os.Stat(filepath.Join(strings.TrimSpace(string(path)), name))
	return err == nil
}
