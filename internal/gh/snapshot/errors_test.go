package snapshot

import (
	"github.com/concorde-bot/concorde/internal/gh"

	"errors"
	"reflect"
	"strings"
	"testing"
)

var (
	gone         = reflect.TypeFor[*gh.Gone]()
	limited      = reflect.TypeFor[*gh.Limited]()
	denied       = reflect.TypeFor[*gh.Denied]()
	unauthorized = reflect.TypeFor[*gh.Unauthorized]()
	rejected     = reflect.TypeFor[*gh.Rejected]()
	temporary    = reflect.TypeFor[*gh.Temporary]()
)

func check(t *testing.T, name string, err error, want reflect.Type, says string) {
	t.Helper()
	known, ok := typed(err)
	if !ok || reflect.TypeOf(known) != want {
		t.Errorf("%s: want %v, got %T: %v", name, want, known, err)
		return
	}
	if text := err.Error(); !strings.Contains(text, says) || strings.Contains(text, "\n") || len(text) > 800 {
		t.Errorf("%s: text %q", name, text)
	}
}

// typed finds one of the errors that say what GitHub's answer means.
func typed(err error) (found error, is bool) {
	for _, as := range []func() bool{
		func() (ok bool) { found, ok = errors.AsType[*gh.Gone](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Limited](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Denied](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Unauthorized](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Rejected](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Temporary](err); return ok },
	} {
		if as() {
			return found, true
		}
	}
	return nil, false
}
