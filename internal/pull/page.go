package pull

import (
	"fmt"
	"strings"
)

// PagePath is where a pull request's or issue's page is, below the address of all pages.
func (k Key) PagePath() string { return fmt.Sprintf("/%s/pull/%d", k.Repository(), k.Number) }

// isPage reports whether a status points to the pull request's page, wherever the pages
// are or were, or nowhere.
func (r *Request) isPage(url string) bool {
	return url == "" || strings.HasSuffix(strings.ToLower(url), strings.ToLower(r.Key.PagePath()))
}

// status compares a status. One without an address of its own points to the page.
func (d *decision) status(s Status) {
	s.Description = Describe(s.Description, maxDescription)
	found := d.request.Statuses[s.Context]
	if s.URL == "" {
		s.URL = d.request.Page
		if d.request.isPage(found.URL) { // thousands of statuses aren't set again just to point elsewhere
			found.URL = s.URL
		}
	}
	set := SetStatus{SHA: d.request.Head, Status: s}
	d.wanted = append(d.wanted, wanted{d.rule, set})
	if found != s {
		d.do(set)
	}
}
