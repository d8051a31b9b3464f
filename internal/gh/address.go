package gh

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// parseAPI reads the REST API's address. Plain HTTP would show the token to everyone on
// the way, so it's only allowed to this machine.
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
	return nil, fmt.Errorf("%s isn't an API's address: add /api/v3: %s", u, want)
}

// bare reads an address that has only a scheme, a host and a path. Its errors don't show
// the rest, which may hold a secret.
func bare(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("it is not a URL with a host")
	case u.User != nil:
		return nil, fmt.Errorf("%s has a user name or password: leave it out, since the App has a key", shown(u))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("%s is followed by something: leave out everything from ? or #", shown(u))
	}
	return shown(u), nil
}

func shown(u *url.URL) *url.URL { return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path} }

// belong reports whether the API belongs to the server. With only one address set, a bot
// for GitHub Enterprise Server would talk to github.com.
func belong(api *url.URL, server string) error {
	u, err := bare(server)
	if err != nil {
		return fmt.Errorf("reading the address of the GitHub server: %w: want https://github.com or https://HOST", err)
	}
	if api.Host != u.Host && api.Host != "api."+u.Host {
		return fmt.Errorf("the API at %s doesn't belong to the server %s: set both addresses", api.Host, u.Host)
	}
	if api.Scheme != u.Scheme {
		return fmt.Errorf("%s would send tokens in another way than the API at %s does: use %s", u, api, api.Scheme)
	}
	return nil
}

// graphqlURL is https://api.github.com/graphql, or https://HOST/api/graphql on GitHub
// Enterprise Server.
func graphqlURL(api *url.URL) string {
	g := *api
	g.Path = strings.TrimSuffix(api.Path, "v3/") + "graphql"
	return g.String()
}

// serverURL is the address for people and git: the configured one, or the API's host.
func serverURL(api *url.URL, configured string) string {
	if configured != "" {
		return strings.TrimRight(configured, "/")
	}
	return api.Scheme + "://" + strings.TrimPrefix(api.Host, "api.")
}
