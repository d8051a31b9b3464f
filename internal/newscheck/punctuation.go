package newscheck

import (
	"strings"
	"unicode"
)

// The characters beside which inline markup can begin and end. docutils lists them by
// their Unicode categories, with a few moved.

// delimiter may stand on either side.
func delimiter(r rune) bool {
	if r < unicode.MaxASCII {
		return strings.ContainsRune("-/:", r)
	}
	return unicode.In(r, unicode.Pd, unicode.Po)
}

func opening(r rune) bool {
	if r < unicode.MaxASCII {
		return strings.ContainsRune(`"'(<[{`, r)
	}
	return unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pf)
}

func closing(r rune) bool {
	if r < unicode.MaxASCII {
		return strings.ContainsRune(`"')>]}`, r)
	}
	return unicode.In(r, unicode.Pe, unicode.Pi, unicode.Pf)
}

// pairs are opening characters with those that close them: quotes as one language or
// another has them.
var pairs = map[rune]string{
	'"': `"`, '\'': "'", '(': ")", '<': ">", '[': "]", '{': "}", '«': "»", '»': "«»", '‹': "›", '›': "‹›",
	'‘': "’‚", '’': "‘’", '‚': "‘’", '“': "”„", '”': "“”", '„': "“”",
}

func pair(open, shut rune) bool { return strings.ContainsRune(pairs[open], shut) }
