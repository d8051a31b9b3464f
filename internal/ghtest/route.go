package ghtest

import (
	"crypto/sha256"
	"encoding/hex"
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

// obj is a JSON object under construction.
type obj = map[string]any

// route is one endpoint: add a line to one of the tables and a handler of that type.
type route struct {
	pattern string // "METHOD /path/{with}/{wildcards}"; {owner} and {repo} are resolved before the handler runs
	need    string // "app" (a JWT), "installation" (its token), or "permission[|permission]:read|write"; "" is anybody
	run     func(*Server, *call) (any, error)
}

// call is one request to a handler, which runs under the server's lock.
type call struct {
	*http.Request
	route  string
	actor  actor
	repo   *Repo  // when the pattern has {owner} and {repo}
	body   []byte // of the request
	ghes   bool   // asked under /api/v3, so that links lead there
	status int    // of the answer, 200 until the handler says otherwise
	header http.Header
	weight weight // of a GraphQL query
	stale  bool   // it's a query in bad weather, and sees what was there at that moment
	sees   time.Time
}

// raw is an answer that is not JSON.
type raw struct {
	contentType string
	data        []byte
}

// apiError is an answer as GitHub words its errors.
type apiError struct {
	Status  int
	Message string
	Errors  []obj
	Header  http.Header
	Docs    string // documentation_url; the top of the reference when empty
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }

func notFound(message string) *apiError {
	if message == "" {
		message = "Not Found"
	}
	return &apiError{Status: 404, Message: message}
}

func forbidden() *apiError {
	return &apiError{Status: 403, Message: "Resource not accessible by integration"}
}

// invalid is a 422; code is missing, missing_field, invalid, already_exists, or custom with a message.
func invalid(resource, field, code, message string) *apiError {
	e := obj{"resource": resource, "field": field, "code": code}
	if message != "" {
		e["message"] = message
	}
	return &apiError{Status: 422, Message: "Validation Failed", Errors: []obj{e}}
}

// noFourBytes is what GitHub says where it keeps three bytes a character: in descriptions of statuses and labels
// (ouzi-dev/commit-status-updater#526, safe-settings#428). Names of labels, titles, bodies and check runs take emoji.
const noFourBytes = "description doesn't accept 4-byte Unicode"

func fourBytes(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF })
}

func (e *apiError) body() obj {
	docs := e.Docs
	if docs == "" {
		docs = "https://docs.github.com/rest"
	}
	o := obj{"message": e.Message, "documentation_url": docs, "status": strconv.Itoa(e.Status)}
	if e.Errors != nil {
		o["errors"] = e.Errors
	}
	if to := e.Header.Get("Location"); to != "" {
		o["url"] = to
	}
	return o
}

// endpoint is a route of this server, its pattern taken apart.
type endpoint struct {
	s        *Server
	rt       route
	method   string
	segments []string
}

// routes is the list of all endpoints. GitHub's paths overlap (issues/comments/{id}, issues/{number}/comments), which
// http.ServeMux refuses; so the first that fits is taken, and {number} and {id} are digits.
func (s *Server) routes() []endpoint {
	var all []endpoint
	for _, table := range [][]route{appRoutes, hookRoutes, teamRoutes, repoRoutes, pullRoutes, pullWriteRoutes, reviewerRoutes, collaboratorRoutes, refRoutes, compareRoutes, contentRoutes, statusRoutes, checkRoutes, commentRoutes, reactionRoutes, issueRoutes, labelRoutes, timelineRoutes, graphqlRoutes} {
		for _, rt := range table {
			method, path, _ := strings.Cut(rt.pattern, " ")
			all = append(all, endpoint{s, rt, method, strings.Split(path[1:], "/")})
		}
	}
	return all
}

// find returns the endpoint of a request and sets its path values, or nil.
func (s *Server) find(r *http.Request) *endpoint {
	path := s.numbered(strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/"))
	for i := range s.endpoints {
		e := &s.endpoints[i]
		if values, ok := e.match(path); ok && e.method == r.Method {
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			return e
		}
	}
	return nil
}

func (e *endpoint) match(path []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, want := range e.segments {
		name, wild := strings.CutPrefix(want, "{")
		name = strings.TrimSuffix(name, "}")
		if rest, ok := strings.CutSuffix(name, "..."); ok && i <= len(path) {
			value, err := url.PathUnescape(strings.Join(path[i:], "/"))
			values[rest] = value
			return values, err == nil
		}
		if i >= len(path) || (!wild && path[i] != want) {
			return nil, false
		}
		if !wild {
			continue
		}
		value, err := url.PathUnescape(path[i])
		if err != nil || value == "" || ((name == "number" || name == "id") && strings.Trim(value, "0123456789") != "") {
			return nil, false
		}
		values[name] = value
	}
	return values, len(path) == len(e.segments)
}

// serve runs the endpoint.
func (e *endpoint) serve(resp *response, r *http.Request) {
	resp.route = e.rt.pattern
	c := &call{Request: r, route: e.rt.pattern, body: resp.request, ghes: resp.ghes, status: http.StatusOK, header: resp.header}
	result, err := e.locked(resp, c)
	resp.finish(c.status, result, err)
}

// locked authenticates and runs the handler; the answer is encoded later, without the lock.
func (e *endpoint) locked(resp *response, c *call) (any, error) {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	var err error
	if c.actor, err = e.s.authenticate(c.Header); err != nil {
		return nil, err
	}
	resp.actor = c.actor
	if err := e.s.spend(resp, c); err != nil {
		return nil, err
	}
	if err := e.allowed(c); err != nil {
		return nil, err
	}
	result, err := e.rt.run(e.s, c)
	resp.weight = c.weight
	return result, err
}

func (e *endpoint) allowed(c *call) error {
	switch {
	case e.rt.need == "app" && !c.actor.app:
		return unauthorized("A JSON web token could not be decoded")
	case e.rt.need == "app" || e.rt.need == "":
	case e.rt.need == "installation":
		if c.actor.installation() == 0 {
			return forbidden()
		}
		return nil
	case c.actor.app:
		return forbidden()
	}
	if c.PathValue("owner") != "" {
		name := strings.ToLower(c.PathValue("owner") + "/" + c.PathValue("repo"))
		c.repo = e.s.repos[name]
		if to := e.s.renamed[name]; to != nil && c.repo == nil && (c.actor.app || c.actor.sees(to)) {
			return e.s.moved(c, to)
		}
		if c.repo == nil || (!c.actor.app && !c.actor.sees(c.repo)) {
			return notFound("")
		}
	}
	if e.rt.need == "app" {
		return nil
	}
	if !c.actor.may(e.rt.need) {
		if c.actor.anonymous() {
			return unauthorized("Requires authentication")
		}
		return forbidden()
	}
	return nil
}

// decode reads the JSON body of a request.
func (c *call) decode(v any) error {
	err := json.Unmarshal(c.body, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return &apiError{Status: 422, Message: "Invalid request.\n\nFor '" + wrong.Field + "', " + wrong.Value + " is not a " + wrong.Type.String() + "."}
	case err != nil:
		return &apiError{Status: 400, Message: "Problems parsing JSON"}
	}
	return nil
}

// number reads a decimal path value; what is none does not exist.
func (c *call) number(name string) (int64, error) {
	n, err := strconv.ParseInt(c.PathValue(name), 10, 64)
	if err != nil {
		return 0, notFound("")
	}
	return n, nil
}

// writer is the account under which the actor writes.
func (c *call) writer() *user { return c.actor.token.user }

// byApp reports whether the App itself writes.
func (c *call) byApp() bool { return c.actor.installation() != 0 }

// response collects an answer before any byte of it is sent.
type response struct {
	route   string
	ghes    bool
	request []byte // the body of the request
	actor   actor
	bucket  *bucket
	weight  weight
	header  http.Header
	status  int
	body    []byte
}

// finish encodes what a handler returned.
func (p *response) finish(status int, result any, err error) {
	p.status = status
	var apiErr *apiError
	var queryErr *graphqlError
	switch {
	case errors.As(err, &queryErr): // spent points: GraphQL has status 200 for that
		result = obj{"errors": []obj{{"type": queryErr.kind, "message": queryErr.message}}}
	case errors.As(err, &apiErr):
		p.status, result = apiErr.Status, apiErr.body()
		for k, v := range apiErr.Header {
			p.header[k] = v
		}
	case err != nil:
		p.status, result = http.StatusInternalServerError, obj{"message": err.Error()}
	}
	p.header.Set("Content-Type", "application/json; charset=utf-8")
	switch v := result.(type) {
	case nil:
		p.header.Del("Content-Type")
	case raw:
		p.header.Set("Content-Type", v.contentType)
		p.body = v.data
	default:
		data, err := json.Marshal(result)
		if err != nil { // a handler built something that is no JSON: our fault
			p.status, data = http.StatusInternalServerError, []byte(`{"message":"encoding the answer"}`)
		}
		p.body = data
	}
}

// etag answers a conditional GET; the tag depends on the token, as GitHub's does.
func (p *response) etag(r *http.Request) {
	if r.Method != http.MethodGet || p.status != http.StatusOK {
		return
	}
	h := sha256.New()
	_, _ = io.WriteString(h, r.Header.Get("Authorization")+"\x00"+r.Header.Get("Accept")+"\x00")
	h.Write(p.body)
	tag := `W/"` + hex.EncodeToString(h.Sum(nil)) + `"`
	p.header.Set("ETag", tag)
	p.header.Set("Cache-Control", "private, max-age=60, s-maxage=60")
	p.header.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
	if match := r.Header.Get("If-None-Match"); match != "" && strings.TrimPrefix(match, "W/") == strings.TrimPrefix(tag, "W/") {
		p.status, p.body = http.StatusNotModified, nil
		p.header.Del("Content-Type")
	}
}
