package git

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// withoutLFS returns settings that turn off the filters of git-lfs if the program is
// missing. People's configuration outlives it and requires it, so git couldn't make a
// work tree. Files in git-lfs are pointers then.
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

// installed reports whether git would find the program of a filter's command. It's true
// for commands that aren't just plain words.
func (l *Local) installed(ctx context.Context, words []string) bool {
	name := words[0]
	if name == "git" && len(words) > 1 {
		name = "git-" + words[1]
	}
	if _, err := exec.LookPath(name); err == nil || strings.ContainsAny(name, `'"\$~`) {
		return true
	}
	path, err := l.Repository.run(ctx, nil, "--exec-path") // git looks there first
	if err != nil {
		return true
	}
	_, err = os.Stat(filepath.Join(strings.TrimSpace(string(path)), name))
	return err == nil
}
