package changelog

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Release is what "blurb release VERSION" writes to Misc/NEWS.d/VERSION.rst on a day. It's
// "" if blurb stops before it writes anything.
func (d Draft) Release(version string, date time.Time) string {
	if d.Unwritten {
		return ""
	}
	day := date.Format(time.DateOnly)
	if d.Found == 0 {
		return d.empty(version, day)
	}
	var b strings.Builder
	for i, entry := range d.Entries {
		metadata := entry.Metadata
		if i == 0 {
			metadata = maps.Clone(metadata)
			metadata[releaseDate] = day
		} else {
			b.WriteString("\n..\n\n")
		}
		block(&b, metadata, Reflow(entry.Text, d.width))
	}
	return b.String()
}

// empty is the file of a release without changes. blurb then can't read back its issue
// number 0: it leaves the file, staged, and ends with an error.
func (d Draft) empty(version, day string) string {
	text := "There were no new changes in version " + version + ".\n"
	var b strings.Builder
	block(&b, map[string]string{
		noChanges: "True", ghIssue: "0", "section": "Library", "date": day, "nonce": Nonce(text), releaseDate: day,
	}, Reflow(text, d.width))
	return b.String()
}

func block(b *strings.Builder, metadata map[string]string, text string) {
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		fmt.Fprintf(b, ".. %s: %s\n", name, metadata[name])
	}
	b.WriteString("\n" + text)
}

// Nonce keeps the names of entries apart, as blurb makes it of their texts.
func Nonce(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.URLEncoding.EncodeToString(sum[:])[:6]
}
