package triage

const (
	aboutConflict = "Labels a pull request that conflicts with its base branch, until it no longer does."
	whyConflict   = "conflicts with the base"
	whyNoConflict = "conflicts that are gone"
)
