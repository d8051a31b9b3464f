package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// authorize asks the visitor whether the App may know who they are ("Generating a user access token for a GitHub App", web application
// flow). Who agreed before is sent back at once. A callback must be one of the App's, exactly; of PKCE, only S256 is accepted (changelog of 2025-07-14).
func (p *Pages) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if asked.Get("client_id") != p.w.App.ClientID() || p.w.App.Missing {
		show(w, http.StatusNotFound, shown{Title: "Page not found"})
		return
	}
	if len(p.w.App.Callbacks) == 0 {
		show(w, http.StatusBadRequest, shown{Title: "Invalid Redirect URI"})
		return
	}
	if to := asked.Get("redirect_uri"); to != "" && !slices.Contains(p.w.App.Callbacks, to) {
		back(w, r, p.w.App.Callbacks[0], url.Values{"error": {"redirect_uri_mismatch"}, "state": {asked.Get("state")},
			"error_description": {"The redirect_uri MUST match the registered callback URL for this application."}})
		return
	}
	challenge, method := asked.Get("code_challenge"), asked.Get("code_challenge_method")
	if (challenge != "" || method != "") && (method != "S256" || len(challenge) != 43) {
		show(w, http.StatusBadRequest, shown{Title: "Invalid code_challenge"})
		return
	}
	if p.w.Agreed(p.w.Visitor) {
		p.agree(w, r, asked)
		return
	}
	hidden := map[string]string{"authorize": "1"}
	for _, name := range []string{"client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"} {
		hidden[name] = asked.Get(name)
	}
	show(w, http.StatusOK, shown{Title: "Authorize " + p.w.App.Slug, Action: "/login/oauth/authorize", Verb: "Authorize " + p.w.App.Slug, Hidden: hidden})
}

// authorized sends the browser back with a code, or with the word that the visitor refused ("Troubleshooting authorization request
// errors": access_denied).
func (p *Pages) authorized(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("authorize") == "1" {
		p.agree(w, r, r.PostForm)
		return
	}
	back(w, r, p.callback(r.PostForm), url.Values{"error": {"access_denied"}, "error_description": {"The user has denied your application access."},
		"error_uri": {"https://docs.github.com/apps/troubleshooting-authorization-request-errors/#access-denied"}, "state": {r.PostForm.Get("state")}})
}

func (p *Pages) callback(asked url.Values) string {
	if to := asked.Get("redirect_uri"); to != "" {
		return to
	}
	return p.w.App.Callbacks[0]
}

func (p *Pages) agree(w http.ResponseWriter, r *http.Request, asked url.Values) {
	to := p.callback(asked)
	code := p.w.Agree(world.Grant{User: p.w.Visitor, Callback: to, Challenge: asked.Get("code_challenge")})
	answer := url.Values{"code": {code}}
	if state := asked.Get("state"); state != "" {
		answer.Set("state", state)
	}
	back(w, r, to, answer)
}

func back(w http.ResponseWriter, r *http.Request, to string, answer url.Values) {
	http.Redirect(w, r, to+"?"+answer.Encode(), http.StatusFound)
}

// refusals are GitHub's words ("Troubleshooting OAuth app access token request errors").
var refusals = map[string]string{
	"incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
	"redirect_uri_mismatch":        "The redirect_uri MUST match the registered callback URL for this application.",
	"bad_verification_code":        "The code passed is incorrect or expired.",
}

// token trades a code for a person's token. What goes wrong is an answer 200 with an error in it. No public report says what GitHub
// answers to a wrong verifier; here it's what it says of any code that isn't good.
func (p *Pages) token(c *api.Call) (any, error) {
	form, err := url.ParseQuery(string(c.Data))
	if err != nil {
		return nil, world.NotFound("")
	}
	refuse := func(name string) (any, error) {
		return answerFor(c, map[string]any{"error": name, "error_description": refusals[name],
			"error_uri": "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"})
	}
	callback := p.w.CallbackOf(form.Get("code"))
	switch to := form.Get("redirect_uri"); {
	case !p.w.IsClient(form.Get("client_id"), form.Get("client_secret")) || p.w.App.Missing:
		return refuse("incorrect_client_credentials")
	case callback != "" && to != "" && to != callback:
		return refuse("redirect_uri_mismatch")
	}
	t := p.w.Trade(form.Get("code"), form.Get("code_verifier"))
	if t == nil {
		return refuse("bad_verification_code")
	}
	return answerFor(c, map[string]any{"access_token": t.Value, "expires_in": 28800, "refresh_token": "ghr_" + world.RandomHex(38),
		"refresh_token_expires_in": 15897600, "scope": "", "token_type": "bearer"})
}

// answerFor is JSON for those who ask for it, and a form for all others.
func answerFor(c *api.Call, answer map[string]any) (any, error) {
	if c.Request.Header.Get("Accept") == "application/json" {
		return answer, nil
	}
	values := url.Values{}
	for name, value := range answer {
		values.Set(name, fmt.Sprint(value))
	}
	return api.Raw{ContentType: "application/x-www-form-urlencoded; charset=utf-8", Data: []byte(values.Encode())}, nil
}

// revoke ends a token ("Delete an app token"), for the App's client alone.
func (p *Pages) revoke(c *api.Call) (any, error) {
	var in struct {
		Token string `json:"access_token"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	id, secret, _ := c.BasicAuth()
	switch t := p.w.Tokens[in.Token]; {
	case c.PathValue("client_id") != p.w.App.ClientID() || !p.w.IsClient(id, secret):
		return nil, world.NotFound("")
	case t == nil:
		return nil, world.Unprocessable("Validation Failed")
	}
	delete(p.w.Tokens, in.Token)
	c.Status = http.StatusNoContent
	return nil, nil
}
