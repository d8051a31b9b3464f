// Package gitserver serves the world's repositories over git's smart HTTP protocol, with git itself, and refuses pushes in GitHub's words.
package gitserver
