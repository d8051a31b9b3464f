package setup

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/web"
)

// origin is the address that a request was sent to, such as "http://127.0.0.1:8080", or
// "" if the setup isn't served there: under an attacker's name (DNS rebinding), or from
// another machine without TLS, over which keys would travel in the clear.
func (w *Wizard) origin(r *http.Request) string {
	if scheme, host, found := strings.Cut(w.publicOrigin(), "://"); found && strings.EqualFold(r.Host, host) {
		return scheme + "://" + host
	}
	if web.Loopback(r.Host) {
		return "http://" + r.Host
	}
	return ""
}

// publicOrigin is the bot's public address without a path, as browsers send it in Origin,
// or "" if it isn't known.
func (w *Wizard) publicOrigin() string {
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// publicURL parses the bot's public address. The page shows its fault.
func (w *Wizard) publicURL(text string) (*url.URL, string) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(text), "/"))
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(text) > 500:
		return nil, "Enter the address at which GitHub reaches the bot, such as https://bot.example.org."
	case u.Scheme != "https":
		return nil, "The address must start with https://: what GitHub sends may be about private repositories."
	case !w.reachable(u.Hostname()):
		return nil, "GitHub doesn't send webhooks to this address, since the Internet can't reach it. While developing, use a tunnel, " +
			"as described below."
	}
	return u, ""
}

// reachable reports whether GitHub may accept a host for a webhook. It rejects localhost
// ("isn't reachable over the public Internet": private-mirrors#387); a GitHub
// Enterprise Server may well be in the same private network.
func (w *Wizard) reachable(host string) bool {
	host = strings.ToLower(host)
	ip := net.ParseIP(host)
	switch {
	case web.Loopback(host), strings.HasSuffix(host, ".localhost"), ip != nil && ip.IsUnspecified():
		return false
	case w.enterprise():
		return true
	case ip != nil:
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".local") && !strings.HasSuffix(host, ".internal")
}

// enterprise reports whether this is a GitHub Enterprise Server.
func (w *Wizard) enterprise() bool {
	u, err := url.Parse(w.ServerURL)
	return err == nil && !strings.EqualFold(u.Hostname(), "github.com")
}
