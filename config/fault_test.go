package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config/hostile"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

// faulty is a wrong central file, and all that is to be said of it.
type faulty struct{ name, file, want string }

var wrong = []faulty{
	{"unknown keys", "nwes:\n  mode: off\nnews:\n  max-writes: 3\n  skiplabel: x\n", `
c.yml:1:1: "nwes" isn't a setting: did you mean "news"?
c.yml:4:3: "max-writes" isn't a setting: expected one of mode, status, check, skip-label, directory, ` +
		`sections, min-gh-issue, width, help, help-url
c.yml:5:3: "skiplabel" isn't a setting: did you mean "skip-label"?`},
	{"keys of Go", "Rules: {}\nnews: {SkipLabel: x}", `
c.yml:1:1: "Rules" isn't a setting: did you mean "roles"?
c.yml:2:8: "SkipLabel" isn't a setting: did you mean "skip-label"?`},
	{"twice", "news:\n  width: 80\n  mode: off\n  width: 76\nabi: {}\nnews: {}\n", `
c.yml:4:3: "width" is set twice, first on line 2: remove one
c.yml:6:1: "news" is set twice, first on line 1: remove one`},
	{"types", "preset: [cpython]\nrepositories: python/cpython\nsweep: 3\nnews:\n  mode: {}\n  help: maybe\n  width: wide\n  sections: {}\n" +
		"  status: true\nabi:\n  check: ~\n", `
c.yml:1:9: preset is a group or a list: expected a single value
c.yml:2:15: repositories isn't a list: start each item with a hyphen
c.yml:3:8: sweep isn't a group of settings: write KEY: VALUE lines
c.yml:5:9: news.mode is a group or a list: expected a single value
c.yml:6:9: news.help is "maybe": expected true or false
c.yml:7:10: news.width is "wide": expected a whole number from 40 to 200
c.yml:8:13: news.sections isn't a list: start each item with a hyphen
c.yml:9:11: news.status is true, which YAML reads as true or false: put it in quotes
c.yml:11:10: abi.check has no value: give it one, or remove it`},
	{"not settings", "- a\n- b\n", `c.yml:1:1: the file isn't a group of settings: write KEY: VALUE lines`},
	{"a scalar", "hello", `c.yml:1:1: the file isn't a group of settings: write KEY: VALUE lines`},
	{"null", "null", `c.yml:1:1: the file has no value: give it one, or remove it`},
	{"modes", "news: {mode: warn}\nabi: {mode: on}\npreset: none\n", `
c.yml:1:14: news.mode is "warn": want off or require
c.yml:2:13: abi.mode is "on": want off or warn or require
c.yml:3:9: preset is "none": want cpython`},
	{"numbers", "sweep:\n  full-at: 24\n  max-writes: 0\n  pull-requests-per-minute: 1e2\nnews:\n  width: 076\n  min-gh-issue: " +
		"99999999999999999999\n", `
c.yml:2:12: sweep.full-at is "24": expected a whole number from 0 to 23
c.yml:3:15: sweep.max-writes is "0": expected a whole number from 1 to 100000
c.yml:4:29: sweep.pull-requests-per-minute is "1e2": expected a whole number from 1 to 400
c.yml:6:10: news.width is "076": expected a whole number from 40 to 200
c.yml:7:17: news.min-gh-issue is "99999999999999999999": expected a whole number from 1 to 1000000000`},
	{"renamed", "sweep: {requests-per-minute: 120}\n", `c.yml:1:9: "requests-per-minute" isn't a setting: write "pull-requests-per-minute",` +
		` which counts pull requests: 40 for 120 requests`},
	{"texts", "news:\n  status: ''\n  check: \"a\\nb\"\n  skip-label: ' skip news'\nabi:\n  status: " + strings.Repeat("é", 256) +
		"\n  check: \"\\u202e\"\n", `
c.yml:2:11: news.status is empty: give it a value, or remove it
c.yml:3:10: news.check has a line break or another unprintable character: remove it
c.yml:4:15: news.skip-label starts or ends with a space: remove it
c.yml:6:11: abi.status has 256 characters: at most 255 are allowed
c.yml:7:10: abi.check has a line break or another unprintable character: remove it`},
	{"emoji alone", "labels:\n  looks:\n  - {name: x, color: ededed, description: 🐛}\n", `
c.yml:3:43: labels.looks[0].description is "🐛", which is only emoji, which GitHub allows in no description: write words`},
	{"a long label", "news: {skip-label: " + strings.Repeat("x", 51) + "}",
		`c.yml:1:20: news.skip-label has 51 characters: at most 50 are allowed`},
	{"repositories", "repositories:\n- python\n- ../x\n- python/cpython/x\n- py?hon/[a]\n- '*/cpython'\n- '*/cpython'\n", `
c.yml:2:3: repositories[0] is "python", which isn't OWNER/NAME: write it like python/cpython or python/*
c.yml:3:3: repositories[1] is "../x", which isn't OWNER/NAME: write it like python/cpython or python/*
c.yml:4:3: repositories[2] is "python/cpython/x", which isn't OWNER/NAME: write it like python/cpython or python/*
c.yml:5:3: repositories[3] is "py?hon/[a]", which isn't OWNER/NAME: write it like python/cpython or python/*
c.yml:7:3: repositories[5] repeats line 6: remove one`},
	{"directories", "news:\n  directory: /Misc\n  sections:\n  - {name: A, directory: ../a}\n  - {name: B, directory: b/c, legacy: ['.', " +
		"'b\\c'], paths: [/x, a/../b, ok/]}\n", `
c.yml:2:14: news.directory is "/Misc", which isn't a directory in the repository: write the path from the top, like Misc/NEWS.d
c.yml:4:26: news.sections[0].directory is "../a", which isn't a directory name: write only the name, without slashes
c.yml:5:26: news.sections[1].directory is "b/c", which isn't a directory name: write only the name, without slashes
c.yml:5:40: news.sections[1].legacy[0] is ".", which isn't a directory name: write only the name, without slashes
c.yml:5:45: news.sections[1].legacy[1] is "b\\c", which isn't a directory name: write only the name, without slashes
c.yml:5:61: news.sections[1].paths[0] is "/x", which can't start a path: write it from the top, without "." and ".." in it
c.yml:5:65: news.sections[1].paths[1] is "a/../b", which can't start a path: write it from the top, without "." and ".." in it`},
	{"sections", "news:\n  sections:\n  - {name: A, directory: a, legacy: [c], paths: [x/]}\n  - {name: A, directory: A}\n  - {name: C, " +
		"directory: C, paths: [x/]}\n  - {legacy: []}\n", `
c.yml:4:12: news.sections[1].name is "A", and so is news.sections[0].name: make them differ
c.yml:4:26: news.sections[1].directory is "A", and so is news.sections[0].directory: make them differ
c.yml:5:26: news.sections[2].directory is "C", and so is news.sections[0].legacy[0]: make them differ
c.yml:5:37: news.sections[2].paths[0] is "x/", and so is news.sections[0].paths[0]: make them differ
c.yml:6:5: news.sections[3] has no name: add it
c.yml:6:5: news.sections[3] has no directory: add it`},
	{"no sections", "news: {sections: []}", `c.yml:1:18: news.sections has 0 items: at least 1 are needed`},
	{"address", "news: {help-url: http://example.com}",
		`c.yml:1:18: news.help-url is "http://example.com", which isn't a web address: expected https://HOST/PATH`},
	{"patterns", "abi: {evidence: ['a[', ../x, /y, x, x]}", `
c.yml:1:18: abi.evidence[0] is "a[", which isn't a pattern: close its brackets, and write * for any characters except slashes
c.yml:1:24: abi.evidence[1] is "../x", which matches no path: write it from the top, without "." and ".." in it
c.yml:1:30: abi.evidence[2] is "/y", which matches no path: write it from the top, without "." and ".." in it
c.yml:1:37: abi.evidence[4] repeats line 1: remove one`},
	{"the status of another", "abi:\n  status: Bedevere/News\n",
		`c.yml:2:11: abi.status and news.status are both "Bedevere/News": give each rule its own`},
	{"the status of another still", "news:\n  status: concorde/abi-markers\n",
		`c.yml:2:11: abi.status and news.status are both "concorde/abi-markers": give each rule its own`},
	{"a later label of the preset", "stages:\n  review: Awaiting merge\n",
		`c.yml:2:11: stages.review is "Awaiting merge", and so is stages.merge: make them differ`},
	{"the label of backports", "backport:\n  label: awaiting merge\n",
		`c.yml:2:10: backport.label is "awaiting merge", and so is stages.merge: make them differ`},
	{"markers", "abi: {news-marker: (ABI break)}", `c.yml:1:20: both markers are "(ABI break)": make them differ`},
	{"anchors", "news: &n\n  width: 80\nabi:\n  mode: &m off\n  check: *m\n", `
c.yml:1:7: news uses an anchor: write the value out
c.yml:4:9: abi.mode uses an anchor: write the value out
c.yml:5:10: abi.check uses an anchor: write the value out`},
	{"merge keys", "news:\n  <<: {width: 80}\n", `c.yml:2:3: "<<" isn't a setting: expected one of mode, status, check, skip-label, ` +
		`directory, sections, min-gh-issue, width, help, help-url`},
	{"tags", "news:\n  width: !!str 80\n  check: !secret x\n", `
c.yml:2:10: news.width has the tag !!str: remove it
c.yml:3:10: news.check has the tag !secret: remove it`},
	{"keys that are no words", "news:\n  ? [a]\n  : b\n  {}: c\n", `
c.yml:2:5: the key isn't a word: write KEY: VALUE
c.yml:4:3: the key isn't a word: write KEY: VALUE`},
	{"two documents", "news: {width: 3}\n---\nabi: {}\n", `
c.yml:1:15: news.width is "3": expected a whole number from 40 to 200
c.yml:2:1: the file has a second document: put all settings in one, and remove ---`},
	{"characters, not bytes", "abi: {check: \"é\", mode: on}", `c.yml:1:25: abi.mode is "on": want off or warn or require`},
	{"a long value", "abi: {mode: " + strings.Repeat("é", 100) + "}", `c.yml:1:13: abi.mode is "` + strings.Repeat("é", 60) +
		`…": want off or warn or require`},
}

func TestFaults(t *testing.T) {
	for _, tt := range wrong {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("c.yml", []byte(tt.file))
			if err == nil {
				t.Fatal("no fault")
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), err.Error()); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

func TestFaultsOfARepository(t *testing.T) {
	central, err := Parse("c.yml", []byte("news: {status: news}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = central.Override("r.yml", []byte("preset: cpython\nrepositories: ['*/*']\nsweep: {full-at: 99}\nabi:\n  status: news\n  "+
		"sweep: 1\nfoo: 1\n"))
	want := `r.yml:1:1: only the bot's operator can set "preset", in the central file: remove it here
r.yml:2:1: only the bot's operator can set "repositories", in the central file: remove it here
r.yml:3:1: only the bot's operator can set "sweep", in the central file: remove it here
r.yml:5:11: abi.status and news.status are both "news": give each rule its own
r.yml:6:3: "sweep" isn't a setting: expected one of mode, status, check, commit-marker, news-marker, evidence
r.yml:7:1: "foo" isn't a setting: expected one of `
	var groups []string
	for _, f := range fields(reflect.TypeFor[Rules]()) {
		groups = append(groups, keyOf(f))
	}
	want += strings.Join(groups, ", ")
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

func TestManyFaults(t *testing.T) {
	_, err := Parse("c.yml", []byte(strings.Repeat("x: 1\n", 2000)))
	var faults yamlfile.Faults
	if !errors.As(err, &faults) || len(faults) != yamlfile.MaxFaults+1 {
		t.Fatalf("%d faults", len(faults))
	}
	if have, want := faults[yamlfile.MaxFaults].String(), "c.yml:101:1: 1900 more faults from here on: fix the ones above "+
		"first"; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// Files that pull requests of strangers bring must not keep the bot busy: one
// that grows faster than its input would hang this test.
func TestHeavyFiles(t *testing.T) {
	heavy := map[string]string{
		"too large":       strings.Repeat("#", yamlfile.MaxSize+1),
		"comments":        strings.Repeat("#\n", yamlfile.MaxSize/2),
		"keys":            strings.Repeat("neeeews: 1\n", yamlfile.MaxSize/11),
		"a long key":      strings.Repeat("n", yamlfile.MaxSize-10) + ": 1",
		"list":            "abi: {evidence: [" + strings.Repeat("a,", yamlfile.MaxSize/2-20) + "]}",
		"sections":        "news: {sections: [" + strings.Repeat("{},", yamlfile.MaxSize/3-20) + "]}",
		"aliases":         "a: &a [x,x,x,x,x,x,x,x,x]\n" + strings.Repeat("b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n", yamlfile.MaxSize/33),
		"a pattern":       "abi: {evidence: ['" + strings.Repeat("*a", yamlfile.MaxSize/2-20) + "']}",
		"open":            strings.Repeat("{a: ", yamlfile.MaxSize/4),
		"lines of quotes": "abi: {check: \"" + strings.Repeat("\n", yamlfile.MaxSize-20) + "\"}",
	}
	for name, file := range heavy {
		start := time.Now()
		_, err := Parse("c.yml", []byte(file))
		t.Logf("%s: %v", name, time.Since(start))
		hostile.WellFormed(t, []byte(file), err)
		if (name == "too large") != (len(file) > yamlfile.MaxSize) {
			t.Errorf("%s has %d bytes", name, len(file))
		}
		if name == "too large" && err.Error() != "c.yml:1:1: the file has 131073 bytes: the limit is 131072" {
			t.Error(err)
		}
	}
}
