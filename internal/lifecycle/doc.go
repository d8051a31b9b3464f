// Package lifecycle knows Python's releases: each branch's phase on a date, its next
// release, and the proposed schedules. It must not know files, networks, clocks or pull
// requests: data and dates are arguments, and its callers decide what may be merged
// where.
//
// All dates are days in UTC and start at midnight.
//
// # Which date counts
//
// The data names most days more than once, and a copy of it ages. So the phase
// at a date is computed from days alone; a recorded status ("bugfix") is not
// believed. Of several sources for a day the first one counts:
//
//  1. the list of releases: beta 1, candidate 1 and final of X.Y.0;
//  2. the metadata of python-releases.json;
//  3. release-cycle.json;
//  4. where nobody names it, the spans of PEP 602 (see spans).
//
// Of the end of life of a living branch only the month is known: "2026-10" in
// release-cycle.json, 2026-10-01 in python-releases.json. Such a branch surely
// ended on the first day of the next month.
//
// An expected day counts as much as an actual one: once it has passed, the
// release is taken to have happened, however old the copy is. A release that
// slips is put right by a fresher copy, which expects it later.
package lifecycle
