package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Document reads the one YAML document of a file; nil for a file that holds
// none. Where the file cannot be read as YAML at all, the fault says why, and
// ok is false.
func (f *File) Document(data []byte) (root *yaml.Node, ok bool) {
	if len(data) > MaxSize {
		f.Fault(Mark{1, 1}, "%s", TooLarge(int64(len(data))))
		return nil, false
	}
	if offset := bytes.IndexFunc(data, unreadable); offset > 0 || offset == 0 && !bytes.HasPrefix(data, []byte(bom)) {
		r, _ := utf8.DecodeRune(data[offset:])
		f.Fault(markAt(data, offset), "the file has the byte %#02x (character %U), which isn't text: save the file as UTF-8", data[offset], r)
		return nil, false
	}
	documents, err := parse(data)
	if err != nil {
		at, message := place(data, err)
		f.Fault(at, "not valid YAML: %s: check the indentation, colons, brackets and quotes here and just above", message)
		return nil, false
	}
	if len(documents) == 0 {
		return nil, true
	}
	if len(documents) > 1 {
		f.Fault(At(documents[1]), "the file has a second document: put all settings in one, and remove ---")
	}
	root = documents[0].Content[0]
	if root.ShortTag() == "!!null" && root.Value == "" && root.Anchor == "" {
		return nil, true // comments alone
	}
	return root, true
}

// bom is what some editors put at the start of UTF-8 files.
const bom = "\uFEFF"

// unreadable tells characters that YAML forbids (YAML 1.2.2, section 5.1), and
// bytes that are not UTF-8.
func unreadable(r rune) bool {
	switch r {
	case '\t', '\n', '\r', '\u0085':
		return false
	case utf8.RuneError, '\uFEFF', '\uFFFE', '\uFFFF':
		return true
	}
	return r < ' ' || r >= 0x7f && r < 0xa0
}

// parse reads at most two documents: the second is a fault by itself.
func parse(data []byte) (documents []*yaml.Node, err error) {
	defer func() {
		// The YAML package panics where its own states disagree, and pull
		// requests of strangers are read here.
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for len(documents) < 2 {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, &n)
	}
	return documents, nil
}

var (
	yamlLine = regexp.MustCompile(`^line (\d+): `)
	// The messages of the parser, as against the scanner: the YAML package
	// counts their lines from 0.
	yamlParser  = regexp.MustCompile(`^did not find expected (key|node content|'-' indicator|',' or|<)|^found undefined tag handle`)
	yamlUnknown = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// place takes an error of the YAML package apart.
func place(data []byte, err error) (Mark, string) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := Mark{1, 1}
	if m := yamlUnknown.FindStringSubmatch(message); m != nil {
		if offset := bytes.Index(data, []byte("*"+m[1])); offset >= 0 {
			at = markAt(data, offset)
		}
		return at, message
	}
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			at.Line = line
		}
		if yamlParser.MatchString(message) {
			at.Line++
		}
	}
	return at, message
}
