package access

import "encoding/json"

// Manifest describes an App to GitHub's page that creates one ("Registering a GitHub App
// from a manifest").
type Manifest struct {
	Name        string `json:"name,omitempty"`
	URL         string `json:"url"` // the App's home page, which GitHub requires
	Description string `json:"description,omitempty"`
	Hook        Hook   `json:"hook_attributes"`
	RedirectURL string `json:"redirect_url"` // where GitHub sends the browser, with a code
	// CallbackURLs are where GitHub may send people back who sign in through the App.
	CallbackURLs []string          `json:"callback_urls,omitempty"`
	Public       bool              `json:"public"`
	Permissions  map[string]string `json:"default_permissions"`
	Events       []string          `json:"default_events"`
}

// Hook is the App's webhook. A manifest can't set its secret: GitHub chooses one, and
// refuses the whole manifest otherwise (hunvreus/pagescms#409).
type Hook struct {
	URL    string `json:"url"` // refused if it is on localhost (private-mirrors#387)
	Active bool   `json:"active"`
}

// JSON is what goes into the form. Permissions must be set; events follow from them.
func (m Manifest) JSON() ([]byte, error) {
	m.Events = []string{}
	for _, e := range Events(m.Permissions) {
		m.Events = append(m.Events, e.Name)
	}
	return json.Marshal(m)
}
