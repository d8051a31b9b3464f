// Package release says whether a version of Python can be released, and what waits for its
// release manager (devguide, "Development Cycle"): the verdict with its reasons
// (readiness.go), its tables (table.go), and the rule that keeps both in a version's
// tracking issue (rule.go).
//
// It's pure. It must not know GitHub's API, and only release managers decide: what it
// finds is what they would otherwise look for.
package release
