package hooks

import (
	"net/http"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Hook is where deliveries are sent.
type Hook struct {
	URL    string
	Secret string // signs them; generated when empty

	// What people can set wrong: "form" instead of "json", a certificate that isn't checked, no secret.
	ContentType        string
	Insecure, Unsigned bool
}

// Delivery is one webhook request, waiting or sent.
type Delivery struct {
	ID         int64
	GUID       string // X-GitHub-Delivery; a redelivery keeps it
	Event      string
	Action     string
	Repo       string // "owner/name", "" if the event has none
	RepoID     int64
	Install    int64
	Number     int // of the issue or pull request, 0 if there is none
	Payload    []byte
	Redelivery bool

	Header http.Header // as sent
	Sent   time.Time
	Took   time.Duration
	Status int    // of the answer, 0: there was none
	Err    string // why there was none
}

func newGUID() string {
	h := world.RandomHex(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}
