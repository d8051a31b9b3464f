package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// asked is a request for a page.
type asked struct {
	*http.Request
	format  string // "html", "json" or "csv"
	session session
	asks    int  // requests to GitHub so far
	unasked bool // there may be repositories that aren't listed
	// admitted: the one who asks may see the repository in the address, which key names.
	admitted bool
	key      pull.Key
}

// page is what an address shows.
type page struct {
	name       string // of its template
	Title      string
	Sentence   string // what someone who asks wants to know first
	Repository string // OWNER/REPO; "" for a page about all
	Place      string // in the navigation
	Data       any    // the JSON
	table      [][]string
}

// shown is what the frame needs besides.
type shown struct {
	page
	Health  Health
	Version string
	JSON    string // its address; "" if there's none
	CSV     string

	Login  string // who is signed in
	Token  string // of forms
	SignIn string // where to sign in; "" for those who have, and where nobody can
	Denied bool   // the page is for those who are signed in
}

// fault is an error with words for people.
type fault struct {
	status      int
	Title, Text string
}

func (f *fault) Error() string { return f.Title + ": " + f.Text }

var errNoPage = &fault{http.StatusNotFound, "This page doesn't exist", "The address may be mistyped. The overview leads to all pages."}

// formats are the endings of addresses.
var formats = map[string]string{".json": "json", ".csv": "csv"}

// shows answers with a page in the form that is asked for.
func (p *Pages) shows(show func(*asked) (page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &asked{Request: r, format: "html"}
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			a.format = "json"
		}
		for ending, format := range formats {
			if strings.HasSuffix(r.URL.Path, ending) {
				a.format = format
			}
		}
		err := p.admit(a)
		var page page
		if err == nil {
			page, err = show(a)
		}
		if err == nil && a.format == "csv" && page.table == nil {
			err = errNoPage
		}
		if err != nil {
			p.fault(w, a, err)
			return
		}
		p.write(w, a, http.StatusOK, page)
	})
}

// logged is the path of a request, without the secret of a feed.
func (a *asked) logged() string {
	if strings.HasPrefix(a.URL.Path, myFeedPath+"/") {
		return myFeedPath
	}
	return a.URL.Path
}

// value is a part of the address, without the ending that names a format.
func (a *asked) value(name string) string {
	value := a.PathValue(name)
	for ending := range formats {
		value = strings.TrimSuffix(value, ending)
	}
	return value
}

// fault answers with an error. What people can't act on is in the log.
func (p *Pages) fault(w http.ResponseWriter, a *asked, err error) {
	var f *fault
	if !errors.As(err, &f) {
		if a.Context().Err() == nil {
			p.Log.Error().Err(err).Str("page", a.logged()).Msg("showing a page")
		}
		f = &fault{http.StatusServiceUnavailable, "The page can't be shown now",
			"The database doesn't answer. The bot's log says why; reload the page in a minute."}
	}
	p.write(w, a, f.status, page{name: "fault", Title: f.Title, Sentence: f.Text, Data: map[string]string{"error": f.Title, "text": f.Text}})
}

func (p *Pages) write(w http.ResponseWriter, a *asked, status int, g page) {
	var out bytes.Buffer
	var err error
	kind := "text/html; charset=utf-8"
	switch {
	case a.format == "json" || a.format == "csv" && g.table == nil:
		kind = "application/json; charset=utf-8"
		encoder := json.NewEncoder(&out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(g.Data)
	case a.format == "csv":
		kind = "text/csv; charset=utf-8"
		err = csv.NewWriter(&out).WriteAll(safeCells(g.table))
	default:
		s := p.framed(a, g)
		s.Denied = status == http.StatusUnauthorized
		if status == http.StatusOK && a.Method != http.MethodPost && a.URL.Path != myFeedPath {
			s.JSON = addressIn(a, ".json")
		}
		if g.table != nil {
			s.CSV = addressIn(a, ".csv")
		}
		err = p.templates[g.name].Execute(&out, s)
	}
	if err != nil {
		p.Log.Error().Err(err).Str("page", a.logged()).Msg("writing a page")
		http.Error(w, "The page can't be shown. The bot's log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(out.Len()))
	w.Header().Add("Vary", "Accept")
	w.WriteHeader(status)
	w.Write(out.Bytes()) // a reader that has gone away needs no error
}

// framed puts a page into its frame.
func (p *Pages) framed(a *asked, g page) shown {
	s := shown{page: g, Health: p.health(a), Version: p.Version, Login: a.session.Login, Token: a.session.token()}
	if p.SignIn == nil || a.session.signedIn() {
		return s
	}
	s.Version, s.SignIn = "", signInPath
	if a.Method == http.MethodGet && a.logged() == a.URL.Path {
		s.SignIn += "?back=" + url.QueryEscape(local(a.URL.RequestURI()))
	}
	return s
}

// addressIn is a page's address in another format, with the same filters.
func addressIn(a *asked, ending string) string {
	path := strings.TrimSuffix(a.URL.EscapedPath(), "/")
	if path == "" {
		path = "/overview"
	}
	if a.URL.RawQuery != "" {
		ending += "?" + a.URL.RawQuery
	}
	return path + ending
}

// safeCells keeps spreadsheets from taking what strangers wrote for a formula.
func safeCells(rows [][]string) [][]string {
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
	}
	return rows
}
