package setup

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/doctor"
)

//go:embed page.html style.css
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"links": links}).ParseFS(files, "page.html"))

// part of a text: a link, or the text between links.
type part struct {
	Text string
	Link bool
}

var address = regexp.MustCompile(`https?://[^\s;,]*[^\s;,.]`)

// links splits a text into parts. The template only makes links of these.
func links(text string) (parts []part) {
	from := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		parts = append(parts, part{text[from:at[0]], false}, part{text[at[0]:at[1]], true})
		from = at[1]
	}
	return append(parts, part{text[from:], false})
}

// page is what the template shows.
type page struct {
	Step  string // code, start, leave, fault, unstored, checks, hook or finished
	Fault string
	Token string // of the forms
	Back  string // the query with which GitHub sent the browser here
	Again bool   // reloading the page may help

	Form     form
	Choices  []access.Permission // that may be left out
	Adopt    bool                // the form for an existing App was sent
	Manifest string
	Target   string // where to go on GitHub

	Place     string // of the credentials
	Exists    bool   // other credentials are there
	Installed bool
	Report    *doctor.Report
	Refresh   int // seconds; 0: never

	Next    string // what to do after the end
	Server  string
	Local   string // the address on which this machine takes webhooks
	Printed bool
}

// addressField is the field for the bot's public address. A page may have two.
type addressField struct{ URL, Suffix string }

// Address returns the field, with a suffix for its id.
func (p page) Address(suffix string) addressField { return addressField{p.Form.URL, suffix} }

// form is what people wrote.
type form struct {
	Owner        string // organization or personal
	Organization string
	Name         string
	URL          string
	Public       bool
	Wants        map[string]bool // of optional permissions
	ID           string          // of an existing App; its key isn't shown again
}

// blank is the empty form.
func (w *Wizard) blank() form {
	f := form{Owner: "organization", Name: "Concorde", URL: w.URL, Wants: map[string]bool{}}
	for _, p := range access.Permissions {
		f.Wants[p.Name] = p.Need == access.Advised
	}
	return f
}

func formOf(r *http.Request) form {
	said := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	f := form{
		Owner: "organization", Organization: said("organization"), Name: said("name"), URL: said("url"), Public: said("public") != "",
		Wants: map[string]bool{}, ID: said("id"),
	}
	if said("owner") == "personal" {
		f.Owner = "personal"
	}
	for _, p := range access.Permissions {
		f.Wants[p.Name] = said("want-"+p.Name) != ""
	}
	return f
}

// show writes a page. Its forms work for browsers that are signed in.
func (w *Wizard) show(rw http.ResponseWriter, r *http.Request, status int, p page) {
	if s, ok := w.door.who(r); ok {
		p.Token = s.token
	}
	for _, a := range access.Permissions {
		if a.Need != access.Required {
			p.Choices = append(p.Choices, a)
		}
	}
	p.Local = strings.TrimSuffix(w.Address, Path)
	p.Server = strings.TrimRight(w.ServerURL, "/")
	p.Printed = w.printing.Load()
	var text bytes.Buffer
	if err := pages.ExecuteTemplate(&text, "page.html", p); err != nil {
		w.Log.Error().Err(err).Msg("writing a page of the setup")
		http.Error(rw, "The page can't be shown; the log says why.", http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(text.Bytes()) // the browser went away
}

// fail shows why something can't be done.
func (w *Wizard) fail(rw http.ResponseWriter, r *http.Request, status int, text string) {
	w.show(rw, r, status, page{Step: "fault", Fault: text})
}

func style(rw http.ResponseWriter, _ *http.Request) {
	text, err := files.ReadFile("style.css")
	if err != nil { // it's embedded
		http.NotFound(rw, nil)
		return
	}
	rw.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = rw.Write(text)
}

// sentence turns an error into a sentence.
func sentence(err error) string {
	text := strings.TrimRight(err.Error(), ".")
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:] + "."
}
