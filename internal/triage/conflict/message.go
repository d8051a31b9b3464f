package conflict

const (
	about       = "Labels a pull request that conflicts with its base branch, until it no longer does."
	whyConflict = "conflicts with the base branch"
	whyResolved = "resolved conflicts"
)
