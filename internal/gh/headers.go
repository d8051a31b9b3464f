package gh

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// farthest is how far ahead a limit may end. GitHub names at most an hour, and a wrong
// time must not silence the bot for good.
const farthest = 2 * time.Hour

// named returns the end of the limit that the answer names, or zero ("Rate limits for
// the REST API", exceeding the rate limit). GitHub uses its own clock, which the
// answer's Date shows; ours may be ahead.
func named(h http.Header, now time.Time) time.Time {
	ahead := ahead(h, now)
	until := time.Time{}
	if after, err := strconv.Atoi(h.Get("Retry-After")); err == nil && after >= 0 {
		until = now.Add(time.Duration(min(after, int(farthest/time.Second))) * time.Second)
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		until = at.Add(ahead)
	} else if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && h.Get("X-RateLimit-Remaining") == "0" {
		until = time.Unix(reset, 0).Add(ahead)
	}
	if until.IsZero() {
		return until
	}
	if soonest := now.Add(time.Second); until.Before(soonest) { // without a Date, or with a strange one
		return soonest
	}
	if latest := now.Add(farthest); until.After(latest) {
		return latest
	}
	return until
}

// ahead returns how far our clock is ahead of GitHub's.
func ahead(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return now.Sub(date)
}

// overLimit reports whether a 403 means "too much" rather than "not allowed".
func overLimit(h http.Header, message string) bool {
	message = strings.ToLower(message)
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0" ||
		strings.Contains(message, "rate limit") || strings.Contains(message, "abuse detection") ||
		strings.Contains(message, "submitted too quickly")
}
