package stage

import (
	"strings"
	"testing"
)

func TestPhrases(t *testing.T) {
	p := newPhrases(settings().Phrases)
	for text, want := range map[string]bool{
		"I have made the requested changes; please review again":                                           true,
		"i HAVE made The requested changes; PLEASE review AGAIN":                                           true,
		"Thanks! I have made the requested changes; please review again. Best, Alice":                      true,
		"**I have made the requested changes; please review again**":                                       true,
		"I have made  the requested\tchanges;\u00a0please review again":                                    true,
		"I have made the requested changes;\r\nplease review again":                                        true,
		"I have made the requested changes;\rplease review again":                                          true,
		"I didn't expect the Spanish Inquisition":                                                          true,
		"I didn’t expect the Spanish Inquisition!":                                                         true,
		"i didn`t expect the spanish inquisition":                                                          true,
		"I didnʼt expect the Spanish Inquisition":                                                          true,
		"`I have made the requested changes; please review again`":                                         false,
		"```\nI have made the requested changes; please review again\n```":                                 false,
		"    I have made the requested changes; please review again":                                       false,
		"> When they are made, leave a comment.\n\nI have made the requested changes; please review again": true,
		"> What is left?\nI have made the requested changes; please review again":                          false,
		"I have made the requested changes; please review again\n\n> the words":                            true,
		"> I have made the requested changes; please review again":                                         false,
		"  >I have made the requested changes; please review again":                                        false,
		">> I have made the requested changes; please review again\n\nThanks":                              false,
		"> `I have made the requested changes; please review again`\r\n\r\nWhere do I write this?":         false,
		"> What is left?\n\nI have made the requested changes; please review again":                        true,
		"I didn&rsquo;t expect the Spanish Inquisition":                                                    true,
		"<!-- I have made the requested changes; please review again -->":                                  false,
		"[a]: b (I have made the requested changes; please review again)":                                  false,
		"I have made `x` the requested changes; please review again":                                       false,
		"- I have made the requested changes; please review again":                                         true,
		"> I have made the requested changes;\nplease review again":                                        false,
		"I have made the requested\n> quote\nchanges; please review again":                                 false,
		"I have made the requested changes, please review again":                                           false,
		"I have made the requested changes":                                                                false,
		"I did not expect the Spanish Inquisition":                                                         false,
		"Ihavemadetherequestedchanges;pleasereviewagain":                                                   false,
		"": false,
		"\xff\xfe I have made the requested changes; please review again": true,
	} {
		if got := p.in(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if newPhrases([]string{"", "  "}).in("anything") {
		t.Error("an empty phrase is said by everything")
	}
	if p.in(strings.Repeat("> I have made the requested changes; please review again\n", 1100)) {
		t.Error("a long quote says the phrase")
	}
}
