package labels

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/markdown"
)

// answers are the answers in an issue form, by the field's label in lower case: GitHub
// turns each label into a heading, followed by the answer (GitHub Docs, "Syntax for
// GitHub's form schema"). A list of choices is split, and also kept whole, since a choice
// may contain a comma. Code, quotes and hidden text don't count.
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

// fieldName is a field's label, normalized.
func fieldName(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s), ":")))
}

// choices are a line's choices, and the whole line if there are several. A box that isn't
// checked has none.
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
