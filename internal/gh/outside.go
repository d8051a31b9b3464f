package gh

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// outside makes requests that belong to no installation: those of a code that GitHub gave a
// browser. It follows no redirect, since a secret would go along.
type outside struct {
	transport http.RoundTripper
	timeout   time.Duration // of all requests together
	userAgent string
}

// newOutside fills in what is left open.
func newOutside(transport http.RoundTripper, timeout, otherwise time.Duration, userAgent string) outside {
	if transport == nil {
		transport = http.DefaultTransport
	}
	if timeout == 0 {
		timeout = otherwise
	}
	return outside{transport, timeout, userAgent}
}

func (o outside) context(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, o.timeout)
}

// do makes a request, and reads at most 1 MB of the answer. Its errors are Temporary, and
// hold nothing of what was sent or answered, which may be a secret.
func (o outside) do(req *http.Request, endpoint string) (answer Answer, body []byte, err error) {
	answer.Endpoint = endpoint
	req.Header.Set("User-Agent", o.userAgent)
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/vnd.github+json")
	}
	resp, err := o.transport.RoundTrip(req)
	switch {
	case req.Context().Err() != nil:
		answer.Message, answer.timeout = fmt.Sprintf("no answer within %s", o.timeout), true
	case err != nil:
		answer.Message = "the connection failed"
	}
	if answer.Message != "" {
		if err == nil {
			resp.Body.Close() // the answer came too late
		}
		return answer, nil, &Temporary{answer}
	}
	defer resp.Body.Close()
	answer.StatusCode = resp.StatusCode
	if body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20)); err != nil {
		return answer, nil, nil // a status alone may say enough
	}
	return answer, body, nil
}
