package pull

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Key names what a run is about: a pull request or issue, or, if Number is 0, the whole
// repository.
type Key struct {
	Owner, Repo string
	Number      int
}

// Names that GitHub allows. Anything else, such as "..", could lead a request to another
// path of the API.
var (
	ownerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	repoName  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// String is the form people write: "python/cpython#123", "python/cpython".
func (k Key) String() string {
	if k.Number == 0 {
		return k.Owner + "/" + k.Repo
	}
	return k.Owner + "/" + k.Repo + "#" + strconv.Itoa(k.Number)
}

// Repository is the key of the repository that k belongs to.
func (k Key) Repository() Key { return Key{Owner: k.Owner, Repo: k.Repo} }

// ParseKey reads the form of String. The error says what's wrong and what the form is.
func ParseKey(s string) (Key, error) {
	const form = "want OWNER/REPO#NUMBER or OWNER/REPO"
	name, number, numbered := strings.Cut(s, "#")
	owner, repo, found := strings.Cut(name, "/")
	if !found {
		return Key{}, fmt.Errorf("reading %q: no slash: %s", s, form)
	}
	k := Key{Owner: owner, Repo: repo}
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil || n <= 0 || strconv.Itoa(n) != number {
			return Key{}, fmt.Errorf("reading %q: %q isn't a pull request's number: %s", s, number, form)
		}
		k.Number = n
	}
	if err := k.Validate(); err != nil {
		return Key{}, fmt.Errorf("reading %q: %w: %s", s, err, form)
	}
	return k, nil
}

// Validate checks that owner and repository are names that GitHub allows.
func (k Key) Validate() error {
	switch {
	case !ownerName.MatchString(k.Owner):
		return fmt.Errorf("%q isn't a valid owner name", k.Owner)
	case !repoName.MatchString(k.Repo), k.Repo == ".", k.Repo == "..":
		return fmt.Errorf("%q isn't a valid repository name", k.Repo)
	case k.Number < 0:
		return fmt.Errorf("%d isn't a pull request's number", k.Number)
	}
	return nil
}
