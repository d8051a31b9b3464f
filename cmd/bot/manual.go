package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/concorde-bot/concorde/internal/manual"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCmd) Help() string {
	return `  bot completion bash > ~/.local/share/bash-completion/completions/bot
  bot completion zsh > ~/.zfunc/_bot                  with ~/.zfunc in $fpath
  bot completion fish > ~/.config/fish/completions/bot.fish`
}

func (c *completionCmd) Run(s streams, command *kong.Context) error {
	script, err := manual.Completion(command.Model, c.Shell)
	if err != nil {
		return misuse(err)
	}
	_, err = fmt.Fprint(s.stdout, script)
	return err
}

type manCmd struct{}

func (manCmd) Help() string { return `  bot man > /usr/local/share/man/man1/bot.1` }

func (manCmd) Run(s streams, command *kong.Context) error {
	_, err := fmt.Fprint(s.stdout, manual.Page(command.Model, version()))
	return err
}
