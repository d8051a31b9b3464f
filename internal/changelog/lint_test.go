package changelog

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
)

// The cases are from runs of Python's textwrap with the options of blurb.
func TestReflow(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		width            int
	}{
		{"words", "aaa bbb ccc", "aaa bbb\nccc\n", 8},
		{"long words stand alone", "a bbbbbbbbbbbb c", "a\nbbbbbbbbbbbb\nc\n", 8},
		{"hyphens do not break", "aaaa-bbbb cc", "aaaa-bbbb\ncc\n", 6},
		{"white space within a line stays", "a  b   c", "a  b   c\n", 20},
		{"laid out twice", "xxxx xxxx xxxx xxxx xxxx.  xxxx", "xxxx xxxx xxxx xxxx xxxx. xxxx\n", 30},
		{"tabs", "a\tb\n\tc", "a       b         c\n", 40},
		{"characters, not bytes", "éé éé éé", "éé éé\néé\n", 5},
		{"paragraphs", "a\nb\n\n\n\nc", "a b\n\n\n\nc\n", 20},
		{"lists", "* a\n  b\n\n1. c\n   d\n\ne\nf", "* a\n  b\n\n1. c\n   d\n\ne f\n", 20},
		{"code", "a::\n\n  b\n  c\n\n  d\n  e", "a::\n\n  b\n  c\n\nd   e\n", 20},
	} {
		if diff := cmp.Diff(test.want, Reflow(test.text, test.width)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestLintGivesEveryFault(t *testing.T) {
	got := Lint(config.Preset().News, []byte("\ufeff.. section: x\n.. y: z\n.. no\n\n- a\x00\n..\n"), map[string]bool{"section": true})
	want := []Remark{
		{1, Spoils, faultBOM}, {5, Spoils, faultNUL}, {1, Spoils, faultGiven("section")}, {2, Warns, warnMetadata("y")},
		{3, Spoils, faultNoColon}, {5, Spoils, faultStart("- ")}, {6, Stops, faultEnd},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
