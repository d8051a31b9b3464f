package git

import "context"

// Version is that of the git in PATH, such as "2.39". The error says what to do about a
// git that is missing or too old to pick.
func Version(ctx context.Context) (string, error) {
	_, found, err := findVersion(ctx)
	return found, err
}

// Free is how many bytes the disk of a directory has for this user. It isn't known on
// all systems.
func Free(dir string) (int64, error) { return free(dir) }
