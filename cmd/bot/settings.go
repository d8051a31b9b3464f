package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	Files []string `arg:"" name:"file" help:"Central settings, or a repository's own file (named concorde.yml in a directory .github)."`
	As    string   `enum:"auto,central,repository" default:"auto" help:"What the files are: central, repository, or auto, by their names (default)."`
}

func (checkConfigCmd) Help() string {
	return `Every fault is printed as FILE:LINE:COLUMN with what to do about it.
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
		kind, err := c.check(path, text)
		var faults config.Faults
		switch {
		case err == nil:
			fmt.Fprintf(s.stdout, "%s: good (%s settings)\n", path, kind)
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

func (c *checkConfigCmd) check(path string, text []byte) (kind string, err error) {
	own := c.As == "repository"
	if c.As == "auto" {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return "", fmt.Errorf("finding %s: %w", path, err)
		}
		own = filepath.Base(filepath.Dir(absolute)) == ".github"
	}
	if !own {
		_, err = config.Parse(path, text)
		return "central", err
	}
	_, err = config.Preset().Override(path, text)
	return "repository", err
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
