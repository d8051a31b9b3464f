// Package trial is what the tests of ghtest and its parts share: servers that end with a test, clients with GitHub's own libraries and
// without, a contributor's git, and the far end of webhooks. It must not know what a test is about.
package trial
