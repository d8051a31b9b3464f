package gh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The largest answers that are read, in bytes. A page of 100 changed files with their
// patches takes some megabytes. What a query would bring beyond maxAnswer is asked for in
// smaller parts: strangers can fill a page of comments with 100 times 65,536 characters, for
// each of which JSON may take six bytes.
const (
	maxBody   = 32 << 20
	maxAnswer = 12 << 20
)

// wire is the only place where requests leave and answers arrive. It reads the whole
// answer within the timeout, counts it, and returns one of this package's errors unless
// the answer makes sense.
type wire struct {
	*site
	installation int64 // 0: the App itself
	budget       *budget
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint := w.endpoint(r)
	resp, body, err := w.send(r)
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
	w.metrics.calls.WithLabelValues(endpoint, result(resp, err)).Inc()
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

// send reads the whole answer into memory.
func (w *wire) send(r *http.Request) (*http.Response, []byte, error) {
	timeout := w.cfg.Timeout
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	explain := func(doing string, err error) error {
		switch {
		case r.Context().Err() != nil:
			return r.Context().Err()
		case ctx.Err() != nil:
			return TimedOut(fmt.Sprintf("no answer within %s", timeout))
		}
		return &Temporary{Answer{Message: doing + ": " + Tidy(err.Error())}}
	}
	resp, err := w.cfg.Transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, nil, explain("sending the request", err)
	}
	defer resp.Body.Close()
	query := exchange{endpoint: w.endpoint(r), request: r}.reads()
	most := maxBody
	if query {
		most = maxAnswer
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	switch {
	case err != nil:
		return nil, nil, explain("reading the answer", err)
	case len(body) > most:
		return nil, nil, &Temporary{Answer{Message: fmt.Sprintf("the answer is longer than %d bytes", most), heavy: query}}
	}
	return resp, body, nil
}

// check returns the error that the answer means.
func (w *wire) check(x exchange) error {
	switch code := x.resp.StatusCode; {
	case code == http.StatusNotModified && x.request.Header.Get("If-None-Match") != "":
		return nil
	case code >= 300 && code < 400:
		return x.redirected()
	case code >= 400:
		return x.refused(w.cfg.Now())
	case code == http.StatusNoContent && x.request.Method == http.MethodDelete:
		return nil
	case strings.Contains(x.request.Header.Get("Accept"), ".raw"):
		return nil // its reader knows the hash
	case len(x.body) == 0:
		return &Temporary{x.answer("an empty answer")}
	case !strings.Contains(x.resp.Header.Get("Content-Type"), "json"):
		return &Temporary{x.answer(fmt.Sprintf("the answer is %q, not JSON: %s", Tidy(x.resp.Header.Get("Content-Type")), message(x.body)))}
	case !x.valid() || !strings.ContainsRune("{[", rune(bytes.TrimLeft(x.body, " \t\r\n")[0])):
		return &Temporary{x.answer("the answer is broken JSON, perhaps cut off: " + Tidy(string(x.body[:min(len(x.body), 100)])))}
	case x.limited():
		return &Limited{Answer: x.answer(message(x.body)), Until: named(x.resp.Header, w.cfg.Now())}
	case x.endpoint == graphqlEndpoint:
		return x.graphql(w.cfg.Now())
	}
	return nil
}

// count notes what is left of the limits, and adds the request to the bill. A request for
// a token is the App's, not its installation's.
func (w *wire) count(x exchange) {
	h, now := x.resp.Header, w.cfg.Now()
	if own := strings.HasPrefix(x.request.Header.Get("Authorization"), "token "); own != (w.installation != 0) {
		return
	}
	if left, err := strconv.ParseFloat(h.Get("X-RateLimit-Remaining"), 64); err == nil {
		w.metrics.remaining.WithLabelValues(strconv.FormatInt(w.installation, 10), Tidy(h.Get("X-RateLimit-Resource"))).Set(left)
	}
	if w.budget != nil {
		w.budget.note(h, now)
	}
	if bill, ok := x.request.Context().Value(billed{}).(*Bill); ok && x.resp.StatusCode != http.StatusNotModified {
		bill.add(1 + x.cost() + 5*chargeOf(x.request, w.graphql).writes())
	}
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
