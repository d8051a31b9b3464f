package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

// readSettings reads the central file, or the built-in preset if no file is given.
func readSettings(path string) (*config.Config, error) {
	if path == "" {
		return config.Preset(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	settings, err := config.Parse(path, text)
	if err != nil { // one line for each fault, which editors can read
		return nil, fmt.Errorf("reading the settings:\n%w", err)
	}
	return settings, nil
}

type checkConfigCmd struct {
	Files  []string `arg:"" name:"file" help:"Central settings, or a repository's own .github/concorde.yml or .github/labeler.yml."`
	As     string   `enum:"auto,central,repository,labeler" default:"auto" help:"What the files are; auto goes by their names."`
	Config string   `env:"BOT_CONFIG" placeholder:"FILE" help:"Central settings, for the others (default: the built-in preset cpython)."`
}

func (checkConfigCmd) Help() string {
	return `Prints every fault as FILE:LINE:COLUMN with how to fix it, and every label rule in
words. Prints warnings, in the same form, where GitHub or actions/labeler reads
something differently than you might expect; a file with warnings is still valid. A labeler.yml is checked
with the settings in the concorde.yml beside it, if there is one.
Exit code: 0 if all files are good, 1 if one has faults, 2 if one cannot be read.`
}

func (c *checkConfigCmd) Run(s streams) error {
	central, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	code := exitOK
	for _, path := range c.Files {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(s.stderr, "bot: reading the settings:", err)
			code = exitMisuse
			continue
		}
		kind, set, err := c.check(s, central, ownFile{path, text})
		var faults yamlfile.Faults
		switch {
		case errors.As(err, &faults):
		case err != nil:
			return err
		case len(set.LeftOut) > 0:
			faults = set.LeftOut
		default:
			fmt.Fprintf(s.stdout, "%s: good (%s)\n", path, kind)
		}
		for _, fault := range slices.Concat(faults, set.Warnings) {
			fmt.Fprintln(s.stdout, fault)
		}
		for _, rule := range set.Labels.Rules {
			fmt.Fprintf(s.stdout, "%s: %s\n", rule.Where, rule)
		}
		if len(faults) > 0 {
			code = max(code, exitFailed)
		}
	}
	if code != exitOK {
		return failure{code: code}
	}
	return nil
}

// ownFile is a file to check.
type ownFile struct {
	path string
	text []byte
}

// kind is a file's kind, by its name unless --as is given.
func (c *checkConfigCmd) kind(path string) (string, error) {
	if c.As != "auto" {
		return c.As, nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", path, err)
	}
	switch own := filepath.Base(filepath.Dir(absolute)) == ".github"; {
	case own && filepath.Base(path) == filepath.Base(labeler.Path):
		return "labeler", nil
	case own:
		return "repository", nil
	}
	return "central", nil
}

// check reads a file of its kind, and returns what it sets, with only its own label
// rules.
func (c *checkConfigCmd) check(s streams, central *config.Config, f ownFile) (kind string, set config.Rules, err error) {
	as, err := c.kind(f.path)
	if err != nil {
		return "", set, err
	}
	switch as {
	case "labeler":
		kind = "label rules"
		beside := besides(s, central, f.path)
		if beside.Labels.Labeler != config.On {
			kind = "label rules, which aren't used: labels.labeler is off"
		}
		set, err = labeler.Read(beside, f.path, f.text)
	case "repository":
		kind = "repository settings"
		set, err = central.Override(f.path, f.text)
	default:
		kind = "central settings"
		if central, err = config.Parse(f.path, f.text); err == nil {
			set = central.Rules
		}
	}
	if err == nil {
		err = surroundings{central: central}.together(f.path, set)
	}
	set.Labels.Rules = ruledIn(f.path, set)
	return kind, set, err
}

// besides returns the settings for a labeler file, from the settings file in the same
// directory.
func besides(s streams, central *config.Config, labeler string) config.Rules {
	path := filepath.Join(filepath.Dir(labeler), filepath.Base(config.RepositoryFile))
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return central.Rules
	}
	if err == nil {
		var own config.Rules
		if own, err = central.Override(path, text); err == nil {
			return own
		}
	}
	fmt.Fprintf(s.stderr, "bot: %s has faults, so it's ignored here (try: bot check-config %s)\n", path, path)
	return central.Rules
}

// ruledIn returns the label rules in a file.
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
