// Package triage has the rules that keep a pull request or issue in order for
// people: labels by rules, the stage of a pull request, issue numbers and links,
// titles, wrong branches, conflicts with the base, and commands in comments
// (devguide, "Triaging" and "Lifecycle of a pull request").
//
// It is pure, and must not know GitHub's API, clocks and files.
package triage
