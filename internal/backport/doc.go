// Package backport brings merged changes to the maintenance branches: what may go where
// (decide.go, from the release life cycle and the settings), the rule on the original
// pull request (original.go) with its status comment (status.go), the rule on each
// backport PR (pull.go), the texts of commits and pull requests (commit.go), a
// repository's labels (labels.go), and what a branch lacks (gaps.go). The rules are
// pure. All state is on GitHub: labels and their history, the branches, their pull
// requests, and the status comment, which also holds what the bot must remember about
// picks without a result.
package backport
