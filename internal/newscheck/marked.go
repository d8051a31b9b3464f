package newscheck

import (
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Markers reads ABI markers (PEP 605, "ABI markers") where they have been merged.
type Markers struct {
	markers
	width int
}

// NewMarkers makes Markers of settings.
func NewMarkers(set config.ABI, news config.News) Markers {
	return Markers{newMarkers(set.CommitMarker, set.NewsMarker), news.Width}
}

// Title reports whether a title or summary line says that the change breaks the ABI.
func (m Markers) Title(title string) bool { return m.subject(title).exact }

// Entry returns what a NEWS entry says after the marker. It's false for one without.
func (m Markers) Entry(data []byte) (text string, marked bool) {
	b := readBody(data)
	if !m.body(b, m.width).exact {
		return "", false
	}
	wide := b.Text(max(m.width, len(m.news)))
	return strings.Join(strings.Fields(strings.TrimPrefix(wide, m.news)), " "), true
}

// Words are a title's words alone, without prefixes, markers and the numbers of requests.
func (m Markers) Words(title string) string { return m.bare(title) }

// Reverted is the title that a title takes back, false if none.
func (m Markers) Reverted(title string) (string, bool) {
	for {
		prefix := titlePrefix.FindString(title)
		if prefix == "" {
			return pull.Reverted(title)
		}
		title = title[len(prefix):]
	}
}

// IsEntry reports whether a path is that of an entry for the next release.
func IsEntry(news config.News, file string) bool {
	where, _ := changelog.Locate(news, file)
	return where == changelog.InSection
}
