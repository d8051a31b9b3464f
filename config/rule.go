package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// CheckName is the check run in which faults of a repository's file are shown.
const CheckName = "Concorde settings"

// Rule checks pull requests that change the repository's own settings, or its
// label rules. A wrong file that is merged all the same changes nothing: the last
// good one stays in force. together finds rules that cannot live together, as faults
// of the file with their settings.
func Rule(c *Config, together func(file string, own Rules) error) pull.Rule {
	checked := []checkedFile{
		{RepositoryFile, settingsTexts, func(data []byte) error {
			own, err := c.Override(RepositoryFile, data)
			if err == nil {
				err = together(RepositoryFile, own)
			}
			return err
		}},
		{LabelerFile, labelerTexts, func(data []byte) error {
			own, err := c.WithLabeler(LabelerFile, data)
			if err == nil {
				err = together(LabelerFile, own)
			}
			return err
		}},
	}
	return pull.Rule{
		Name:  "settings",
		About: about,
		Needs: pull.Files | pull.Checks,
		Reads: func(_ *pull.Request, path string) bool { return path == RepositoryFile || path == LabelerFile },
		Want: func(r *pull.Request) (want pull.Want) {
			if r.State != pull.Open || r.Base != r.DefaultBranch {
				return want // read on the default branch alone
			}
			for _, file := range checked {
				i := slices.IndexFunc(r.Files, func(f pull.File) bool {
					return f.Path == file.path || f.Change == pull.Renamed && f.Previous == file.path
				})
				if i >= 0 {
					want.Checks = append(want.Checks, file.checkPart(r.Files[i]))
				}
			}
			return want
		},
	}
}

// checkedFile is a file of settings in a repository.
type checkedFile struct {
	path  string
	texts texts
	read  func([]byte) error
}

func (c checkedFile) checkPart(f pull.File) pull.CheckPart {
	if f.Path != c.path || f.Change == pull.Removed {
		return pull.CheckPart{Check: CheckName, Conclusion: pull.Success, Title: c.texts.titleRemoved, Summary: c.texts.summaryRemoved}
	}
	faults := c.faults(f.Content)
	if len(faults) == 0 {
		return pull.CheckPart{Check: CheckName, Conclusion: pull.Success, Title: c.texts.titleValid, Summary: c.texts.summaryValid}
	}
	part := pull.CheckPart{Check: CheckName, Conclusion: pull.Failure, Title: titleFaults(len(faults), c.path)}
	var summary strings.Builder
	for _, fault := range faults {
		part.Annotations = append(part.Annotations, pull.Annotation{
			Path: c.path, Line: fault.Line, Level: pull.FailureLevel, Title: annotationTitle, Message: fault.Message,
		})
		fmt.Fprintln(&summary, fault)
	}
	part.Summary = fmt.Sprintf(summaryFaults, indented(summary.String()))
	return part
}

// faults of the file as the pull request leaves it.
func (c checkedFile) faults(content *pull.Content) Faults {
	fault := Fault{File: c.path, Line: 1, Col: 1}
	switch {
	case content == nil:
		fault.Message = faultUnread
	case content.Kind != pull.Regular:
		fault.Message = fmt.Sprintf(faultKind, content.Kind)
	case content.Size > MaxSize:
		fault.Message = fmt.Sprintf(faultSize, content.Size, MaxSize)
	case content.Size > int64(len(content.Data)):
		fault.Message = faultUnread // left out among very many bytes
	default:
		var faults Faults
		errors.As(c.read(content.Data), &faults)
		return faults
	}
	return Faults{fault}
}

// indented makes a block of code of text in which people chose the words: four
// spaces cannot be closed from within, as back-quotes can.
func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
