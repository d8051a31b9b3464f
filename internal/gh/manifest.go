package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Conversion trades a code for a new App's key. GitHub sends the code with the browser
// after someone created an App from a manifest. It works once, within an hour.
type Conversion struct {
	APIURL    string
	Code      string
	Transport http.RoundTripper // nil: one of its own
	Timeout   time.Duration     // 0: 30 s
	UserAgent string
}

// Created is an App that was just created. Its key is shown this once.
type Created struct {
	ID     int64
	Slug   string
	Owner  string // login
	Key    []byte // PEM
	Secret string // of the webhook; "" if GitHub chose none

	ClientID, ClientSecret string // for people's authorizations
}

// CheckAPI reports what's wrong with GitHub's addresses.
func CheckAPI(apiURL, serverURL string) error {
	api, err := parseAPI(apiURL)
	if err == nil && serverURL != "" {
		err = belong(api, serverURL)
	}
	return err
}

// Convert makes the trade ("Create a GitHub App from a manifest"). Gone means that the
// code is unknown, expired or used. No error holds GitHub's answer, which may be a key.
func Convert(ctx context.Context, c Conversion) (Created, error) {
	api, err := parseAPI(c.APIURL)
	if err != nil {
		return Created{}, err
	}
	requests := newOutside(c.Transport, c.Timeout, 30*time.Second, c.UserAgent)
	ctx, cancel := requests.context(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, api.String()+"app-manifests/"+url.PathEscape(c.Code)+"/conversions",
		http.NoBody)
	if err != nil {
		return Created{}, fmt.Errorf("writing the request: %w", err)
	}
	answer, body, err := requests.do(req, postConversion)
	if err != nil {
		return Created{}, err
	}
	return readCreated(answer, body)
}

const postConversion = "POST /app-manifests/{code}/conversions"

func readCreated(answer Answer, body []byte) (Created, error) {
	switch code := answer.StatusCode; {
	case code == http.StatusNotFound, code == http.StatusUnprocessableEntity, code == http.StatusGone:
		answer.Message = "the code is unknown, too old or used"
		return Created{}, &Gone{answer}
	case code != http.StatusCreated:
		answer.Message = "an unexpected answer"
		return Created{}, &Temporary{answer}
	}
	var found struct {
		ID     int64   `json:"id"`
		Slug   string  `json:"slug"`
		Owner  account `json:"owner"`
		Key    string  `json:"pem"`
		Secret string  `json:"webhook_secret"`

		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if json.NewDecoder(bytes.NewReader(body)).Decode(&found) != nil || found.ID <= 0 || found.Key == "" {
		answer.Message = "an answer without an id and a key"
		return Created{}, &Temporary{answer}
	}
	return Created{found.ID, found.Slug, found.Owner.Login, []byte(found.Key), found.Secret, found.ClientID, found.ClientSecret}, nil
}
