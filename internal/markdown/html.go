package markdown

import "strings"

// hiding elements hold text that is code, someone else's, or not shown. In some, a
// browser reads no tags but the one that closes them.
var hiding = map[string]struct{ tagless bool }{
	"pre": {}, "code": {}, "tt": {}, "samp": {}, "kbd": {}, "blockquote": {}, "template": {},
	"script": {true}, "style": {true}, "textarea": {true}, "title": {true}, "iframe": {true}, "xmp": {true}, "noscript": {true},
}

// html is where in the page the raw HTML of a text has led to: a browser reads on
// where a block of Markdown ends. It is fed with raw HTML alone, since what the
// parser makes of Markdown neither opens nor closes any of this.
type html struct {
	comment bool // until "-->"
	tag     bool // until ">"
	quote   byte // of the attribute that is open in the tag; 0: none
	element string
	depth   int // of elements of that name
}

// hides reports whether text here isn't shown as text.
func (h *html) hides() bool { return h.comment || h.tag || h.element != "" }

// markup reports whether text here isn't even in an element.
func (h *html) markup() bool { return h.comment || h.tag }

func (h *html) feed(raw string) {
	for raw != "" {
		switch {
		case h.comment:
			_, rest, ends := strings.Cut(raw, "-->")
			h.comment, raw = !ends, rest
		case h.tag:
			raw = h.inTag(raw)
		default:
			at := strings.IndexByte(raw, '<')
			if hiding[h.element].tagless {
				at = indexFold(raw, "</"+h.element)
			}
			if at < 0 {
				return
			}
			raw = h.open(raw[at+1:])
		}
	}
}

// inTag reads on in a tag, up to its end.
func (h *html) inTag(raw string) string {
	if h.quote != 0 {
		at := strings.IndexByte(raw, h.quote)
		if at < 0 {
			return ""
		}
		h.quote = 0
		return raw[at+1:]
	}
	at := strings.IndexAny(raw, `>"'`)
	switch {
	case at < 0:
		return ""
	case raw[at] == '>':
		h.tag = false
	case strings.HasSuffix(strings.TrimRight(raw[:at], " \t\n"), "="):
		h.quote = raw[at]
	}
	return raw[at+1:]
}

// open reads what follows a "<".
func (h *html) open(raw string) string {
	if rest, found := strings.CutPrefix(raw, "!--"); found {
		for _, empty := range []string{">", "->"} { // a comment, to browsers
			if after, found := strings.CutPrefix(rest, empty); found {
				return after
			}
		}
		h.comment = true
		return rest
	}
	rest, closing := strings.CutPrefix(raw, "/")
	end := 0
	for end < len(rest) && (isLetter(rest[end]) || end > 0 && '0' <= rest[end] && rest[end] <= '9') {
		end++
	}
	if end == 0 && !strings.HasPrefix(raw, "!") && !strings.HasPrefix(raw, "?") {
		return raw
	}
	h.count(strings.ToLower(rest[:end]), closing)
	h.tag, h.quote = true, 0
	return rest[end:]
}

// count keeps count of the elements in which text is hidden.
func (h *html) count(name string, closing bool) {
	_, hides := hiding[name]
	switch {
	case h.element == "" && !closing && hides:
		h.element, h.depth = name, 1
	case name != h.element || name == "":
	case !closing:
		h.depth++
	default:
		if h.depth--; h.depth == 0 {
			h.element = ""
		}
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// indexFold is strings.Index for ASCII in any case: strings.ToLower would change the
// length of some letters.
func indexFold(text, lower string) int {
	for at := 0; at+len(lower) <= len(text); at++ {
		if text[at] == lower[0] && strings.EqualFold(text[at:at+len(lower)], lower) {
			return at
		}
	}
	return -1
}
