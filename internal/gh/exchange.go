package gh

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// graphqlAnswer is what every answer of the GraphQL API has.
type graphqlAnswer struct {
	Data *struct { // nil: none, or null
		RateLimit struct{ Cost int }
	}
	Errors []graphqlFault
}

func readAnswer(body []byte) (said graphqlAnswer, err error) {
	err = json.Unmarshal(body, &said)
	return said, err
}

type exchange struct {
	endpoint string
	request  *http.Request
	resp     *http.Response
	body     []byte
	said     graphqlAnswer // of the GraphQL API
	unread   error         // why said is empty
}

func (x exchange) answer(message string) Answer {
	return Answer{Endpoint: x.endpoint, StatusCode: x.resp.StatusCode, Message: message}
}

// valid reports whether the body is JSON. Checking a large one takes a while.
func (x exchange) valid() bool {
	if x.endpoint == graphqlEndpoint {
		_, broken := errors.AsType[*json.SyntaxError](x.unread)
		return !broken
	}
	return json.Valid(x.body)
}

// limited reports whether an answer with status 200 is a secondary limit: a message
// without any requested field ("Rate limits for the GraphQL API"). A commit has a message,
// too.
func (x exchange) limited() bool {
	var said map[string]json.RawMessage
	if len(x.body) > 4096 || json.Unmarshal(x.body, &said) != nil || said["message"] == nil {
		return false
	}
	for name := range said {
		if name != "message" && name != "documentation_url" && name != "status" {
			return false
		}
	}
	return overLimit(nil, message(x.body))
}

// redirected lets a GET follow to the same host, as for a renamed repository. On another
// host, a stranger would get the token, and a write would turn into something else.
func (x exchange) redirected() error {
	to, err := x.request.URL.Parse(x.resp.Header.Get("Location"))
	if err != nil || x.resp.Header.Get("Location") == "" {
		return &Temporary{x.answer("redirected to nowhere")}
	}
	from := x.request.URL
	if x.request.Method == http.MethodGet && to.Scheme == from.Scheme && strings.EqualFold(to.Host, from.Host) {
		return nil
	}
	where := url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
	return &Temporary{x.answer("redirected to " + Tidy(where.String()) + ", which is not followed: is the address of the API right?")}
}

// refused is the error for a status of 400 and above.
func (x exchange) refused(now time.Time) error {
	said := message(x.body)
	answer := x.answer(said)
	lower := strings.ToLower(said)
	switch code := x.resp.StatusCode; code {
	case http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons:
		if strings.Contains(lower, "integration not found") { // no App of that number
			return &Unauthorized{answer}
		}
		return &Gone{answer}
	case http.StatusUnauthorized:
		return &Unauthorized{answer}
	case http.StatusTooManyRequests:
		return &Limited{Answer: answer, Until: named(x.resp.Header, now)}
	case http.StatusForbidden:
		switch {
		case overLimit(x.resp.Header, said):
			return &Limited{Answer: answer, Until: named(x.resp.Header, now)}
		case strings.Contains(lower, "is locked"), strings.Contains(lower, "archived"):
			return &Rejected{answer} // no one may write there
		case strings.Contains(lower, "suspended"):
			return &Gone{answer}
		}
		return &Denied{Answer: answer, Permission: x.permission()}
	case http.StatusRequestTimeout, http.StatusConflict:
		return &Temporary{answer}
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		answer.heavy = x.reads() // GitHub gives up after ten seconds
		return &Temporary{answer}
	default:
		// A push isn't visible everywhere at once, and another one may follow it.
		if code >= 500 || strings.Contains(lower, "no commit found for sha") || strings.Contains(lower, "try the merge again") {
			return &Temporary{answer}
		}
		return &Rejected{answer}
	}
}

// permission is the one that GitHub's answer names, or else its reference.
func (x exchange) permission() string {
	if wanted := x.resp.Header.Get("X-Accepted-GitHub-Permissions"); wanted != "" {
		return Tidy(wanted)
	}
	return endpoints[x.endpoint]
}

// cost is the points that a query reports.
func (x exchange) cost() int {
	if x.said.Data == nil {
		return 0
	}
	return max(x.said.Data.RateLimit.Cost, 0)
}

// reads reports whether it's a query. A mutation may have been made even if GitHub gave up
// on it.
func (x exchange) reads() bool {
	return x.endpoint == graphqlEndpoint && x.request.Context().Value(mutation{}) == nil
}
