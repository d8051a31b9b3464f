package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody is the largest answer that is read, in bytes. A page of 100 changed
// files with their patches has some megabytes.
const maxBody = 32 << 20

// wire is the one place where requests leave and answers come in. It reads the
// whole answer within the timeout, counts it, and lets only those pass that
// make sense; everything else becomes one of the errors of this package.
type wire struct {
	app          *App
	installation int64 // 0: the App itself
	budget       *budget
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint := w.app.endpoint(r)
	resp, err := w.send(r)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body) // in memory already
	}
	if err == nil {
		x := exchange{endpoint: endpoint, request: r, resp: resp, body: body}
		if endpoint == graphqlEndpoint {
			x.said, x.unread = readAnswer(body)
		}
		w.count(x)
		err = w.check(x)
	} else if failed, ok := errors.AsType[*Temporary](err); ok {
		failed.Endpoint = endpoint
	}
	w.app.metrics.calls.WithLabelValues(endpoint, result(resp, err)).Inc()
	if err != nil {
		return nil, err
	}
	// go-github would count the points of GraphQL as requests, and refuse to
	// send when they are spent.
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		resp.Header.Del(name)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// send brings the whole answer into memory.
func (w *wire) send(r *http.Request) (*http.Response, error) {
	timeout := w.app.cfg.Timeout
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	explain := func(doing string, err error) error {
		switch {
		case r.Context().Err() != nil:
			return r.Context().Err()
		case ctx.Err() != nil:
			return &Temporary{Answer{Message: fmt.Sprintf("no answer within %s", timeout), timeout: true}}
		}
		return &Temporary{Answer{Message: doing + ": " + tidy(err.Error())}}
	}
	resp, err := w.app.cfg.Transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, explain("sending the request", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, explain("reading the answer", err)
	case len(body) > maxBody:
		return nil, &Temporary{Answer{Message: fmt.Sprintf("the answer is longer than %d bytes", maxBody)}}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
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

// check tells what the answer means.
func (w *wire) check(x exchange) error {
	switch code := x.resp.StatusCode; {
	case code == http.StatusNotModified && x.request.Header.Get("If-None-Match") != "":
		return nil
	case code >= 300 && code < 400:
		return x.redirected()
	case code >= 400:
		return x.refused(w.app.cfg.Now())
	case code == http.StatusNoContent && x.endpoint == deleteRef:
		return nil
	case strings.Contains(x.request.Header.Get("Accept"), ".raw"):
		return nil // its reader knows the hash
	case len(x.body) == 0:
		return &Temporary{x.answer("an empty answer")}
	case !strings.Contains(x.resp.Header.Get("Content-Type"), "json"):
		return &Temporary{x.answer(fmt.Sprintf("the answer is %q, not JSON: %s", tidy(x.resp.Header.Get("Content-Type")), message(x.body)))}
	case !x.valid() || !strings.ContainsRune("{[", rune(bytes.TrimLeft(x.body, " \t\r\n")[0])):
		return &Temporary{x.answer("the answer is broken JSON, perhaps cut off: " + tidy(string(x.body[:min(len(x.body), 100)])))}
	case x.limited():
		return &Limited{Answer: x.answer(message(x.body)), Until: named(x.resp.Header, w.app.cfg.Now())}
	case x.endpoint == graphqlEndpoint:
		return x.graphql(w.app.cfg.Now())
	}
	return nil
}

// valid tells whether the body is JSON. Large ones take their time.
func (x exchange) valid() bool {
	if x.endpoint == graphqlEndpoint {
		_, broken := errors.AsType[*json.SyntaxError](x.unread)
		return !broken
	}
	return json.Valid(x.body)
}

// limited tells whether an answer 200 is a secondary limit: a message and nothing
// of what was asked for ("Rate limits for the GraphQL API"). A commit has a message
// as well.
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

// redirected lets a GET follow on the same host, where a renamed repository
// leads. Anywhere else the token would go to a stranger, and a write would
// turn into something else.
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
	return &Temporary{x.answer("redirected to " + tidy(where.String()) + ", which is not followed: is the address of the API right?")}
}

// refused is the error for an answer of 400 and above.
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
			return &Rejected{answer} // it is the place that takes no writes, from anybody
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
		// A push does not show everywhere at once, and another one may come between.
		if code >= 500 || strings.Contains(lower, "no commit found for sha") || strings.Contains(lower, "try the merge again") {
			return &Temporary{answer}
		}
		return &Rejected{answer}
	}
}

// permission is what GitHub says it wants to see, else what its reference says.
func (x exchange) permission() string {
	if wanted := x.resp.Header.Get("X-Accepted-GitHub-Permissions"); wanted != "" {
		return tidy(wanted)
	}
	return endpoints[x.endpoint]
}

// count takes over what is left of the limits, and puts the request on the bill. A
// request for a token is the App's, not its installation's.
func (w *wire) count(x exchange) {
	h, now := x.resp.Header, w.app.cfg.Now()
	if own := strings.HasPrefix(x.request.Header.Get("Authorization"), "token "); own != (w.installation != 0) {
		return
	}
	if left, err := strconv.ParseFloat(h.Get("X-RateLimit-Remaining"), 64); err == nil {
		w.app.metrics.remaining.WithLabelValues(strconv.FormatInt(w.installation, 10), tidy(h.Get("X-RateLimit-Resource"))).Set(left)
	}
	if w.budget != nil {
		w.budget.note(h, now)
	}
	if bill, ok := x.request.Context().Value(billed{}).(*Bill); ok && x.resp.StatusCode != http.StatusNotModified {
		bill.add(1 + x.cost() + 5*chargeOf(x.request, w.app.graphql).content)
	}
}

// cost is the points that a query says it cost.
func (x exchange) cost() int {
	if x.said.Data == nil {
		return 0
	}
	return max(x.said.Data.RateLimit.Cost, 0)
}

// result labels an exchange in the metrics.
func result(resp *http.Response, err error) string {
	if _, limited := errors.AsType[*Limited](err); limited {
		return "limited"
	}
	if failed, ok := errors.AsType[*Temporary](err); ok && failed.timeout {
		return "timeout"
	}
	switch {
	case resp == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return "canceled"
	case resp == nil:
		return "no answer"
	case resp.StatusCode == http.StatusNotModified:
		return "304"
	case err != nil && resp.StatusCode < 300:
		return "bad answer"
	}
	return strconv.Itoa(resp.StatusCode/100) + "xx"
}
