// Package reconcile is the one path of the bot: load a snapshot, ask the
// rules, make a plan, apply it. Deliveries, the sweep, retries and `bot plan`
// all take it.
//
// It must not know how a rule decides, nor how GitHub is asked.
package reconcile
