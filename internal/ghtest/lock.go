package ghtest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// lock keeps all from commenting and reacting but those who may write.
type lock struct{ reason string }

// Lock locks the conversation; reason is off-topic, too heated, resolved, spam, or empty.
func (r *Repo) Lock(number int, by, reason string) error {
	return r.act(number, "locking", func(i *issue) error {
		if i.lock != nil || !slices.Contains([]string{"", "off-topic", "too heated", "resolved", "spam"}, reason) {
			return fmt.Errorf("it is locked, or %q is no reason", reason)
		}
		i.lock = &lock{reason}
		r.happened(i, event{kind: "Locked", actor: r.srv.account(by), to: reason})
		r.changed(i, "locked", r.srv.account(by), nil)
		return nil
	})
}

// Unlock opens the conversation again.
func (r *Repo) Unlock(number int, by string) error {
	return r.act(number, "unlocking", func(i *issue) error {
		if i.lock == nil {
			return errors.New("it is not locked")
		}
		i.lock = nil
		r.happened(i, event{kind: "Unlocked", actor: r.srv.account(by)})
		r.changed(i, "unlocked", r.srv.account(by), nil)
		return nil
	})
}

// mayTalk is false for an App where the conversation is locked, even if it may write.
func (r *Repo) mayTalk(i *issue, by *user) bool {
	return i.lock == nil || (by.kind != "Bot" && r.canWrite(by))
}

// lockReason is that of the REST API, or null.
func (i *issue) lockReason() any {
	if i.lock == nil {
		return nil
	}
	return body(i.lock.reason)
}

// graphqlReason is OFF_TOPIC and so on, or null.
func graphqlReason(reason string) any {
	return body(strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(reason)))
}

func lockedError(message string) *apiError {
	return &apiError{Status: http.StatusForbidden, Message: message, Docs: "https://docs.github.com/articles/locking-conversations/"}
}
