package webhook

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"

	"github.com/concorde-bot/concorde/internal/queue"
)

// answer to a delivery. Its text is for whoever reads "Recent Deliveries" in the App's
// settings.
type answer struct {
	status int
	result string // in metrics and logs
	text   string
	err    error // only for the log
}

func (a answer) because(err error) answer {
	a.err = err
	return a
}

var (
	stored        = answer{status: http.StatusAccepted, result: "stored", text: "stored"}
	alreadyStored = answer{status: http.StatusAccepted, result: "already stored", text: "already stored: looking again"}
	pong          = answer{status: http.StatusOK, result: "ping", text: "hello: the webhook works"}

	wrongMethod = answer{status: http.StatusMethodNotAllowed, result: "wrong method", text: "not stored: webhooks are sent with POST"}
	wrongType   = answer{status: http.StatusUnsupportedMediaType, result: "wrong content type",
		text: "not stored: set the content type of the webhook to application/json"}
	noEvent = answer{status: http.StatusBadRequest, result: "bad header",
		text: "not stored: the header X-GitHub-Event is missing or not the name of an event"}
	noDelivery = answer{status: http.StatusBadRequest, result: "bad header",
		text: "not stored: the header X-GitHub-Delivery is missing or not the ID of a delivery"}
	unauthorized = answer{status: http.StatusUnauthorized, result: "bad signature",
		text: "not stored: the header X-Hub-Signature-256 is missing or wrong: both sides must know the same secret"}
	incomplete = answer{status: http.StatusBadRequest, result: "incomplete", text: "not stored: the body is incomplete: send it again"}
	busy       = answer{status: http.StatusServiceUnavailable, result: "busy",
		text: "not stored: too many large deliveries arrive at once: send it again later"}
	notStored = answer{status: http.StatusServiceUnavailable, result: "not stored",
		text: "not stored: the database couldn't store it: send it again later"}
)

func (h *Handler) tooLarge() answer {
	return answer{status: http.StatusRequestEntityTooLarge, result: "too large",
		text: fmt.Sprintf("not stored: the body has more than %d bytes", h.cfg.MaxBody)}
}

// ignored counts as delivered: sending it again wouldn't change anything.
func ignored(account string) answer {
	return answer{status: http.StatusAccepted, result: "ignored",
		text: fmt.Sprintf("not stored: accounts: in the bot's settings doesn't name %q, so the bot does nothing there", account)}
}

func malformed(err error) answer {
	return answer{status: http.StatusBadRequest, result: "malformed", text: "not stored: the body isn't a JSON object: " + err.Error(),
		err: err}
}

var (
	eventName  = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)
	deliveryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// head checks everything before the body except the signature.
func (h *Handler) head(w http.ResponseWriter, r *http.Request, d *queue.Delivery) (answer, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return wrongMethod, false
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return wrongType, false
	}
	event, id := r.Header.Get("X-GitHub-Event"), r.Header.Get("X-GitHub-Delivery")
	switch {
	case !eventName.MatchString(event):
		return noEvent, false
	case !deliveryID.MatchString(id):
		return noDelivery, false
	}
	d.Event, d.ID = event, id
	if r.ContentLength > h.cfg.MaxBody {
		return h.tooLarge(), false
	}
	return answer{}, true
}
