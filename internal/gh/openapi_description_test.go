package gh_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

type restDescription struct{ router routers.Router }

func loadREST(t *testing.T, path string) restDescription {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	trial.OK(t, err)
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	trial.OK(t, err)
	return restDescription{router}
}

func (d restDescription) check(x ghtest.Exchange) error {
	address := strings.Replace(x.Request.URL.String(), "/api/v3", "", 1)
	if before, of, found := strings.Cut(address, "/heads/"); found && strings.HasSuffix(x.Route, "{ref...}") {
		address = before + "/heads%2F" + of // the description has no names with slashes
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	r := x.Request.Clone(context.Background())
	r.URL, r.Body = u, io.NopCloser(bytes.NewReader(x.RequestBody))
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return fmt.Errorf("finding the route: %w", err)
	}
	for name, value := range params {
		if params[name], err = url.PathUnescape(value); err != nil {
			return err
		}
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true,
		MultiError: true,
	}
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return strings.Join(err.JSONPointer(), "/") + ": " + err.Reason
	})
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if err := unknownFields(route, x.RequestBody); err != nil {
		return err
	}
	// What is refused may well be wrong; that it was sent is tested elsewhere.
	if x.Status < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	if strings.Contains(x.Request.Header.Get("Accept"), ".raw") && x.Status == http.StatusOK {
		return nil // described as JSON alone
	}
	if x.Status >= 400 && route.Operation.Responses.Status(x.Status) == nil { // the description leaves some out
		return basicError(x.Body)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: x.Status, Header: x.Header, Body: io.NopCloser(bytes.NewReader(x.Body)), Options: input.Options,
	})
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

func basicError(body []byte) error {
	var said struct {
		Message          string
		DocumentationURL string `json:"documentation_url"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Message == "" || said.DocumentationURL == "" {
		return fmt.Errorf("answer: not an error of GitHub's form: %w", err)
	}
	return nil
}

// unknownFields finds what a request says that the description does not name:
// GitHub would ignore it.
func unknownFields(route *routers.Route, body []byte) error {
	var sent map[string]json.RawMessage
	if json.Unmarshal(body, &sent) != nil {
		return nil
	}
	described := route.Operation.RequestBody.Value.Content.Get("application/json").Schema.Value
	known := map[string]bool{}
	for _, s := range append(openapi3.SchemaRefs{{Value: described}}, slices.Concat(described.OneOf, described.AnyOf, described.AllOf)...) {
		for name := range s.Value.Properties {
			known[name] = true
		}
	}
	for name := range sent {
		if !known[name] && len(known) > 0 {
			return fmt.Errorf("request: %q is not described", name)
		}
	}
	return nil
}
