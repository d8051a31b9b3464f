package git

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// identity is a well-formed author or committer, in any encoding.
var identity = regexp.MustCompile(`^[^<>\n\x00]*<[^<>\n\x00]*> (\d{1,12} [+-]\d{4})$`)

// person returns an author or committer as it's stored, byte for byte, unless git
// couldn't read it.
func person(line string) string {
	if identity.MatchString(line) {
		return line
	}
	name, rest, _ := strings.Cut(line, "<")
	email, _, _ := strings.Cut(rest, ">")
	return Person{name, email}.at(date(line))
}

// date returns an author's or committer's date, or the oldest possible one if it has
// none.
func date(line string) string {
	if m := identity.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return "0 +0000"
}

// at formats a person and a date as a line of a commit.
func (p Person) at(date string) string {
	plain := func(s string) string {
		return strings.TrimSpace(strings.Map(func(r rune) rune {
			if r < ' ' || r == '<' || r == '>' {
				return -1
			}
			return r
		}, s))
	}
	return plain(p.Name) + " <" + plain(p.Email) + "> " + date
}

// email is the address in an author or committer.
func email(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

// reword returns the commit object of a pick.
func (j Job) reword(original commit, tree, parent string) []byte {
	return original.instead(j.Instead).reword(tree, parent, j.Committer.at(date(original.committer)), j.Message)
}

// instead returns a commit with another message and author.
func (c commit) instead(of *Source) commit {
	if of != nil {
		c, _ = c.wide()
		c.message, c.encoding = of.Message, ""
		if of.Author != "" {
			c.author = of.Author + " " + date(c.author)
		}
	}
	return c
}

// reword returns the commit object of a pick, with a dated committer. The rest is as in
// Job.
func (c commit) reword(tree, parent, committer string, reword func(Source) string) []byte {
	c, wide := c.wide()
	message := c.message
	if reword != nil {
		message = reword(c.source())
		if !wide {
			message = narrow(message)
		}
	}
	message = strings.TrimRight(strings.ReplaceAll(message, "\x00", ""), "\n") + "\n"
	text := "tree " + tree + "\nparent " + parent + "\nauthor " + person(c.author) + "\ncommitter " + committer + "\n"
	if c.encoding != "" {
		text += "encoding " + c.encoding + "\n"
	}
	return []byte(text + "\n" + message)
}

// source returns a commit's message and author in UTF-8. In an unknown encoding, bytes
// become characters.
func (c commit) source() Source {
	c, wide := c.wide()
	if !wide {
		return Source{ID: c.id, Message: widen(c.message), Author: widen(credit(c.author))}
	}
	return Source{ID: c.id, Message: c.message, Author: strings.ToValidUTF8(credit(c.author), "\uFFFD")}
}

// wide returns a commit in UTF-8, as git cherry-pick makes it, or false if its encoding
// isn't known or its bytes aren't in it. Authors have ASCII brackets.
func (c commit) wide() (commit, bool) {
	if c.encoding == "" || strings.EqualFold(c.encoding, "UTF-8") {
		return c, utf8.ValidString(c.message)
	}
	decoder := decoder(c.encoding)
	if decoder == nil {
		return c, false
	}
	message, _ := decoder.String(c.message) // invalid bytes become U+FFFD
	author, _ := decoder.String(c.author)
	if strings.ContainsRune(message+author, utf8.RuneError) || identity.MatchString(c.author) && !identity.MatchString(author) {
		return c, false
	}
	c.message, c.author, c.encoding = message, author, ""
	return c, true
}

// aliases are names in lower case that git knows, most of them by iconv, and the index of
// encodings doesn't.
var aliases = map[string]string{
	"latin-1": "iso-8859-1", "8859_1": "iso-8859-1", "latin9": "iso-8859-15", "cp874": "windows-874", "koi8r": "koi8-r", "koi8u": "koi8-u",
	"cp932": "windows-31j", "sjis-win": "windows-31j", "eucjp": "euc-jp", "eucjp-win": "euc-jp", "cp949": "euc-kr", "uhc": "euc-kr",
	"euckr": "euc-kr", "euccn": "gbk", "euc-cn": "gbk", "cp950": "big5", "big5hkscs": "big5",
}

// decoder returns one for the encoding that a commit's header names, or nil if it's
// unknown.
func decoder(name string) *encoding.Decoder {
	if known, found := aliases[strings.ToLower(name)]; found {
		name = known
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return e.NewDecoder()
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e.NewDecoder()
	}
	return nil
}

// credit returns an author's name and address, as trailers have them.
func credit(line string) string {
	name, rest, _ := strings.Cut(line, "<")
	address, _, ends := strings.Cut(rest, ">")
	name, address = strings.TrimSpace(name), strings.TrimSpace(address)
	if !ends || name == "" || address == "" {
		return ""
	}
	return name + " <" + address + ">"
}

// widen turns bytes in an unknown encoding into characters, and narrow turns them back,
// so that nothing is lost.
func widen(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func narrow(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return string(out)
}
