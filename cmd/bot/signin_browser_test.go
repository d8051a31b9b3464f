package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestSignInInABrowser: what people see who sign in, refuse to, or come back too late, and
// what they can do then, on a phone and on a desk, in the light and in the dark.
func TestSignInInABrowser(t *testing.T) {
	g := newGate(t, true)
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(g.pages)
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(proxy.Close)
	b := newBrowser(t, "sign-in", chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP bot.example.org "+strings.TrimPrefix(proxy.URL, "https://")))
	b.mu.Lock()
	b.host = "bot.example.org"
	b.mu.Unlock()
	g.ok(g.repo.Collaborator("carol", "triage"))
	g.github.SignIn("carol")

	says := func(text string) string {
		return fmt.Sprintf("document.querySelector('main')?.innerText.includes(%q)", text)
	}
	page := publicPages + g.pull()
	b.open(page, says("Sign in to see this page"))
	b.fits("signed-out")
	b.press("main a[href^='/sign-in']", "#submit")
	b.fill("input[name=authorize]", "0")
	b.press("#submit", "main .sentence")
	b.open(b.address(), says("This sign-in has expired")) // a code or refusal counts once
	b.fits("stale")
	b.open(publicPages+"/sign-in?back=/docs", "!!document.querySelector('#submit')")
	b.fill("input[name=authorize]", "0")
	b.press("#submit", "main .sentence")
	b.fits("refused")
	if text := b.text("main"); !strings.Contains(text, "You aren't signed in") {
		t.Errorf("refused: %s", text)
	}

	b.open(publicPages+"/sign-in?back="+g.pull(), "!!document.querySelector('#submit')")
	b.press("#submit", "form[action$='/hold']")
	b.fits("signed-in")
	b.press("form[action$='/replay'] button", "#writes")
	b.fits("replay")
	b.open(page, says("Put on hold"))
	b.do(chromedp.Evaluate("document.querySelector('details').open = true", nil))
	b.fits("hold")
	b.fill("input[name=why]", "the buildbots are red")
	b.press("form[action$='/hold'] button", "form[action$='/check']")
	within(t, 4*time.Minute, "the form to be sent", func() bool { return strings.HasSuffix(b.address(), "?checking=1") })
	b.open(page, says("On hold, by carol: the buildbots are red."))
	b.fits("held")

	b.open(publicPages+"/my-feed", says("You have no feed"))
	b.fits("no-feed")
	b.press("main form button", "code.address")
	b.fits("feed")
	b.open(publicPages, says("Who runs which version"))
	b.fits("overview")
	b.open(publicPages+"/python/absent", says("knows nothing of this repository"))
	b.fits("absent")
	ended := network.SetCookie("__Host-concorde", "ended").WithURL(publicPages).WithPath("/").WithSecure(true).WithHTTPOnly(true)
	b.do(ended)
	b.open(page, says("Sign in to see this page"))
	b.fits("ended")
	for _, fault := range b.faults {
		if !strings.Contains(fault, fmt.Sprint(http.StatusUnauthorized)) && !strings.Contains(fault, "403") && !strings.Contains(fault, "404") {
			t.Error(fault)
		}
	}
}

// address is that of the page.
func (b *browser) address() (address string) {
	b.Helper()
	b.do(chromedp.Location(&address))
	return address
}
