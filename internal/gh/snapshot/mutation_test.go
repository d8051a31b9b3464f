package snapshot

import (
	"github.com/concorde-bot/concorde/internal/gh"

	"errors"
	"fmt"
	"strings"
)

// kinds names the types of errors, "" where there is none.
func kinds(faults []error) (all []string) {
	for _, err := range faults {
		kind := ""
		for _, k := range []any{new(*gh.Gone), new(*gh.Limited), new(*gh.Denied), new(*gh.Rejected), new(*gh.Temporary)} {
			if errors.As(err, k) {
				kind = strings.TrimPrefix(fmt.Sprintf("%T", k), "**gh.")
			}
		}
		if kind == "" && err != nil {
			kind = err.Error()
		}
		all = append(all, kind)
	}
	return all
}
