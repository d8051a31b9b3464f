// Package pull is the core of the bot: what a pull request looks like
// (Request), what a rule wants of it (Rule, Want), and the difference between
// the two (Plan, Action).
//
// It is pure and uses the standard library alone. It must not know a clock, a
// network, a file, or GitHub's client: the same Request (Now included) gives
// the same Plan, which is what makes shadow mode, dry runs and retries safe.
package pull
