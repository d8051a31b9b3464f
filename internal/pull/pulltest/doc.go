// Package pulltest tests rules: golden cases in words (Golden), the laws that
// every plan keeps (Laws), and pull requests made of random bytes (Random).
//
// It is for tests alone, and it must not know what any one rule decides.
package pulltest
