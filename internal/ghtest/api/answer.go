package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// obj is a JSON object.
type obj = map[string]any

// Answer collects an answer before any byte of it is sent.
type Answer struct {
	Route   string
	ghes    bool
	request []byte // the body of the request
	Actor   world.Actor
	bucket  *bucket
	weight  Weight
	Header  http.Header
	Status  int
	Body    []byte
}

// Raw is an answer that is not JSON.
type Raw struct {
	ContentType string
	Data        []byte
}

// QueryError is an entry of "errors" as GitHub's GraphQL API words it.
type QueryError struct{ Kind, Message string }

func (e *QueryError) Error() string { return e.Message }

// Weight is what a query requests at most, as GitHub counts it before it runs one ("Rate limits and query limits for the GraphQL
// API"): the nodes of all lists, and the requests that would fetch each list by itself.
type Weight struct{ Nodes, Requests int }

// maxNodes is what one query may request.
const maxNodes = 500_000

// Points are a request for each hundred, at least one.
func (w Weight) Points() int { return max(1, (w.Requests+50)/100) }

// Refused is GitHub's error for a query that requests too many nodes (semantic-release/github#911); it has no data.
func (w Weight) Refused() error {
	if w.Nodes <= maxNodes {
		return nil
	}
	return &QueryError{Kind: "MAX_NODE_LIMIT_EXCEEDED", Message: fmt.Sprintf("This query requests up to %s possible nodes which exceeds the maximum limit of %s.", grouped(w.Nodes), grouped(maxNodes))}
}

// grouped writes 606800 as 606,800.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// points are what a GraphQL query cost, 0 for any other request.
func (p *Answer) points() int {
	if p.bucket == nil || p.bucket.resource != "graphql" {
		return 0
	}
	return p.weight.Points()
}

// finish encodes what a handler returned.
func (p *Answer) finish(status int, result any, err error) {
	p.Status = status
	var apiErr *world.Refusal
	var queryErr *QueryError
	switch {
	case errors.As(err, &queryErr): // GraphQL reports spent points with status 200
		result = obj{"errors": []obj{{"type": queryErr.Kind, "message": queryErr.Message}}}
	case errors.As(err, &apiErr):
		p.Status, result = apiErr.Status, p.refusal(apiErr)
	case err != nil:
		p.Status, result = http.StatusInternalServerError, obj{"message": err.Error()}
	}
	p.Header.Set("Content-Type", "application/json; charset=utf-8")
	switch v := result.(type) {
	case nil:
		p.Header.Del("Content-Type")
	case Raw:
		p.Header.Set("Content-Type", v.ContentType)
		p.Body = v.Data
	default:
		data, err := json.Marshal(result)
		if err != nil { // a handler built something that JSON cannot have: our fault
			p.Status, data = http.StatusInternalServerError, []byte(`{"message":"encoding the answer"}`)
		}
		p.Body = data
	}
}

// refusal is the body of an answer that refuses.
func (p *Answer) refusal(e *world.Refusal) obj {
	docs := e.Docs
	if docs == "" {
		docs = "https://docs.github.com/rest"
	}
	o := obj{"message": e.Message, "documentation_url": docs, "status": strconv.Itoa(e.Status)}
	if e.Errors != nil {
		o["errors"] = e.Errors
	}
	if to := p.Header.Get("Location"); to != "" {
		o["url"] = to
	}
	return o
}

// etag answers a conditional GET; the tag depends on the token, as GitHub's does.
func (p *Answer) etag(r *http.Request) {
	if r.Method != http.MethodGet || p.Status != http.StatusOK {
		return
	}
	h := sha256.New()
	_, _ = io.WriteString(h, r.Header.Get("Authorization")+"\x00"+r.Header.Get("Accept")+"\x00")
	h.Write(p.Body)
	tag := `W/"` + hex.EncodeToString(h.Sum(nil)) + `"`
	p.Header.Set("ETag", tag)
	p.Header.Set("Cache-Control", "private, max-age=60, s-maxage=60")
	p.Header.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
	if match := r.Header.Get("If-None-Match"); match != "" && strings.TrimPrefix(match, "W/") == strings.TrimPrefix(tag, "W/") {
		p.Status, p.Body = http.StatusNotModified, nil
		p.Header.Del("Content-Type")
	}
}

// send writes the collected answer.
func (p *Answer) send(w http.ResponseWriter) {
	for k, v := range p.Header {
		w.Header()[k] = v
	}
	if p.Status != http.StatusNotModified && p.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(p.Body)))
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.Body) // the client went away
}
