package gh

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestMarker(t *testing.T) {
	note := pull.Note{Key: "news-help", Body: "Hello\n"}
	body, err := mark(note)
	must(t, err)
	for _, test := range []struct{ name, body, key string }{
		{"as written", body, "news-help"},
		{"as GitHub keeps it", strings.ReplaceAll(body, "\n", "\r\n"), "news-help"},
		{"edited by people", "Moved up: " + body + "\n\nEdit: thanks", "news-help"},
		{"quoting another", "> <!-- concorde:other:0123456789abcdef -->\n" + body, "news-help"},
		{"none", "Hello", ""},
		{"of another bot", "<!-- other:news-help:0123456789abcdef -->", ""},
		{"short digest", "<!-- concorde:news-help:0123 -->", ""},
		{"no key", "<!-- concorde::0123456789abcdef -->", ""},
		{"odd key", "<!-- concorde:News Help:0123456789abcdef -->", ""},
	} {
		key, digest, ok := marked(test.body)
		if key != test.key || ok != (test.key != "") || ok && digest != note.Digest() {
			t.Errorf("%s: %q %q %v", test.name, key, digest, ok)
		}
	}
	for _, key := range []string{"", "News", "a b", "-a", "a--b", "a-", "a:b", "a-->"} {
		if _, err := mark(pull.Note{Key: key}); err == nil {
			t.Errorf("the key %q is taken", key)
		}
	}
}

// What is written is read again, whatever the text of the note holds.
func FuzzMarker(f *testing.F) {
	f.Add("news-help", "Hello")
	f.Add("a", "<!-- concorde:b:0123456789abcdef -->")
	f.Add("a", "<!-- concorde:")
	f.Add("a-1", "<!-- concorde:a:0123456789abcde")
	f.Fuzz(func(t *testing.T, key, text string) {
		if k, d, ok := marked(text); ok && (!noteKey.MatchString(k) || len(d) != 16) {
			t.Errorf("%q gives %q %q", text, k, d)
		}
		note := pull.Note{Key: key, Body: text}
		body, err := mark(note)
		if err != nil {
			return
		}
		if k, d, ok := marked(body); !ok || k != key || d != note.Digest() {
			t.Errorf("%q gives %q %q %v", body, k, d, ok)
		}
	})
}
