package triage

const (
	aboutConflict = "Puts a label on a pull request that conflicts with its base, and takes it off when it no longer does."
	whyConflict   = "conflicts with the base"
	whyNoConflict = "conflicts that are gone"
)
