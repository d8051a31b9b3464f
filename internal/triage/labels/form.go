package labels

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/markdown"
)

// answers are what was filled into an issue form, by the field's label in lower
// case: GitHub makes a heading of each label, and what follows is the answer
// (GitHub Docs, "Syntax for GitHub's form schema"). A list of choices is given
// choice by choice, and as a whole, since a choice may have a comma in it.
// What is code, a quote or hidden is neither.
func answers(body string) map[string][]string {
	all, field := map[string][]string{}, ""
	lines, _ := markdown.Unfenced(body)
	for _, line := range lines {
		line = strings.TrimSpace(line)
		heading, found := strings.CutPrefix(line, "### ")
		switch {
		case found:
			field = fieldName(heading)
		case field == "" || line == "" || line == "_No response_":
		default:
			all[field] = append(all[field], choices(line)...)
		}
	}
	return all
}

// fieldName is a label as it is compared.
func fieldName(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s), ":")))
}

// choices of one line: those of a list and the line as a whole, or those of a
// box if it is checked.
func choices(line string) []string {
	if box, found := strings.CutPrefix(line, "- ["); found && len(box) > 2 && box[1] == ']' {
		if box[0] == ' ' {
			return nil
		}
		line = strings.TrimSpace(box[2:])
	}
	var all []string
	for part := range strings.SplitSeq(line, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	if len(all) > 1 {
		all = append(all, line)
	}
	return all
}

func (f *facts) form(c config.FormCondition) bool {
	given := f.answers[fieldName(c.Field)]
	one := func(wanted []string) bool {
		return slices.ContainsFunc(wanted, func(answer string) bool {
			return slices.ContainsFunc(given, func(g string) bool { return config.NamesLabel(answer, g) })
		})
	}
	return one(c.Answers) && !one(c.None)
}
