// Package settingscheck is the rule on a repository's own settings files: it checks
// pull requests that change them.
//
// It must not know GitHub's API, nor how these files are read.
package settingscheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
)

// checkName is the check run in which faults of a repository's file are shown.
const checkName = "Concorde settings"

// Rule checks pull requests that change the repository's own settings, or its
// label rules, by what will be in force when they are merged. A wrong file that is
// merged all the same changes nothing: the last good one stays in force, which now
// is own. together finds rules that cannot live together, as faults of the file with
// their settings.
func Rule(c *config.Config, own config.Rules, together func(file string, own config.Rules) error) pull.Rule {
	k := &checker{central: c, own: own, together: together, seen: map[string]verdict{}}
	return pull.Rule{
		Name:  "settings",
		About: about,
		Needs: pull.Files | pull.Checks,
		Reads: func(_ *pull.Request, path string) bool { return path == config.RepositoryFile || path == labeler.Path },
		Want: func(r *pull.Request) (want pull.Want) {
			if r.State != pull.Open || r.Base != r.DefaultBranch {
				return want // read on the default branch alone
			}
			settings, labelRules := changed(r, config.RepositoryFile), changed(r, labeler.Path)
			if settings != nil {
				want.Checks = append(want.Checks, settingsTexts.part(config.RepositoryFile, settings, k.settings))
			}
			if labelRules != nil {
				want.Checks = append(want.Checks, labelRuleTexts.part(labeler.Path, labelRules, func(data []byte) verdict {
					return k.labelRules(settings, data)
				}))
			}
			return want
		},
	}
}

// changed finds a file that a pull request changes, renames or removes.
func changed(r *pull.Request, path string) *pull.File {
	i := slices.IndexFunc(r.Files, func(f pull.File) bool {
		return f.Path == path || f.Change == pull.Renamed && f.Previous == path
	})
	if i < 0 {
		return nil
	}
	return &r.Files[i]
}

// part is the check of a file as the pull request leaves it.
func (t texts) part(path string, f *pull.File, check func([]byte) verdict) pull.CheckPart {
	part := pull.CheckPart{Check: checkName, Conclusion: pull.Success, Title: t.titleValid, Summary: t.summaryValid}
	if gone(path, f) {
		part.Title, part.Summary = t.titleRemoved, t.summaryRemoved
		return part
	}
	v := verdict{faults: unread(path, f.Content)}
	if v.faults == nil {
		v = check(f.Content.Data)
	}
	faults := slices.Concat(v.faults, v.leftOut)
	switch {
	case v.unused:
		part.Title, part.Summary = titleUnused, summaryUnused
	case len(v.faults) > 0:
		part.Summary = fmt.Sprintf(summaryFaults, indented(v.faults.Error()))
	case len(v.leftOut) > 0:
		part.Summary = fmt.Sprintf(summaryLeftOut, indented(v.leftOut.Error()))
	}
	if len(faults) > 0 {
		part.Conclusion, part.Title = pull.Failure, titleFaults(len(faults), path)
	}
	if len(v.warnings) > 0 {
		part.Summary += fmt.Sprintf(summaryWarnings, indented(v.warnings.Error()))
	}
	part.Annotations = append(annotations(faults, pull.FailureLevel), annotations(v.warnings, pull.WarningLevel)...)
	return part
}

func annotations(faults yamlfile.Faults, level pull.Level) (all []pull.Annotation) {
	for _, f := range faults {
		all = append(all, pull.Annotation{Path: f.File, Line: f.Line, Level: level, Title: annotationTitle, Message: f.Message})
	}
	return all
}

// gone tells a file that isn't there any more once the pull request is merged.
func gone(path string, f *pull.File) bool { return f.Path != path || f.Change == pull.Removed }

// unread is what keeps a file from being read.
func unread(path string, content *pull.Content) yamlfile.Faults {
	fault := yamlfile.Fault{File: path, Line: 1, Col: 1}
	switch {
	case content == nil:
		fault.Message = faultUnread
	case content.Kind != pull.Regular:
		fault.Message = fmt.Sprintf(faultKind, content.Kind)
	case content.Size > yamlfile.MaxSize:
		fault.Message = yamlfile.TooLarge(content.Size)
	case content.Size > int64(len(content.Data)):
		fault.Message = faultUnread // left out among very many bytes
	default:
		return nil
	}
	return yamlfile.Faults{fault}
}

// indented makes a block of code of text in which people chose the words: four
// spaces cannot be closed from within, as back-quotes can.
func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
