package pull

import (
	"regexp"
	"strconv"
	"strings"
)

// writtenForms are the actions that leave something to compare with what a rule wants, as
// Action.String has them: a name, and a value unless it's always the same.
var writtenForms = []struct {
	form        *regexp.Regexp
	kind, value string // in the words of Wanted.What
}{
	{regexp.MustCompile(`^label \+(".+")$`), "label ", "on"},
	{regexp.MustCompile(`^label -(".+")$`), "label ", "off"},
	{regexp.MustCompile(`^status (.+?) (success|failure|pending) ".*" on [0-9a-f]+$`), "status ", ""},
	{regexp.MustCompile(`^check (".+") (success|neutral|failure) ".*" with \d+ annotations on [0-9a-f]+$`), "check run ", ""},
	{regexp.MustCompile(`^(?:edit )?comment ([a-z0-9-]+)$`), "comment ", ""},
}

// Written is what an entry of the audit log wrote, in the words of Wanted.What: "label docs"
// and "on". ok is false for what can't be compared with what rules want.
func (e LogEntry) Written() (thing, value string, ok bool) {
	for _, f := range writtenForms {
		m := f.form.FindStringSubmatch(e.Action)
		if m == nil {
			continue
		}
		name, value := m[1], f.value
		if plain, err := strconv.Unquote(name); err == nil {
			name = plain
		}
		if len(m) > 2 {
			value = m[2]
		}
		return oneLine(f.kind + name), value, true
	}
	return "", "", false
}

// Parts are the thing that a rule wants, and its value, as of LogEntry.Written.
func (w Wanted) Parts() (thing, value string) {
	if at := strings.LastIndex(w.What, ": "); at >= 0 {
		return w.What[:at], w.What[at+2:]
	}
	return w.What, ""
}
