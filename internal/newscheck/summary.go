package newscheck

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// check is the rule's part of the check run.
func (f *findings) check(state pull.StatusState) pull.CheckPart {
	part := pull.CheckPart{Check: f.set.Check, Conclusion: pull.Success, Title: f.title(), Summary: f.summary(state), Repeats: true}
	switch {
	case state == pull.StatusFailure:
		part.Conclusion = pull.Failure
	case len(f.faults) > 0:
		part.Conclusion = pull.Neutral
	}
	for _, fault := range f.faults {
		level := pull.FailureLevel
		if fault.kind == warning || state == pull.StatusSuccess {
			level = pull.WarningLevel
		}
		titles := map[kind]string{inDirectory: titleDirectory, inName: titleName, inText: titleText, warning: titleWarning}
		part.Annotations = append(part.Annotations, pull.Annotation{
			Path: fault.path, Line: fault.line, Column: fault.column, Level: level, Title: titles[fault.kind], Message: fault.message,
		})
	}
	return part
}

func (f *findings) title() string {
	harmful := 0
	for _, fault := range f.faults {
		if fault.kind != warning {
			harmful++
		}
	}
	files := english.Plural(f.faulty, "NEWS entry", "NEWS entries")
	switch {
	case harmful > 0:
		return english.Plural(harmful, "error", "errors") + " in " + files
	case f.entries == 0 && f.skipped():
		return titleSkipped
	case f.entries == 0:
		return titleMissing
	case len(f.faults) > 0:
		return english.Plural(len(f.faults), "warning", "warnings") + " on " + files
	case f.entries == 1:
		return titleFound
	}
	return fmt.Sprintf(titleFoundMany, f.entries)
}

func (f *findings) summary(state pull.StatusState) string {
	var s paragraphs
	switch {
	case len(f.faults) > 0 && f.worst() == warning:
		s.add(summaryWarnings)
	case len(f.faults) > 0 && state == pull.StatusSuccess:
		s.add(summaryTolerated, markdown.Code(f.set.SkipLabel))
	case len(f.faults) > 0:
		s.add(summaryFaults)
	}
	if len(f.renames) > 0 {
		moves := f.moves()
		s.add(summaryRenames, moves)
		f.placeholders(&s, moves)
	}
	switch {
	case f.entries > 0 && len(f.faults) == 0:
		s.add(summaryFound)
	case f.entries == 0 && f.skipped():
		s.add(summarySkipped, markdown.Code(f.set.SkipLabel))
	case f.entries == 0:
		f.missing(&s)
	}
	return s.String()
}

// missing says what to do about a missing entry.
func (f *findings) missing(s *paragraphs) {
	s.add(summaryMissing)
	if f.edited > 0 {
		s.add(summaryEdited)
	}
	if f.deleted > 0 {
		s.add(summaryDeleted)
	}
	if n := f.request.FilesOmitted; n > 0 {
		s.add(summaryOmitted, len(f.request.Files), n, markdown.Code(f.set.SkipLabel))
	}
	d := f.draft()
	s.add(summaryAdd, markdown.Fence(d.path), markdown.Fence(d.text), markdown.Fence(blurbAdd(d)))
	f.placeholders(s, d.path)
	s.add(summaryUnneeded, markdown.Code(f.set.SkipLabel))
	s.add(summaryMore, f.set.HelpURL)
}

// placeholders says what to put in their place in suggested paths.
func (f *findings) placeholders(s *paragraphs, paths string) {
	if strings.Contains(paths, "/"+someSection+"/") {
		var names []string
		for _, section := range f.set.Sections {
			names = append(names, section.Directory)
		}
		s.add(summarySection, someSection, strings.Join(names, ", "))
	}
	if strings.Contains(paths, someIssue) {
		s.add(summaryIssue)
	}
}

func blurbAdd(d draft) string {
	command := "blurb add"
	if d.issue.Tracker == "gh" {
		command += fmt.Sprintf(" --issue %d", d.issue.Number)
	}
	if d.section != nil {
		command += " --section " + shell(d.section.Name)
	}
	return command
}

// maxMoves bounds the summary.
const maxMoves = 50

func (f *findings) moves() string {
	var lines []string
	for _, r := range f.renames[:min(len(f.renames), maxMoves)] {
		lines = append(lines, "git mv "+shell(r.from)+" "+shell(r.to))
	}
	return markdown.Fence(strings.Join(lines, "\n"))
}

// paragraphs of Markdown.
type paragraphs []string

func (p *paragraphs) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p paragraphs) String() string { return strings.Join(p, "\n\n") }

// shell quotes a word of a command. What cannot be seen is written as bash
// reads it in $'…'.
func shell(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=+,@:-"
	switch {
	case strings.Trim(word, plain) == "":
		return word
	case strings.ContainsFunc(word, unprintable):
		quoted := strconv.QuoteToASCII(word)
		return "$'" + strings.ReplaceAll(quoted[1:len(quoted)-1], "'", `\'`) + "'"
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func unprintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

// helpKey finds the help comment again.
const helpKey = "news-help"

func helpNote(set config.News) string {
	return fmt.Sprintf(noteHelp, set.HelpURL, markdown.Code(set.Directory), set.Check, markdown.Code(set.SkipLabel))
}
