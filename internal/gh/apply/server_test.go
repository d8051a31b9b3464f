package apply

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

var (
	somePull   = pull.Key{Owner: "python", Repo: "cpython", Number: 1}
	someSHA    = strings.Repeat("ab", 20)
	someStatus = pull.SetStatus{SHA: someSHA, Status: pull.Status{Context: "c", State: pull.StatusSuccess, Description: "d"}}
)
