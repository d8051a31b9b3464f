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
