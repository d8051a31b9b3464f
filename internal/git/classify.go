package git

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// sign is text from git or a server that shows what went wrong.
type sign struct {
	pattern   *regexp.Regexp
	kind      FailureKind
	temporary bool
}

// local signs come from git on this machine, not from the server. The first match
// counts.
var local = []sign{
	{regexp.MustCompile(`No space left on device|Out of diskspace|Disk quota exceeded`), DiskFull, true},
	{regexp.MustCompile(`(?m)^(fatal|error): (Out of memory|inflate(Init)?: out of memory|mmap failed: Cannot allocate)|RPC failed; curl ` +
		`27 |died of signal 24`), TooCostly, false},
	{regexp.MustCompile(`died of signal 25`), TooLarge, false},
	{regexp.MustCompile(`died of signal 9`), Killed, true},
	{regexp.MustCompile(`couldn't find remote ref`), BranchMissing, false},
	{regexp.MustCompile(`requested URL returned error: 40[13]|Authentication failed|could not read (Username|Password)|terminal prompts ` +
		`disabled`), Denied, false},
	{regexp.MustCompile(`repository '[^']*' not found|requested URL returned error: (404|410|451|30\d)|unable to update url base from ` +
		`redirection|does not appear to be a git repository`), RepositoryGone, false},
	{regexp.MustCompile(`requested URL returned error: (408|425|429|5\d\d)|HTTP (408|425|429|5\d\d)`), Unreachable, true},
	{regexp.MustCompile(`unable to access|RPC failed|early EOF|hung up unexpectedly|unexpected disconnect|expected flush|Could not resolve|` +
		`Connection (refused|reset)|timed out|Operation too slow|` +
		`transfer closed|invalid index-pack output|fetch-pack: |SSL|TLS|bad (pack|line length)|unable to rewind|` +
		`index-pack died|protocol error|dumb http transport|invalid server response`), Unreachable, true},
}

// remote signs come from the server, as "remote: …" or as the reason why a branch was
// rejected.
var remote = []sign{
	// Push protection rejects a push in the same words as a ruleset (GH013).
	{regexp.MustCompile(`Push cannot contain secrets`), SecretFound, false},
	{regexp.MustCompile("refusing to allow .* workflow|without `?workflows?`? (permission|scope)"), WorkflowsPermission, false},
	{regexp.MustCompile(`GH006|GH013|(?i:protected branch|repository rule violations)`), Protected, false},
	{regexp.MustCompile(`GH001|(?i:quota|file size limit|No space left)`), QuotaExceeded, false},
	{regexp.MustCompile(`shallow update not allowed`), ShallowRefused, false},
	{regexp.MustCompile(`stale info|incorrect old value|cannot lock ref|reference already exists|failed to (lock|update ref)|fetch first|` +
		`non-fast-forward`), BranchMoved, true},
	{regexp.MustCompile(`hook declined|declined`), HookDeclined, false},
}

// serverSigns is how many of the remote signs also explain a push or a fetch that
// reports no branches.
const serverSigns = 4

// ours is git's message for an object that the server doesn't have, with its id.
var ours = regexp.MustCompile(`not our ref ([0-9a-f]{40})|(?:does not allow request for unadvertised object|no such remote ref) ` +
	`([0-9a-f]{40})`)

// classify makes a Failure from git's output.
func classify(name string, err error, stderr string) *Failure {
	t := &Failure{Kind: Broken, Err: fmt.Errorf("running git %s: %w%s", name, err, tidy(stderr))}
	var here, there strings.Builder
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "remote: ") {
			there.WriteString(line)
		} else {
			here.WriteString(line)
		}
	}
	if ours.MatchString(stderr) {
		t.Kind = CommitMissing
		return t
	}
	for _, signs := range []struct {
		table []sign
		text  string
	}{{remote[:serverSigns], there.String()}, {local, here.String()}} {
		for _, s := range signs.table {
			if s.pattern.MatchString(signs.text) {
				t.Kind, t.Temporary = s.kind, s.temporary
				return t
			}
		}
	}
	return t
}

// missing is the id of the object that the server doesn't have.
func missing(stderr string) string {
	m := ours.FindStringSubmatch(stderr)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// asFailure makes a Failure of any other error.
func asFailure(err error) *Failure {
	if t, ok := errors.AsType[*Failure](err); ok {
		return t
	}
	t := &Failure{Kind: Broken, Err: err}
	switch {
	case isFull(err):
		t.Kind, t.Temporary = DiskFull, true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		t.Temporary = true
	}
	return t
}

// tidy makes one line of what git or a server printed.
func tidy(stderr string) string {
	var line strings.Builder
	for _, word := range strings.Fields(strings.ToValidUTF8(stderr, "?")) {
		if line.Len() > 500 {
			line.WriteString(" …")
			break
		}
		line.WriteString(" " + strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return -1
			}
			return r
		}, word))
	}
	if line.Len() == 0 {
		return ""
	}
	return ":" + line.String()
}
