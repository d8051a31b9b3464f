// Package git runs git. It reads what a range of commits in a local
// repository changes.
//
// It must not know what is looked for in the changes.
package git
