package main

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// browser is a Chromium in front of the setup, or of the pages. It keeps what went wrong
// there.
type browser struct {
	*testing.T
	ctx    context.Context
	series string // of pictures
	host   string // that may be asked besides this machine; "" for none
	axe    string // script of axe-core, which finds what keeps people with disabilities out; "" where it isn't at hand

	mu     sync.Mutex
	faults []string // messages of the console, and requests to other machines
}

// newBrowser starts Chromium for a long test, or skips the test where there is none. Other
// tests ask for the same pages without a browser.
func newBrowser(t *testing.T, series string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	if !(suite.Sizes[bool]{Long: true, Full: true}).Size() {
		t.Skip("a browser takes a while: CONCORDE_TEST=long")
	}
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium: nothing is tried in a browser")
	}
	profile, err := os.MkdirTemp("", "concorde-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // its last processes still write when the first has ended
		eventually(t, "the browser's files to be gone", func() bool { return os.RemoveAll(profile) == nil })
	})
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(program), chromedp.UserDataDir(profile),
		chromedp.WSURLReadTimeout(2*time.Minute))
	options = append(options, more...)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // otherwise its processes are killed
			t.Log(err)
		}
	})
	b := &browser{T: t, ctx: ctx, series: series}
	if path := os.Getenv("CONCORDE_AXE"); path != "" {
		script, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b.axe = string(script)
	}
	chromedp.ListenTarget(ctx, b.listen)
	if err := chromedp.Run(ctx, log.Enable(), network.Enable(), runtime.Enable()); err != nil { // the browser ends with this context
		t.Fatal(err)
	}
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
			b.faults = append(b.faults, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, e.ExceptionDetails.Error())
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL) // data: is Chromium's own icon of a field
		if err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" && u.Hostname() != b.host {
			b.faults = append(b.faults, "a request to "+e.Request.URL)
		}
	}
}

func (b *browser) do(actions ...chromedp.Action) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// try runs actions that may hang while a page goes away: then the caller tries again.
func (b *browser) try(actions ...chromedp.Action) error {
	ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
	defer stop()
	return chromedp.Run(ctx, actions...)
}

// reach waits until a page has an element.
func (b *browser) reach(selector string) {
	b.Helper()
	within(b.T, 4*time.Minute, selector, func() bool {
		var there bool
		err := b.try(chromedp.Evaluate("!!document.querySelector(`"+selector+"`)", &there))
		return err == nil && there
	})
}

// press clicks once, and waits for an element of the next page.
func (b *browser) press(selector, next string) {
	b.Helper()
	if err := b.try(chromedp.Evaluate("document.querySelector(`"+selector+"`).click()", nil)); err != nil {
		b.Logf("pressing %s: %v", selector, err)
	}
	b.reach(next)
}

// fill writes into a field.
func (b *browser) fill(selector, text string) {
	b.Helper()
	b.do(chromedp.Evaluate("document.querySelector(`"+selector+"`).value = `"+text+"`", nil))
}

// open loads a page until it is as it should be. The page before may load itself again
// meanwhile.
func (b *browser) open(address, right string) {
	b.Helper()
	within(b.T, 4*time.Minute, "the page to be right: "+right, func() bool {
		var is bool
		err := b.try(chromedp.Navigate(address), chromedp.Evaluate(right, &is))
		return err == nil && is
	})
}

// text is what a part of the page shows.
func (b *browser) text(selector string) (text string) {
	b.Helper()
	b.do(chromedp.Evaluate("document.querySelector(`"+selector+"`).innerText", &text))
	return text
}

// fits tries the page as on a phone and on a desk, in the light and in the dark: nothing
// scrolls sideways, and the text is there.
func (b *browser) fits(step string) {
	b.Helper()
	within(b.T, 4*time.Minute, "the page to be loaded, with its style", func() bool {
		var loaded bool
		err := b.try(chromedp.Evaluate(`document.readyState == "complete"`, &loaded))
		return err == nil && loaded
	})
	for _, width := range []int64{390, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			var wide bool
			var colors []string
			b.do(emulation.SetDeviceMetricsOverride(width, 800, 1, width < 600),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide),
				chromedp.Evaluate(`[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]`, &colors))
			if wide {
				b.Errorf("%s: %d pixels are too few", step, width)
			}
			want := []string{"rgb(31, 35, 40)", "rgb(255, 255, 255)"}
			if scheme == "dark" {
				want = []string{"rgb(240, 246, 252)", "rgb(13, 17, 23)"}
			}
			if !slices.Equal(colors, want) {
				b.Errorf("%s: in the %s, the colors are %v", step, scheme, colors)
			}
			b.accessible(step + ", " + scheme)
			b.picture(step + "-" + scheme + "-" + map[bool]string{true: "phone", false: "desk"}[width < 600])
		}
	}
}

// accessible has axe-core look at the page, by the rules of WCAG 2.2 and its own.
func (b *browser) accessible(step string) {
	b.Helper()
	if b.axe == "" {
		return
	}
	var result struct {
		Passed int
		Faults []string
	}
	wait := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	b.do(chromedp.Evaluate(b.axe+"\n;0", nil), chromedp.Evaluate(`axe.run().then(r => ({Passed: r.passes.length,
		Faults: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html).join(" "))}))`, &result, wait))
	if result.Passed == 0 {
		b.Errorf("%s: axe-core found nothing to look at", step)
	}
	for _, fault := range result.Faults {
		b.Errorf("%s: %s", step, fault)
	}
}

// kept are the pictures in docs/pictures, which make pictures takes again.
var kept = map[string]string{
	"pages-overview-light-desk":   "overview",
	"pages-repository-light-desk": "repository",
	"pages-original-light-desk":   "pull-request",
	"pages-original-dark-phone":   "pull-request-phone",
	"pages-backports-light-desk":  "backports",
	"pages-stages-light-desk":     "stages",
	"pages-life-cycle-light-desk": "life-cycle",
	"pages-settings-light-desk":   "settings",

	"releases-regressions-light-desk": "regressions",
	"releases-releases-light-desk":    "releases",
}

// picture keeps one for people, where they ask for it: of the whole page, or for the
// documents of what a window shows.
func (b *browser) picture(name string) {
	b.Helper()
	if file := kept[b.series+"-"+name]; file != "" && os.Getenv("CONCORDE_PICTURES_OF_DOCS") != "" {
		var image []byte
		b.do(chromedp.CaptureScreenshot(&image))
		if err := os.WriteFile(filepath.Join("../../docs/pictures", file+".png"), image, 0o644); err != nil {
			b.Error(err)
		}
	}
	dir := os.Getenv("CONCORDE_PICTURES")
	if dir == "" {
		return
	}
	var image []byte
	b.do(chromedp.FullScreenshot(&image, 100))
	if err := os.WriteFile(filepath.Join(dir, b.series+"-"+name+".png"), image, 0o644); err != nil {
		b.Error(err)
	}
}

// push makes a branch of eric's with one change.
func push(t *testing.T, repo *ghtest.Repo) string {
	t.Helper()
	fix := ghtest.Commit{Message: "Fix", Author: "eric", Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import sys\n\n")}}
	if _, err := repo.Push("eric:fix", fix); err != nil {
		t.Fatal(err)
	}
	return "eric:fix"
}
