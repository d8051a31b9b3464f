package main

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
)

// A comment counts with the bot's name or one of the phrases, however it is
// written; whatever the rules read is among these.
func TestHeard(t *testing.T) {
	set := config.Preset().Rules
	for words, want := range map[string]bool{
		"":                                   false,
		"Thanks, dana!":                      false,
		"bedevere says so":                   false,
		"@concord help":                      false,
		"@concorde help":                     true,
		"Dear @CONCORDE[bot], backport 3.14": true,
		"> @concorde help":                   true, // a quote, which the rule leaves out
		"I have made the requested changes; please review again":   true,
		"i HAVE made\nthe requested changes; please review again":  true,
		"> I have made the requested changes; please review again": false,
		"I didn’t expect the Spanish Inquisition":                  true,
	} {
		if heard(set, "concorde", words) != want {
			t.Errorf("%q is heard: %v", words, !want)
		}
	}
	if !heard(set, "", "Thanks, dana!") {
		t.Error("while the bot does not know its name, every comment counts")
	}
}
