package main

import (
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
			env.Vars = append(env.Vars, append(gitEnvironment(t), "ROOT="+root)...)
			return nil
		},
	})
}
