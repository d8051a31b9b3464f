package world

import (
	"strings"
)

// PullState is OPEN, CLOSED or MERGED.
func (i *Issue) PullState() string {
	if i.Pull.Merged() {
		return "MERGED"
	}
	return strings.ToUpper(i.State)
}
