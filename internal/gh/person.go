package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Arrival is somebody whom GitHub sent back with a code, after they authorized the App
// ("Generating a user access token for a GitHub App", web application flow). A code works
// once, and for ten minutes.
type Arrival struct {
	APIURL, ServerURL      string
	ClientID, ClientSecret string // of the App
	Code                   string
	Verifier               string // of PKCE: its challenge went along when they left
	Callback               string // the address to which GitHub sent them
	UserAgent              string
	Transport              http.RoundTripper // nil: one of its own
	Timeout                time.Duration     // of all requests together; 0: 20 s

	requests outside
}

// Account is who somebody is. A login may change hands; the number doesn't.
type Account struct {
	ID    int64
	Login string
}

const (
	postAccess  = "POST /login/oauth/access_token"
	getMe       = "GET /user"
	deleteToken = "DELETE /applications/{client_id}/token"
)

// Arrive trades the code for the person's token, asks who that is, and has GitHub revoke
// the token: nothing else needs it. Gone means that the code is unknown, too old or used,
// or another browser's; Unauthorized that the client's id or secret is wrong, Rejected that
// the callback isn't the App's. No error holds what GitHub answered: that may be a token.
func Arrive(ctx context.Context, a Arrival) (Account, error) {
	api, err := parseAPI(a.APIURL)
	if err != nil {
		return Account{}, err
	}
	a.requests = newOutside(a.Transport, a.Timeout, 20*time.Second, a.UserAgent)
	ctx, cancel := a.requests.context(ctx)
	defer cancel()
	token, err := a.token(ctx, serverURL(api, a.ServerURL))
	if err != nil {
		return Account{}, err
	}
	me, err := a.me(ctx, api, token)
	if revoked := a.revoke(ctx, api, token); err == nil {
		err = revoked // a token that lives on would be a surprise to its owner
	}
	if err != nil {
		return Account{}, err
	}
	return me, nil
}

// token makes the trade. GitHub answers 200 to what it refuses ("Troubleshooting OAuth app
// access token request errors").
func (a Arrival) token(ctx context.Context, server string) (string, error) {
	form := url.Values{"client_id": {a.ClientID}, "client_secret": {a.ClientSecret}, "code": {a.Code}, "code_verifier": {a.Verifier},
		"redirect_uri": {a.Callback}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/login/oauth/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("writing the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	var said struct {
		Token string `json:"access_token"`
		Kind  string `json:"token_type"`
		Error string `json:"error"`
	}
	answer, err := a.do(req, postAccess, &said)
	if err != nil {
		return "", err
	}
	switch said.Error {
	case "":
		if said.Token == "" || len(said.Token) > 1000 || !strings.EqualFold(said.Kind, "bearer") {
			answer.Message = "an answer without a token"
			return "", &Temporary{answer}
		}
		return said.Token, nil
	case "incorrect_client_credentials":
		answer.Message = "the App's client id or client secret is wrong"
		return "", &Unauthorized{answer}
	case "redirect_uri_mismatch":
		answer.Message = "the address isn't among the App's callback URLs"
		return "", &Rejected{answer}
	}
	answer.Message = "the code is unknown, too old or used, or another browser's"
	return "", &Gone{answer}
}

func (a Arrival) me(ctx context.Context, api *url.URL, token string) (Account, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, api.String()+"user", http.NoBody)
	if err != nil {
		return Account{}, fmt.Errorf("writing the request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	var said struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
	}
	answer, err := a.do(req, getMe, &said)
	if err != nil {
		return Account{}, err
	}
	if said.ID <= 0 || (pull.Key{Owner: said.Login, Repo: "x"}).Validate() != nil {
		answer.Message = "an answer without an account"
		return Account{}, &Temporary{answer}
	}
	return Account(said), nil
}

// revoke ends the token ("Delete an app token"). The authorization stays, so that GitHub
// needn't ask the person again.
func (a Arrival) revoke(ctx context.Context, api *url.URL, token string) error {
	body, err := json.Marshal(map[string]string{"access_token": token})
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, api.String()+"applications/"+url.PathEscape(a.ClientID)+"/token",
		bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	req.SetBasicAuth(a.ClientID, a.ClientSecret)
	_, err = a.do(req, deleteToken, nil)
	return err
}

// do makes one request, and reads an answer 200 with JSON, or 204 where into is nil.
func (a Arrival) do(req *http.Request, endpoint string, into any) (Answer, error) {
	answer, body, err := a.requests.do(req, endpoint)
	if err != nil || into == nil && answer.StatusCode == http.StatusNoContent {
		return answer, err
	}
	if into == nil || answer.StatusCode != http.StatusOK || json.Unmarshal(body, into) != nil {
		answer.Message = "an unexpected answer"
		return answer, &Temporary{answer}
	}
	return answer, nil
}
