package world

import (
	"errors"
	"fmt"
	"slices"
)

// MayTalk is false for an App where the conversation is locked, even if it may write.
func (r *Repo) MayTalk(i *Issue, by *User) bool {
	return i.Lock == nil || (by.Kind != "Bot" && r.CanWrite(by))
}

// Lock locks the conversation; reason is off-topic, too heated, resolved, spam, or empty.
func (r *Repo) Lock(i *Issue, by *User, reason string) error {
	if i.Lock != nil || !slices.Contains([]string{"", "off-topic", "too heated", "resolved", "spam"}, reason) {
		return fmt.Errorf("it is locked, or %q is no reason", reason)
	}
	i.Lock = &Lock{reason}
	r.happened(i, TimelineEvent{Kind: "Locked", Actor: by, To: reason})
	r.changed(i, Event{Action: "locked", By: by})
	return nil
}

// Unlock opens the conversation again.
func (r *Repo) Unlock(i *Issue, by *User) error {
	if i.Lock == nil {
		return errors.New("it is not locked")
	}
	i.Lock = nil
	r.happened(i, TimelineEvent{Kind: "Unlocked", Actor: by})
	r.changed(i, Event{Action: "unlocked", By: by})
	return nil
}
