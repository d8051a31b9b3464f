package main

import (
	"testing"

	"github.com/alecthomas/kong"
)

// TestFeedFlags: an empty value is one, and not the default.
func TestFeedFlags(t *testing.T) {
	const cycle, releases = "https://peps.python.org/api/release-cycle.json", "https://peps.python.org/api/python-releases.json"
	for _, test := range []struct {
		args []string
		env  map[string]string
		want feedFlags
	}{
		{nil, nil, feedFlags{cycle, releases}},
		{[]string{"--lifecycle-cycle-url=", "--lifecycle-releases-url="}, nil, feedFlags{}},
		{[]string{"--lifecycle-cycle-url=https://example.com/"}, map[string]string{"BOT_LIFECYCLE_RELEASES_URL": ""},
			feedFlags{Cycle: "https://example.com/"}},
	} {
		for name, value := range test.env {
			t.Setenv(name, value)
		}
		var got struct {
			Feed feedFlags `embed:"" prefix:"lifecycle-" envprefix:"BOT_LIFECYCLE_"`
		}
		parser, err := kong.New(&got, words)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(test.args); err != nil || got.Feed != test.want {
			t.Errorf("%q, %v: got %v, %v", test.args, test.env, got.Feed, err)
		}
	}
}
