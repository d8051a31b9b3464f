package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
)

// readSettings reads the central file, or the built-in preset when no file is
// named.
func readSettings(path string) (*config.Config, error) {
	if path == "" {
		return config.Preset(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	settings, err := config.Parse(path, text)
	if err != nil { // one line for each fault, as editors read them
		return nil, fmt.Errorf("reading the settings:\n%w", err)
	}
	return settings, nil
}

type checkConfigCmd struct {
	Files []string `arg:"" name:"file" help:"Central settings, or a repository's own file (named concorde.yml or labeler.yml in a directory .github)."`
	As    string   `enum:"auto,central,repository,labeler" default:"auto" help:"What the files are: central, repository, labeler (label rules of actions/labeler), or auto, by their names (default)."`
}

func (checkConfigCmd) Help() string {
	return `Every fault is printed as FILE:LINE:COLUMN with what to do about it, and so is
what GitHub won't take as it is written, though the file is good. For label rules,
it also prints how each is understood.
Exit code: 0 if all files are good, 1 if one has faults, 2 if one cannot be read.`
}

func (c *checkConfigCmd) Run(s streams) error {
	code := exitOK
	for _, path := range c.Files {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(s.stderr, "bot: reading the settings:", err)
			code = exitMisuse
			continue
		}
		kind, set, err := c.check(path, text)
		var faults config.Faults
		switch {
		case err == nil:
			fmt.Fprintf(s.stdout, "%s: good (%s)\n", path, kind)
			for _, warning := range set.Warnings {
				fmt.Fprintln(s.stdout, warning)
			}
			for _, rule := range set.Labels.Rules {
				fmt.Fprintf(s.stdout, "%s: %s\n", rule.Where, rule)
			}
		case errors.As(err, &faults):
			for _, fault := range faults {
				fmt.Fprintln(s.stdout, fault)
			}
			code = max(code, exitFailed)
		default:
			return err
		}
	}
	if code != exitOK {
		return failure{code: code}
	}
	return nil
}

// check reads a file as what it is, and gives what it sets, of label rules its
// own.
func (c *checkConfigCmd) check(path string, text []byte) (kind string, set config.Rules, err error) {
	as := c.As
	if as == "auto" {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return "", set, fmt.Errorf("finding %s: %w", path, err)
		}
		switch own := filepath.Base(filepath.Dir(absolute)) == ".github"; {
		case own && filepath.Base(path) == filepath.Base(config.LabelerFile):
			as = "labeler"
		case own:
			as = "repository"
		}
	}
	preset := config.Preset()
	switch as {
	case "labeler":
		kind = "label rules"
		set, err = preset.WithLabeler(path, text)
	case "repository":
		kind = "repository settings"
		set, err = preset.Override(path, text)
	default:
		kind = "central settings"
		var central *config.Config
		if central, err = config.Parse(path, text); err == nil {
			set = central.Rules
		}
	}
	if err == nil {
		err = surroundings{central: preset}.together(path, set)
	}
	set.Labels.Rules = ruledIn(path, set)
	return kind, set, err
}

// ruledIn are the label rules that stand in a file.
func ruledIn(path string, set config.Rules) []config.LabelRule {
	return slices.DeleteFunc(slices.Clone(set.Labels.Rules), func(r config.LabelRule) bool {
		return !strings.HasPrefix(r.Where, path+":")
	})
}

type schemaCmd struct {
	Repository bool `help:"The schema of a repository's own .github/concorde.yml instead of the central file's."`
}

func (c *schemaCmd) Run(s streams) error {
	text := config.Schema()
	if c.Repository {
		text = config.RepositorySchema()
	}
	_, err := s.stdout.Write(text)
	return err
}
