package config

import (
	"fmt"
	"strings"
)

// String says in words what the rule does: "docs, suggested, when a changed file
// matches Doc/**".
func (r LabelRule) String() string {
	words := []string{r.Label, r.Hold}
	switch r.On {
	case OnIssues:
		words = append(words, "on issues")
	case OnBoth:
		words = append(words, "on pull requests and issues")
	}
	var parts []string
	if own := r.Condition.String(); own != "" {
		parts = append(parts, own)
	}
	if r.Any != nil {
		parts = append(parts, oneOf(r.Any))
	}
	for _, clause := range r.Clauses {
		parts = append(parts, oneOf(clause))
	}
	text := strings.Join(words, ", ") + ", when " + strings.Join(parts, " and ")
	if r.Limits != nil && r.Limits.MaxFiles >= 0 {
		text += fmt.Sprintf(", unless more than %d files are changed", r.Limits.MaxFiles)
	}
	if r.Limits != nil && r.Limits.MaxLabels >= 0 {
		text += fmt.Sprintf(", unless such rules would add more than %d labels", r.Limits.MaxLabels)
	}
	return text
}

func oneOf[C fmt.Stringer](clause []C) string {
	switch {
	case len(clause) == 0:
		return "never"
	case len(clause) == 1 && clause[0].String() == "":
		return "always"
	case len(clause) == 1:
		return clause[0].String()
	}
	var words []string
	for _, c := range clause {
		words = append(words, c.String())
	}
	return "(" + strings.Join(words, ", or ") + ")"
}

// String says in words when it holds.
func (c Condition) String() string {
	parts := append(c.Files.words(), c.Size.words()...)
	say := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(c.Title != "", "the title matches /%s/", c.Title)
	say(c.Body != "", "the body matches /%s/", c.Body)
	say(c.Base != nil, "the base branch matches %s", or(c.Base))
	say(c.Head != nil, "the head branch matches %s", or(c.Head))
	parts = append(parts, c.Author.words()...)
	say(c.Draft != nil, "it is %sa draft", not(c.Draft))
	say(c.Labels.Any != nil, "it has the label %s", or(c.Labels.Any))
	say(c.Labels.All != nil, "it has all the labels %s", strings.Join(c.Labels.All, " and "))
	say(c.Labels.None != nil, "it has no label %s", or(c.Labels.None))
	say(c.Form.Field != "", "%q is answered with %s", c.Form.Field, or(c.Form.Answers))
	say(c.Form.None != nil, "not with %s", or(c.Form.None))
	return strings.Join(parts, " and ")
}

func (f FilesCondition) words() (parts []string) {
	file, except := "changed file", ""
	if f.Change != nil {
		file = or(f.Change) + " file"
	}
	if f.Except != nil {
		except = fmt.Sprintf(" (except %s)", or(f.Except))
	}
	switch {
	case f.Any != nil:
		parts = append(parts, fmt.Sprintf("%s %s%s matches %s", article(file), file, except, or(f.Any)))
	case f.All == nil && f.None == nil && (f.Change != nil || f.Except != nil):
		parts = append(parts, fmt.Sprintf("there is %s %s%s", article(file), file, except))
	}
	if f.All != nil {
		parts = append(parts, fmt.Sprintf("every %s%s matches %s", file, except, or(f.All)))
	}
	if f.None != nil {
		parts = append(parts, fmt.Sprintf("no %s%s matches %s", file, except, or(f.None)))
	}
	return parts
}

func (s SizeCondition) words() (parts []string) {
	for _, bound := range []struct {
		n    int
		text string
	}{
		{s.MinFiles, "at least %d files are changed"}, {s.MaxFiles, "at most %d files are changed"},
		{s.MinLines, "at least %d lines are changed"}, {s.MaxLines, "at most %d lines are changed"},
	} {
		if bound.n > 0 {
			parts = append(parts, fmt.Sprintf(bound.text, bound.n))
		}
	}
	return parts
}

func (a AuthorCondition) words() (parts []string) {
	if a.Core != nil {
		parts = append(parts, "the author is "+not(a.Core)+"a core developer")
	}
	if a.Role != "" {
		parts = append(parts, "the author has the role "+a.Role+" or higher")
	}
	if a.FirstTimer != nil {
		parts = append(parts, "the author is "+not(a.FirstTimer)+"new here")
	}
	if a.Bot != nil {
		parts = append(parts, "the author is "+not(a.Bot)+"a bot")
	}
	if a.Logins != nil {
		parts = append(parts, "the author is "+or(a.Logins))
	}
	return parts
}

func not(is *bool) string {
	if is == nil || *is {
		return ""
	}
	return "not "
}

func article(word string) string {
	if strings.HasPrefix(word, "added") {
		return "an"
	}
	return "a"
}

// or joins alternatives.
func or(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}
