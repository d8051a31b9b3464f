package world

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// newInstallation is the one on an account, made if there is none.
func (w *World) newInstallation(owner string) *Installation {
	inst := w.Installation(owner)
	if inst == nil {
		inst = &Installation{ID: w.nextID(), Account: w.Account(owner), Permissions: maps.Clone(w.App.Permissions), Events: slices.Clone(w.App.Events), Created: w.Now()}
		w.Installs[strings.ToLower(owner)] = inst
	}
	return inst
}

// Install puts the App on an account, for all its repositories.
func (w *World) Install(owner string) {
	for _, r := range w.RepoList {
		if r.Parent != nil && strings.EqualFold(r.Owner.Login, owner) { // forks are made on the way
			r.Installed = true
		}
	}
	if w.Installation(owner) == nil {
		inst := w.newInstallation(owner)
		w.emit(Event{Name: "installation", Action: "created", By: inst.Account, Installation: inst})
	}
}

// Uninstall takes the App off an account: its tokens are bad.
func (w *World) Uninstall(owner string) {
	inst := w.Installation(owner)
	if inst == nil {
		return
	}
	w.emit(Event{Name: "installation", Action: "deleted", By: inst.Account, Installation: inst})
	delete(w.Installs, strings.ToLower(owner))
	maps.DeleteFunc(w.Tokens, func(_ string, t *Token) bool { return t.Inst == inst })
}

// Suspend suspends the App on an account, or ends that.
func (w *World) Suspend(owner string, on bool) {
	inst := w.Installation(owner)
	if inst == nil || inst.Suspended.IsZero() != on {
		return
	}
	action := "unsuspend"
	inst.Suspended = time.Time{}
	if on {
		action, inst.Suspended = "suspend", w.Now()
	}
	w.emit(Event{Name: "installation", Action: action, By: inst.Account, Installation: inst})
}
