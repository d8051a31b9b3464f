package command

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// The words by which a release manager's command is understood, or isn't: what opens a branch
// or closes it must never follow from words that may mean the opposite.
var (
	// doubts make a remark after allow one that may take it back, restrict or postpone it.
	doubts = strings.Fields("no not nope nah never nevermind nothing none nobody neither nor without cannot " +
		"dont cant wont shouldnt isnt doesnt except but unless if whether until till after before when once later yet wait hold soon " +
		"next tomorrow tonight monday tuesday wednesday thursday friday saturday sunday day days week weeks " +
		"month months hour hours long first eventually provided providing assuming pending instead rather maybe perhaps " +
		"may might should could would " +
		"refuse refused reject deny disallow stop cancel undo withdraw against wrong mistake opposite kidding joking")
	// remarks begin one after allow without a version.
	remarks = strings.Fields("please thanks thank this it it's its the that that's these those them all because since as lgtm ok okay now")
	// calm are the words around the version of freeze and thaw, besides those of filling.
	calm = strings.Fields("now again thank thanks you release")
	// tag is a release where a branch is meant, and number begins what may be either.
	tag    = regexp.MustCompile(`\bv?(\d+\.\d+)((?:\.\d|a\d|b\d|rc\d)[\w.]*)`)
	number = regexp.MustCompile(`^v?\d`)
)

// doubtful are signs that do the same as doubts.
const doubtful = "?？👎❌🚫⛔🛑"

// clearly are the commands to allow, freeze or thaw in what follows the verb: one that allows,
// and one for each version that's frozen or thawed. If it isn't clear that this is meant, it's
// a single one that says so.
func clearly(verb, text string) []command {
	versions, _ := leadingVersions(text)
	unclear := strings.ContainsAny(text, doubtful)
	if verb == verbAllow {
		unclear = unclear || !remark(text, len(versions))
	} else {
		versions = nil // any word may come before one: "freeze release 3.15"
		for _, w := range words(text) {
			switch {
			case lifecycle.ValidVersion(w):
				versions = append(versions, w)
			case !filling[w] && !slices.Contains(calm, w):
				unclear = true
			}
		}
	}
	switch {
	case unclear:
		return []command{{verb: verb, name: strings.TrimRight(text, " "), unclear: true}}
	case verb == verbAllow:
		return []command{{verb: verb, name: strings.Trim(text, stops)}}
	case len(versions) == 0:
		return []command{{verb: verb}}
	}
	var all []command
	for _, version := range versions {
		all = append(all, command{verb: verb, name: version})
	}
	return all
}

// remark reports whether what follows allow is versions, as many as that at its start, and a
// remark that takes nothing back. Without a version at its start, it must have none at all,
// and begin as a remark does.
func remark(text string, versions int) bool {
	said := words(text)
	later := slices.DeleteFunc(slices.Clone(said), func(w string) bool { return filling[w] })[versions:]
	for i, w := range later {
		if (i == 0 || versions == 0) && number.MatchString(w) {
			return false
		}
	}
	if versions == 0 && len(said) > 0 && !slices.Contains(remarks, said[0]) {
		return false
	}
	letters := func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }
	return !slices.ContainsFunc(strings.FieldsFunc(plain(text), letters), func(w string) bool {
		return slices.Contains(doubts, w) || strings.HasSuffix(w, "n't")
	})
}

// words are those of a text, in lower case, and without what surrounds them.
func words(text string) (all []string) {
	for _, word := range strings.FieldsFunc(plain(text), func(r rune) bool { return strings.ContainsRune(between, r) }) {
		if word = bare(word); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// plain is a text in lower case, with plain apostrophes.
func plain(text string) string { return strings.ReplaceAll(strings.ToLower(text), "’", "'") }
