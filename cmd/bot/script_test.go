package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// gitEnvironment has git read the tests' own configuration, and make no samples
// of hooks in new repositories.
func gitEnvironment(t testing.TB) []string {
	t.Helper()
	config, err := filepath.Abs(filepath.Join("testdata", "gitconfig"))
	if err != nil {
		t.Fatal(err)
	}
	return []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + config, "GIT_TEMPLATE_DIR="}
}

// lastStep is the script with which the GitHub Action runs the bot.
func lastStep(t *testing.T) string {
	t.Helper()
	action := decode[struct {
		Runs struct{ Steps []struct{ Run string } }
	}](t, "action.yml")[0]
	return action.Runs.Steps[len(action.Runs.Steps)-1].Run
}

// TestScripts runs the commands as people do: testdata/*.txtar.
func TestScripts(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, append(gitEnvironment(t), "ROOT="+root, "NL=\n")...)
			return os.WriteFile(filepath.Join(env.WorkDir, "action.sh"), []byte(lastStep(t)), 0o600)
		},
	})
}
