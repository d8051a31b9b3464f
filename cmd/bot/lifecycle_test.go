package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"
)

// output runs a command that must go well.
func output(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, streams{t.Context(), &stdout, &stderr, func(string) string { return "" }, time.Now}); code != exitOK ||
		stderr.Len() > 0 {
		t.Fatalf("%q: exit code %d: %s", args, code, &stderr)
	}
	return stdout.Bytes()
}

func TestLifecycleChartsAreXML(t *testing.T) {
	for _, args := range [][]string{
		{"lifecycle", "--svg"},
		{"lifecycle", "--svg", "--at", "0001-01-01"},
		{"lifecycle", "--svg", "--at", "9999-12-31"},
		{"lifecycle", "--svg", "--scheme", "pep602", "--from", "2020", "--years", "50"},
		{"lifecycle", "--svg", "--scheme", "pep605", "--from", "2021"},
		{"lifecycle", "--svg", "--scheme", "pep2026", "--from", "2190"},
	} {
		decoder := xml.NewDecoder(bytes.NewReader(output(t, args...)))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%q: %v", args, err)
				break
			}
		}
	}
}

// TestLifecycleJSONKeys: other programs rely on the keys, so each one is there
// for each branch and each planned version.
func TestLifecycleJSONKeys(t *testing.T) {
	for _, test := range []struct {
		args []string
		list string
		keys []string
	}{
		{[]string{"lifecycle", "--json", "--at", "2026-11-22"}, "branches",
			[]string{"version", "branch", "phase", "abi_frozen", "pep", "release_managers", "first_release", "end_of_bugfix", "end_of_life",
				"next_release"}},
		{[]string{"lifecycle", "--json", "--scheme", "pep605", "--from", "2021"}, "versions",
			[]string{"version", "sequential_version", "start_of_development", "feature_freeze", "abi_freeze", "first_release", "end_of_bugfix",
				"end_of_life", "releases"}},
	} {
		var top map[string]json.RawMessage
		var entries []map[string]json.RawMessage
		if err := json.Unmarshal(output(t, test.args...), &top); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(top[test.list], &entries); err != nil || len(entries) == 0 {
			t.Fatalf("%q: %d entries, %v", test.args, len(entries), err)
		}
		for _, entry := range entries {
			for _, key := range test.keys {
				if _, found := entry[key]; !found {
					t.Errorf("%q: %s has no %s", test.args, entry["version"], key)
				}
			}
		}
	}
}

func TestLifecycleMisuseIsExitCode2(t *testing.T) {
	for _, args := range [][]string{
		{"lifecycle", "--at", "2026-02-30"}, {"lifecycle", "--json", "--svg"}, {"lifecycle", "--from", "2026"},
		{"lifecycle", "--abi-breaks", "3.9.0a5"},
		{"lifecycle", "--scheme", "pep1"}, {"lifecycle", "--scheme", "pep605", "--from", "2022", "--years", "1"},
		{"lifecycle", "--releases", "missing"},
		{"lifecycle", "--scheme", "pep602", "--years", "x"}, {"lifecycle", "--scheme", "pep602", "--years", "99"}, {"lifecycle", "3.14"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(args, streams{t.Context(), &stdout, &stderr, func(string) string { return "" }, time.Now}); code != exitMisuse ||
			stderr.Len() == 0 {
			t.Errorf("%q: exit code %d: %s", args, code, &stderr)
		}
	}
}
