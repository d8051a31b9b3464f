package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// ofRepository is the page of a repository: its open pull requests.
type ofRepository struct {
	Repository string       `json:"repository"`
	Find       string       `json:"find,omitempty"`          // only those with this in title, author or labels
	Open       int          `json:"open"`                    // all of them
	Pulls      []pull.Brief `json:"pull_requests,omitempty"` // newest first
	More       int          `json:"more,omitempty"`          // that the page doesn't list
}

// maxListed bounds a page's list; JSON and CSV have all.
const maxListed = 200

func (p *Pages) repository(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := ofRepository{Repository: key.String(), Find: a.FormValue("find")}
	all, err := p.briefs(a, key, "open")
	if err != nil {
		return page{}, err
	}
	o.Open = len(all)
	for _, b := range all {
		if o.Find == "" || matches(b, o.Find) {
			o.Pulls = append(o.Pulls, b)
		}
	}
	table := [][]string{{"number", "title", "author", "base", "labels", "created"}}
	for _, b := range o.Pulls {
		table = append(table, []string{fmt.Sprint(b.Number), b.Title, b.Author, b.Base, strings.Join(names(b.Labels), ", "), exact(b.Created)})
	}
	if a.format == "html" && len(o.Pulls) > maxListed {
		o.More, o.Pulls = len(o.Pulls)-maxListed, o.Pulls[:maxListed]
	}
	sentence := fmt.Sprintf("%s open, as the bot last saw them.", plural(o.Open, "pull request"))
	return page{
		name: "repository", Title: key.String(), Sentence: sentence,
		Repository: key.String(), Place: "pulls", Data: o, table: table,
	}, nil
}

// known reads the repository, and perhaps a number, from an address. Whoever isn't
// admitted there gets none.
func (p *Pages) known(a *asked) (pull.Key, error) {
	switch {
	case p.SignIn == nil:
		return p.named(a)
	case !a.admitted:
		return pull.Key{}, errSignIn
	}
	return a.key, nil
}

// named is the repository in an address, as GitHub writes it, since people may write it in
// any case.
func (p *Pages) named(a *asked) (pull.Key, error) {
	key := pull.Key{Owner: a.value("owner"), Repo: a.value("repo")}
	if a.PathValue("number") != "" {
		number, err := strconv.Atoi(a.value("number"))
		if err != nil || number < 1 {
			return key, errNoPage
		}
		key.Number = number
	}
	all, err := p.served(a)
	if err != nil {
		return key, err
	}
	for _, r := range all {
		if strings.EqualFold(r.Name, key.Repository().String()) {
			key.Owner, key.Repo, _ = strings.Cut(r.Name, "/")
			return key, nil
		}
	}
	return key, errNoRepository
}

// matches reports whether a text is in the title, the author, a label or the number.
func matches(b pull.Brief, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	fields := append(names(b.Labels), b.Title, b.Author, b.Base, fmt.Sprintf("#%d", b.Number))
	return strings.Contains(strings.ToLower(strings.Join(fields, "\n")), text)
}

func names(marks []pull.Mark) (all []string) {
	for _, m := range marks {
		all = append(all, m.Name)
	}
	return all
}

// briefs reads the views of a class.
func (p *Pages) briefs(a *asked, key pull.Key, class string) (all []pull.Brief, err error) {
	err = p.Store.Views(a.Context(), key.Repository().String(), class, func(v queue.View) error {
		b, err := p.decoded(v)
		all = append(all, b)
		return err
	})
	return all, err
}
