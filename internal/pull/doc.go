// Package pull is the core of the bot: what a pull request looks like (Request), what a
// rule wants it to look like (Rule, Want), and the difference (Plan, Action). It's pure
// and uses only the standard library. It must not know a clock, a network, a file, or
// GitHub's client: the same Request (Now included) gives the same Plan, which makes
// shadow mode, dry runs and retries safe.
package pull
