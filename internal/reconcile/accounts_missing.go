package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/gh"
)

// missing lists the accounts where the App should act and can't: as alerts if the settings
// name the account, or if no other account is left, and as notes otherwise. The caller
// holds the lock.
func (a *accounts) missing(named []string) (h Health) {
	if !a.listed {
		return h
	}
	for _, login := range named {
		switch i, found := a.find(login); {
		case !found:
			h.add(KindInstallation, "the App isn't installed on %s, which accounts: names: install it there, or remove %[1]s from accounts: in "+
				"the settings", login)
		case i.Suspended:
			h.add(KindInstallation, "the App is suspended on %s, which accounts: names: unsuspend it in that account's settings (GitHub Apps), "+
				"or remove %[1]s from accounts:", login)
		}
	}
	if len(named) > 0 {
		return h
	}
	suspended := slices.DeleteFunc(slices.Clone(a.ours), func(i gh.Installation) bool { return !i.Suspended })
	switch {
	case len(a.ours) == 0:
		h.add(KindInstallation, "the App isn't installed anywhere: install it from its page on GitHub")
	case len(suspended) == len(a.ours):
		h.add(KindInstallation, "the App is suspended on %s, and installed nowhere else: unsuspend it in that account's settings (GitHub Apps)",
			logins(suspended))
	case len(suspended) > 0:
		h.Notes = append(h.Notes, fmt.Sprintf("the App is suspended on %s: nothing is done there until it is unsuspended in that account's "+
			"settings (GitHub Apps)", logins(suspended)))
	}
	return h
}

// shownLogins limits how many accounts one line names.
const shownLogins = 5

func logins(all []gh.Installation) string {
	var names []string
	for _, i := range all {
		names = append(names, i.Account)
	}
	return list(names)
}

func list(names []string) string {
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	if more := len(names) - shownLogins; more > 0 {
		names = append(names[:shownLogins:shownLogins], fmt.Sprintf("%d more", more))
	}
	return english.WordSeries(names, "and")
}
