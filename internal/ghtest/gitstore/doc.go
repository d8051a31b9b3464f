// Package gitstore keeps the git objects of a repository and its forks. What is made here stays in memory until git needs it on disk,
// so that thousands of commits cost neither files nor processes; simple comparisons and merges are done here, all others by git.
// It must not know GitHub.
package gitstore
