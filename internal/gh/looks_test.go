package gh_test

import (
	"github.com/concorde-bot/concorde/internal/pull"
)

func looksAt(l pull.Looks) func(*pull.Request) pull.Looks {
	return func(*pull.Request) pull.Looks { return l }
}
