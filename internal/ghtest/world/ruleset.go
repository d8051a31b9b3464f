package world

// Ruleset is a rule on the branches that a pattern matches.
type Ruleset struct{ Pattern, Violation string }
