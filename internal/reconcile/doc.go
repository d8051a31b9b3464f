// Package reconcile is the bot's one path: load a snapshot, run the rules, make a plan,
// apply it. Deliveries, the sweep, retries and `bot plan` all take it. It must not know
// how a rule decides, nor how to talk to GitHub.
package reconcile
