// Package git runs git. It reads what a range of commits in a local repository changes
// (Repository), and picks commits onto other branches: in a repository that it reaches
// by HTTP (Engine), or in a person's own (Local). It must not know what is done with the
// changes, nor why something is picked.
package git
