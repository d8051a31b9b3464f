// Package whatsnew is the rule on changes of What's New in Python that the changelog
// doesn't have.
package whatsnew

import (
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Rule comments on a change under Doc/whatsnew/ without a NEWS entry (devguide, "What's New
// and News Entries").
func Rule(news config.News) pull.Rule {
	return pull.Rule{Name: "whatsnew", About: about, Needs: pull.Files | pull.Notes, Want: func(r *pull.Request) pull.Want {
		told, announced := changes(r, "Doc/whatsnew/"), changes(r, news.Directory+"/")
		if r.State != pull.Open || !told || announced || r.HasLabel(news.SkipLabel) {
			return pull.Want{}
		}
		return pull.Want{Notes: []pull.Note{{Key: "whatsnew", Body: note, Once: true}}}
	}}
}

// changes reports whether a file below a directory is changed.
func changes(r *pull.Request, directory string) bool {
	for _, f := range r.Files {
		if strings.HasPrefix(f.Path, directory) && f.Change != pull.Removed {
			return true
		}
	}
	return false
}
