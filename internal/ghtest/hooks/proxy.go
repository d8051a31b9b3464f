package hooks

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Proxy plays a name of the DNS and a reverse proxy: what goes to a public address, such as https://bot.example.org, is sent to a
// local one.
func (h *Hooks) Proxy(public, local string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.proxies == nil {
		h.proxies = map[string]string{}
	}
	h.proxies[public] = local
}

// behind is where a webhook for an address is sent. Nothing leaves this machine.
func (h *Hooks) behind(address string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for public, local := range h.proxies {
		if path, found := strings.CutPrefix(address, public); found {
			return local + path, nil
		}
	}
	if u, err := url.Parse(address); err == nil && world.PublicAddress(address) == nil && u.Host != "" {
		return "", fmt.Errorf("lookup %s: no such host", u.Hostname())
	}
	return address, nil
}
