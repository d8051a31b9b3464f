// Package manual writes what shells and man(1) need to know about a program's
// commands: the manual page, and the completions of bash, zsh and fish. All of it
// comes from kong's model of the command line, so nothing is written twice.
//
// It must not know what the commands do.
package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Page is the manual page in section 1, in the language of man(7). Version stands in
// its footer; there is no date, so the same program always prints the same page.
func Page(app *kong.Application, version string) string {
	var p strings.Builder
	about, rest, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&p, ".TH %s 1 \"\" \"%s %s\" \"User Commands\"\n", strings.ToUpper(app.Name), app.Name, version)
	fmt.Fprintf(&p, ".SH NAME\n%s \\- %s\n", app.Name, roff(short(about)))
	fmt.Fprintf(&p, ".SH SYNOPSIS\n.B %s\n.I command\n.RI [ arguments ]\n", app.Name)
	fmt.Fprintf(&p, ".SH DESCRIPTION\n%s", paragraphs(about+"\n"+rest))
	p.WriteString(".SH COMMANDS\n")
	for _, command := range commands(app) {
		fmt.Fprintf(&p, ".SS %s\n", roff(app.Name+" "+command.Summary()))
		p.WriteString(paragraphs(command.Help + "\n\n" + command.Detail))
		for _, argument := range command.Positional {
			fmt.Fprintf(&p, ".TP\n.I %s\n%s\n", roff(argument.Summary()), roff(argument.Help))
		}
		for _, flag := range flags(command) {
			fmt.Fprintf(&p, ".TP\n.B %s\n%s\n", roff(spelled(flag)), roff(described(flag)))
		}
	}
	p.WriteString(".SH EXIT STATUS\n0 on success, 1 if the work couldn't be done or a check found faults, 2 if the command was misused.\n")
	return p.String()
}

// commands are those that people see. None has commands of its own.
func commands(app *kong.Application) []*kong.Node { return app.Leaves(true) }

func flags(command *kong.Node) (shown []*kong.Flag) {
	for _, flag := range command.Flags {
		if !flag.Hidden {
			shown = append(shown, flag)
		}
	}
	return shown
}

func spelled(flag *kong.Flag) string {
	switch {
	case flag.IsBool():
		return "--" + flag.Name
	case flag.Enum != "":
		return "--" + flag.Name + "=" + strings.Join(flag.EnumSlice(), "|")
	}
	return "--" + flag.Name + "=" + flag.FormatPlaceHolder()
}

func described(flag *kong.Flag) string {
	if len(flag.Envs) == 0 {
		return flag.Help
	}
	return strings.TrimSuffix(flag.Help, ".") + ". Environment: " + strings.Join(flag.Envs, ", ") + "."
}

// paragraphs sets text that is indented as it stands.
func paragraphs(text string) string {
	var p strings.Builder
	asIs := false
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if indented := strings.HasPrefix(line, " "); indented != asIs && line != "" {
			asIs = indented
			p.WriteString(map[bool]string{true: ".nf\n", false: ".fi\n"}[asIs])
		}
		if line == "" {
			line = ".PP"
		} else {
			line = roff(line)
		}
		p.WriteString(line + "\n")
	}
	if asIs {
		p.WriteString(".fi\n")
	}
	return p.String()
}

// roff escapes text, so that no line of it is taken for a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}

// short is the first sentence, for one line of a list.
func short(help string) string {
	for _, end := range []string{". ", " (default", "; "} {
		help, _, _ = strings.Cut(help, end)
	}
	return strings.TrimSuffix(help, ".")
}
