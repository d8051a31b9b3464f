// Package newscheck has the two rules on how a change is announced: News, on
// the files from which the tool blurb builds the changelog, and ABI, on the
// markers of PEP 605.
//
// The rules are pure, and read what a local range of commits can tell as well.
// The package must not know GitHub, git, or files on a disk.
package newscheck
