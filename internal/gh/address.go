package gh

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// parseAPI reads the address of the REST API. Plain HTTP would show the token
// to everybody on the way, so only this machine may be spoken to like that.
func parseAPI(address string) (*url.URL, error) {
	const want = "want https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server"
	u, err := bare(address)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the API: %w: %s", err, want)
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	host := strings.ToLower(u.Hostname())
	local := host == "localhost" || host == "127.0.0.1" || host == "::1"
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return nil, fmt.Errorf("%s would send tokens in the clear: use https", u)
	case strings.HasPrefix(host, "api."), strings.HasSuffix(u.Path, "/api/v3/"), local && u.Path != "/":
		return u, nil
	}
	return nil, fmt.Errorf("%s is not the address of an API: add /api/v3: %s", u, want)
}

// bare reads an address of nothing but scheme, host and path. The errors show
// nothing else of it: somebody may have put a secret there.
func bare(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("it is not a URL with a host")
	case u.User != nil:
		return nil, fmt.Errorf("a user or password comes with %s: leave it out, the App has a key", shown(u))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("something comes after %s: leave out what starts with ? or #", shown(u))
	}
	return shown(u), nil
}

func shown(u *url.URL) *url.URL { return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path} }

// belong reports whether the API is that of the server: who runs GitHub
// Enterprise Server and sets one address alone would talk to github.com.
func belong(api *url.URL, server string) error {
	u, err := bare(server)
	if err != nil {
		return fmt.Errorf("reading the address of the GitHub server: %w: want https://github.com or https://HOST", err)
	}
	if api.Host != u.Host && api.Host != "api."+u.Host {
		return fmt.Errorf("the API at %s is not that of the server %s: set both addresses", api.Host, u.Host)
	}
	if api.Scheme != u.Scheme {
		return fmt.Errorf("%s would send tokens in another way than the API at %s does: use %s", u, api, api.Scheme)
	}
	return nil
}

// graphqlURL is https://api.github.com/graphql; on GitHub Enterprise Server
// https://HOST/api/graphql.
func graphqlURL(api *url.URL) string {
	g := *api
	g.Path = strings.TrimSuffix(api.Path, "v3/") + "graphql"
	return g.String()
}

// serverURL is where people and git go, as configured, or the host of the API.
func serverURL(api *url.URL, configured string) string {
	if configured != "" {
		return strings.TrimRight(configured, "/")
	}
	return api.Scheme + "://" + strings.TrimPrefix(api.Host, "api.")
}
