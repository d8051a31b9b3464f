// Package changelog knows what blurb, the tool that makes CPython's changelog, does with
// NEWS entries: which files it finds, how it reads and wraps them, where it stops, and
// the file that "blurb release" writes. It's exact to the byte; testdata/blurb.tsv has
// what blurb itself made of hundreds of trees.
//
// It must not know files on a disk, git, GitHub, clocks or pull requests: the files of a
// tree and the day are arguments. How people should write an entry is internal/newscheck's.
package changelog
