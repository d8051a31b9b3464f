package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestRememberedSettings: however many accounts install the App and bring the largest files,
// what's remembered of them is bounded. Repositories with small files stay.
func TestRememberedSettings(t *testing.T) {
	s := &settings{central: config.Preset(), now: time.Now, build: func(config.Rules) []pull.Rule { return nil }, remembered: newRemembered()}
	large := make([]byte, yamlfile.MaxSize)
	for i := range large {
		large[i] = '#'
	}
	update := func(owner string, f files) {
		t.Helper()
		if _, err := s.update(t.Context(), pull.Key{Owner: owner, Repo: "cpython", Number: 1}, f); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1500 {
		f := files{}
		if i%10 == 0 {
			f = files{large, large}
		}
		update("python", files{settings: []byte("news: {width: 90}"), labelRules: []byte(fmt.Sprint("# ", i))})
		update(fmt.Sprint("mallory", i), f)
	}
	m := s.remembered
	bytes := 0
	for _, key := range m.inForce.Keys() {
		e, _ := m.inForce.Peek(key)
		bytes += e.files.size()
	}
	if m.inForce.Len() > rememberedRepositories || m.announced.Len() > m.inForce.Len() || bytes > rememberedFiles || bytes != m.bytes {
		t.Errorf("%d repositories with %d bytes, counted as %d; %d announced", m.inForce.Len(), bytes, m.bytes, m.announced.Len())
	}
	if e := s.known(pull.Key{Owner: "python", Repo: "cpython", Number: 2}); e.settings.News.Width != 90 {
		t.Errorf("width %d", e.settings.News.Width)
	}
}
