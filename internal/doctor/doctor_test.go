package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

const public = "https://bot.example.org"

func TestHealthy(t *testing.T) {
	p := newPatient(t)
	p.github.Ping()
	r := p.examine()
	if r.State != OK {
		t.Errorf("%s\n%s", r.State, r)
	}
	for _, f := range r.Findings {
		if f.State != OK || f.Cure != "" || !strings.HasSuffix(f.Text, ".") {
			t.Errorf("%+v", f)
		}
	}
	for _, c := range Checks() {
		if r.find(c[0]).Check == "" {
			t.Errorf("nothing was found by %s", c[0])
		}
	}
	text, err := json.Marshal(r)
	must(t, err)
	if !bytes.HasPrefix(text, []byte(`{"state":"ok","at":"`)) || bytes.Contains(text, []byte("PRIVATE KEY")) {
		t.Errorf("%s", text)
	}
}

// An hour's requests that are used up, and nearly so.
func TestRateLeft(t *testing.T) {
	v := &visit{}
	for _, tt := range []struct {
		remaining int
		state     State
	}{{5000, OK}, {751, OK}, {749, Note}, {0, Problem}} {
		f := v.left("python", []gh.Rate{{Resource: "core", Limit: 5000, Remaining: 5000},
			{Resource: "graphql", Limit: 5000, Remaining: tt.remaining, Reset: time.Unix(0, 0)}})
		if f.State != tt.state || tt.remaining < 5000 && !strings.Contains(f.Text, fmt.Sprintf("%d of 5000 points for GraphQL", tt.remaining)) {
			t.Errorf("%d: %+v", tt.remaining, f)
		}
	}
	if f := v.left("python", nil); f.State != Note {
		t.Errorf("%+v", f)
	}
}
