//go:build unix

package doctor

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSecretsOfGroups: a group may read a secret if it's the process's own, as that of
// Kubernetes' fsGroup is, or root's; no other.
func TestSecretsOfGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	must(t, os.WriteFile(path, []byte("key"), 0o600))
	v := &visit{Config: Config{Secrets: []Secret{{path, "the private key"}}}}
	expect := func(mode os.FileMode, want State) {
		t.Helper()
		must(t, os.Chmod(path, mode))
		if found := v.files(t.Context()).findings; len(found) != 1 || found[0].State != want || found[0].Subject != path {
			t.Errorf("mode %o: %+v, want %s", mode, found, want)
		}
	}
	must(t, os.Chown(path, -1, os.Getegid()))
	for mode, want := range map[os.FileMode]State{0o400: OK, 0o600: OK, 0o440: OK, 0o640: OK, 0o660: Problem, 0o444: Problem, 0o601: Problem} {
		expect(mode, want)
	}
	if os.Geteuid() != 0 {
		return // only root may give a file to another group
	}
	must(t, os.Chown(path, -1, 65532))
	expect(0o440, Problem)
	expect(0o400, OK)
}
