package conflict

const (
	about       = "Labels a pull request that conflicts with its base branch, until it no longer does."
	whyConflict = "it conflicts with the base branch"
	whyResolved = "it no longer conflicts with the base branch"
	whyClosed   = "it's no longer open"
)
