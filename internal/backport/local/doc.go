// Package local backports in a person's own repository, for those who do it by
// hand: the same pick and the same messages as the bot's. What a run has done and
// has yet to do is in one file (state.go), so that the next one goes on, or takes
// it back, whatever happened in between.
//
// It must not know flags and terminals, nor GitHub's API.
package local
