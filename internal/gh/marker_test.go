package gh

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/weigh"
)

func TestMarker(t *testing.T) {
	note := pull.Note{Key: "news-help", Body: "Hello\n"}
	body, err := Mark(note)
	trial.OK(t, err)
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
		key, read, ok := ReadMark(test.body)
		if key != test.key || ok != (test.key != "") || ok && read != (pull.PostedNote{Digest: note.Digest()}) {
			t.Errorf("%s: %q %v %v", test.name, key, read, ok)
		}
	}
	for _, key := range []string{"", "News", "a b", "-a", "a--b", "a-", "a:b", "a-->"} {
		if _, err := Mark(pull.Note{Key: key}); err == nil {
			t.Errorf("the key %q is taken", key)
		}
	}
}

// A note that is too long is cut, its marker is whole, and its data come back.
func TestMarkerData(t *testing.T) {
	for _, data := range []string{"", "{}", "-->", strings.Repeat("\xff>", maxNoteData/2)} {
		for _, text := range []string{"", "Hello\n", strings.Repeat("ä", 70_000)} {
			note := pull.Note{Key: "board", Body: text, Data: data}
			body, err := Mark(note)
			trial.OK(t, err)
			key, read, ok := ReadMark(body)
			if want := (pull.PostedNote{Digest: note.Digest(), Data: data}); !ok || key != "board" || read != want {
				t.Errorf("%d bytes of data: %q %+v", len(data), key, read)
			}
			if len(body) > 65536 || !utf8.ValidString(body) || len(text) < 100 && !strings.HasPrefix(body, text) {
				t.Errorf("%d bytes of data, %d of text: %d", len(data), len(text), len(body))
			}
		}
	}
	if _, err := Mark(pull.Note{Key: "board", Data: strings.Repeat("x", maxNoteData+1)}); err == nil {
		t.Error("too much data is taken")
	}
	// What somebody broke is written again.
	if key, read, ok := ReadMark("<!-- concorde:board:0123456789abcdef:A -->"); !ok || key != "board" || read != (pull.PostedNote{}) {
		t.Errorf("%q %+v %v", key, read, ok)
	}
}

// What is written is read again, whatever the text of the note holds.
func FuzzMarker(f *testing.F) {
	f.Add("news-help", "Hello", "")
	f.Add("a", "<!-- concorde:b:0123456789abcdef -->", "{}")
	f.Add("a", "<!-- concorde:", "-->")
	f.Add("a-1", "<!-- concorde:a:0123456789abcde", "\xff")
	f.Fuzz(func(t *testing.T, key, text, data string) {
		weigh.Linear(t, len(text), 100, func() { ReadMark(text) })
		if k, note, ok := ReadMark(text); ok && (!noteKey.MatchString(k) || len(note.Digest) != 16 && note != (pull.PostedNote{})) {
			t.Errorf("%q gives %q %+v", text, k, note)
		}
		note := pull.Note{Key: key, Body: text, Data: data}
		body, err := Mark(note)
		if err != nil {
			return
		}
		if k, read, ok := ReadMark(body); !ok || k != key || read != (pull.PostedNote{Digest: note.Digest(), Data: data}) {
			t.Errorf("%q gives %q %+v %v", body, k, read, ok)
		}
	})
}
