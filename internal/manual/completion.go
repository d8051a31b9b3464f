package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Shells are those that Completion knows.
var Shells = []string{"bash", "zsh", "fish"}

// Completion is a script for one of Shells that completes commands, flags, the values
// of flags that have a list of them, and files.
func Completion(app *kong.Application, shell string) (string, error) {
	switch shell {
	case "bash":
		return bash(app), nil
	case "zsh":
		return zsh(app), nil
	case "fish":
		return fish(app), nil
	}
	return "", fmt.Errorf("writing a completion: %q is not one of %s", shell, strings.Join(Shells, ", "))
}

// bash leaves to files what the script has no words for.
func bash(app *kong.Application) string {
	var names, values, options strings.Builder
	for _, command := range commands(app) {
		fmt.Fprintf(&names, " %s", command.Name)
		fmt.Fprintf(&options, "\t%s) words=\"", command.Name)
		for _, flag := range flags(command) {
			fmt.Fprintf(&options, "--%s ", flag.Name)
			if flag.Enum != "" {
				fmt.Fprintf(&values, "\t%s:--%s) words=\"%s\" ;;\n", command.Name, flag.Name, choices(flag.Value))
			} else if !flag.IsBool() {
				fmt.Fprintf(&values, "\t%s:--%s) return ;;\n", command.Name, flag.Name)
			}
		}
		options.WriteString("\" ;;\n")
		for _, argument := range command.Positional {
			if argument.Enum != "" {
				fmt.Fprintf(&values, "\t%s:%s) words=\"%s\" ;;\n", command.Name, command.Name, choices(argument))
			}
		}
	}
	return fmt.Sprintf(`# bash completion of %[1]s: source this file, or put it into
# ~/.local/share/bash-completion/completions/%[1]s
_%[1]s() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "%[2]s" -- "$cur"))
		return
	fi
	case ${COMP_WORDS[1]}:$prev in
%[3]s	esac
	if [[ -z $words && $cur == -* ]]; then case ${COMP_WORDS[1]} in
%[4]s	esac; fi
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _%[1]s %[1]s
`, app.Name, strings.TrimSpace(names.String()), values.String(), options.String())
}

func zsh(app *kong.Application) string {
	var names, options strings.Builder
	for _, command := range commands(app) {
		fmt.Fprintf(&names, "\t\t%s\n", quoted(command.Name+":"+short(command.Help)))
		fmt.Fprintf(&options, "\t%s) _arguments", command.Name)
		for _, flag := range flags(command) {
			spec := "--" + flag.Name
			if !flag.IsBool() {
				spec += "="
			}
			spec += "[" + strings.NewReplacer("[", `\[`, "]", `\]`).Replace(short(flag.Help)) + "]"
			if !flag.IsBool() {
				spec += ":" + flag.Name + ":" + action(flag.Value)
			}
			fmt.Fprintf(&options, " \\\n\t\t%s", quoted(spec))
		}
		for _, argument := range command.Positional {
			fmt.Fprintf(&options, " \\\n\t\t%s", quoted("*:"+argument.Name+":"+action(argument)))
		}
		options.WriteString(" ;;\n")
	}
	return fmt.Sprintf(`#compdef %[1]s
# zsh completion of %[1]s: put this file into a directory of $fpath, as _%[1]s
_%[1]s() {
	local -a commands=(
%[2]s	)
	if (( CURRENT == 2 )); then
		_describe command commands
		return
	fi
	shift words
	(( CURRENT-- ))
	case $words[1] in
%[3]s	esac
}
if [[ $funcstack[1] == _%[1]s ]]; then _%[1]s "$@"; else compdef _%[1]s %[1]s; fi
`, app.Name, names.String(), options.String())
}

// action is what zsh offers as a value.
func action(value *kong.Value) string {
	switch {
	case value.Enum != "":
		return "(" + choices(value) + ")"
	case isFile(value):
		return "_files"
	}
	return " "
}

func fish(app *kong.Application) string {
	var p strings.Builder
	fmt.Fprintf(&p, "# fish completion of %[1]s: put this file into ~/.config/fish/completions/%[1]s.fish\ncomplete -c %[1]s -f\n", app.Name)
	for _, command := range commands(app) {
		fmt.Fprintf(&p, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", app.Name, command.Name, fishQuoted(short(command.Help)))
		in := fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", app.Name, command.Name)
		for _, flag := range flags(command) {
			fmt.Fprintf(&p, "%s -l %s -d %s%s\n", in, flag.Name, fishQuoted(short(flag.Help)), offered(flag))
		}
		for _, argument := range command.Positional {
			if argument.Enum != "" {
				fmt.Fprintf(&p, "%s -a %s\n", in, fishQuoted(choices(argument)))
			} else if isFile(argument) {
				fmt.Fprintf(&p, "%s -F\n", in)
			}
		}
	}
	return p.String()
}

// offered is what fish offers as a value.
func offered(flag *kong.Flag) string {
	switch {
	case flag.IsBool():
		return ""
	case flag.Enum != "":
		return " -x -a " + fishQuoted(choices(flag.Value))
	case isFile(flag.Value):
		return " -r -F"
	}
	return " -x"
}

func choices(value *kong.Value) string { return strings.Join(value.EnumSlice(), " ") }

// isFile goes by the words that the help has for a value.
func isFile(value *kong.Value) bool {
	what := value.Name
	if value.Flag != nil {
		what = value.Flag.PlaceHolder
	}
	return strings.Contains(strings.ToUpper(what), "FILE") || what == "DIR"
}

// quoted is a word of bash and zsh.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// fishQuoted is a word of fish, where a backslash escapes within quotes.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
