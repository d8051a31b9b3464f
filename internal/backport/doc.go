// Package backport brings merged changes to the maintenance branches: which
// may go where (decide.go, from the release life cycle and the settings), the
// rule on the original pull request with its board (original.go, board.go), the
// rule on each backport (child.go), the texts of commits and pull requests
// (commit.go), the labels of a repository (labels.go), what a branch lacks
// (gaps.go), and the pick itself (picker.go).
//
// The rules are pure. All state is on GitHub: labels and their history, the
// branches, the pull requests from them, and the board, a comment of the bot
// that also holds what it must remember of picks that came to nothing.
package backport
