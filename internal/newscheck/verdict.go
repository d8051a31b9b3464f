package newscheck

import (
	"fmt"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// verdict is the answer of the ABI rule.
type verdict struct {
	applies bool
	status  pull.Status
	part    pull.CheckPart
}

// compare holds the places together.
func (m *marked) compare() verdict {
	v := verdict{applies: m.applies(), status: pull.Status{Context: m.set.Status, State: pull.StatusSuccess}}
	v.part = pull.CheckPart{Check: m.set.Check, Conclusion: pull.Success, Repeats: true}
	inCommit, inNews := m.inCommit(), m.inNews()
	switch {
	case m.titleMisses() || m.newsMisses():
		m.fault(&v, statusMiss)
	case inNews && !inCommit:
		m.fault(&v, statusNoTitle)
	case inCommit && !inNews && !m.unseen:
		m.fault(&v, statusNoNews)
	case inCommit && !inNews:
		v.status.Description, v.part.Title, v.part.Summary = statusUnseen, statusUnseen, fmt.Sprintf(summaryUnseen,
			markdown.Code(m.set.NewsMarker))
	case inCommit:
		v.status.Description, v.part.Title, v.part.Summary = statusAgree, statusAgree, summaryAgree
		if !m.title.exact {
			v.part.Summary += "\n\n" + fmt.Sprintf(summarySquash, markdown.Code(m.set.CommitMarker))
		}
	default:
		m.silent(&v)
	}
	return v
}

// silent is the answer where nothing is marked.
func (m *marked) silent(v *verdict) {
	v.status.Description, v.part.Title, v.part.Summary = statusNoMarkers, statusNoMarkers, summaryNoMarkers
	evidence := m.evidence()
	if len(evidence) == 0 {
		return
	}
	v.part.Conclusion, v.part.Title = pull.Neutral, titleEvidence
	v.part.Summary = fmt.Sprintf(summaryEvidence, markdown.Code(m.set.CommitMarker), markdown.Code(m.set.NewsMarker))
	for _, file := range evidence {
		v.part.Annotations = append(v.part.Annotations, pull.Annotation{
			Path: file, Line: 1, Level: pull.WarningLevel, Title: titleEvidence,
			Message: fmt.Sprintf(warnEvidence, m.set.CommitMarker, m.set.NewsMarker),
		})
	}
}

// fault is the answer where the markers are not as they should be.
func (m *marked) fault(v *verdict, description string) {
	v.status.Description, v.status.State = description, pull.StatusFailure
	v.part.Title, v.part.Conclusion = titleMarkers, pull.Failure
	level := pull.FailureLevel
	if m.set.Mode == config.Warn {
		v.status.Description, v.status.State = statusWarning+description, pull.StatusSuccess
		v.part.Conclusion, level = pull.Neutral, pull.WarningLevel
	}
	v.part.Annotations = m.annotations(level)
	v.part.Summary = m.summary()
}

// annotations are what can be said on the line of an entry.
func (m *marked) annotations(level pull.Level) []pull.Annotation {
	var all []pull.Annotation
	say := func(e entryMark, message string) {
		all = append(all, pull.Annotation{Path: e.path, Line: e.line, Level: level, Title: titleMarkers, Message: message})
	}
	for _, e := range m.entries {
		switch {
		case e.miss != "":
			say(e, m.newsMiss(e))
		case e.exact && !m.inCommit() && m.title.miss == "":
			say(e, fmt.Sprintf(faultOnlyNews, m.set.CommitMarker))
		}
	}
	if len(m.entries) > 0 && m.wantsNews() {
		say(m.entries[0], fmt.Sprintf(faultOnlyTitle, m.set.NewsMarker))
	}
	if len(m.entries) > 0 && m.title.miss != "" {
		say(m.entries[0], fmt.Sprintf(faultTitleMiss, changelog.Quote(m.title.miss), m.set.CommitMarker))
	}
	return all
}

func (m *marked) newsMiss(e entryMark) string {
	if e.miss == m.set.NewsMarker {
		return fmt.Sprintf(faultNewsPlace, e.miss)
	}
	return fmt.Sprintf(faultNewsMiss, changelog.Quote(e.miss), m.set.NewsMarker)
}

// wantsNews reports whether a marker is meant for the NEWS entry, and nothing in
// the entries looks like one.
func (m *marked) wantsNews() bool {
	return (m.inCommit() || m.titleMisses()) && !m.inNews() && !m.newsMisses() && !m.unseen
}

// maxMisses bounds the summary.
const maxMisses = 10

// summary says what to do, title and commits first: they have no line for an
// annotation.
func (m *marked) summary() string {
	var s paragraphs
	s.add(summaryMarkers, markdown.Code(m.set.CommitMarker), markdown.Code(m.set.NewsMarker))
	if m.title.miss != "" {
		s.add(summaryTitleMiss, markdown.Code(m.title.miss))
	}
	if !m.inCommit() {
		for _, c := range m.commits[:min(len(m.commits), maxMisses)] {
			if c.subject == m.request.Title {
				continue
			}
			s.add(summaryCommitMiss, markdown.Code(changelog.Shorten(c.subject)), markdown.Code(changelog.Shorten(c.miss)))
		}
	}
	switch {
	case m.title.miss != "" || !m.inCommit():
		s.add(summaryTitle, markdown.Fence(m.markers.withMarker(m.request.Title)))
	case !m.title.exact:
		s.add(summarySquash, markdown.Code(m.set.CommitMarker))
	}
	switch {
	case m.newsMisses():
		s.add(summaryNewsMiss, markdown.Code(m.set.NewsMarker))
	case m.wantsNews():
		s.add(summaryNews, markdown.Fence(m.markers.sentence(m.news, m.request.Title, true)))
	}
	return s.String()
}
