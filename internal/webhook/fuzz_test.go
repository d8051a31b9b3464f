package webhook

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/weigh"
)

func FuzzSignature(f *testing.F) {
	for _, seed := range []string{"", "sha256=", sign(secret, body), strings.ToUpper(sign(secret, body)), "sha1=" + sign(secret, body),
		"sha256=" + strings.Repeat("é", 32)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		weigh.Linear(t, len(header), 10, func() { signature(header) })
		sum, ok := signature(header)
		form := "sha256=" + hex.EncodeToString(sum[:])
		if digits, found := strings.CutPrefix(header, "sha256="); ok && (!found || "sha256="+strings.ToLower(digits) != form) {
			t.Errorf("%q was read as %s", header, form)
		}
		if again, valid := signature(form); !valid || again != sum {
			t.Errorf("%s was not read", form)
		}
		if ok && signed([]byte(body), sum, [][]byte{[]byte(secret), []byte(previous)}) && form != sign(secret, body) &&
			form != sign(previous, body) {
			t.Errorf("%q signs the body", header)
		}
	})
}

func FuzzKeys(f *testing.F) {
	for _, kind := range Events {
		f.Add(kind.Name, []byte(body))
		f.Add(kind.Name, []byte(`{"action":"created","repositories":[{"full_name":"a/b"}],"check_run":{"pull_requests":[{"number":1}]},`+
			`"ref":"refs/heads/x","ref_type":"branch"}`))
	}
	f.Fuzz(func(t *testing.T, name string, payload []byte) {
		weigh.Linear(t, len(payload), 400, func() {
			if e, err := parse(payload); err == nil {
				e.keys(name, self{77, "concorde[bot]"})
				e.files()
			}
		})
		e, err := parse(payload)
		var object map[string]json.RawMessage
		if valid := json.Unmarshal(payload, &object) == nil && object != nil; valid != (err == nil) {
			t.Fatalf("a JSON object: %v, but: %v", valid, err)
		}
		if err != nil {
			return
		}
		seen := map[pull.Key]bool{}
		for _, key := range e.keys(name, self{77, "concorde[bot]"}) {
			if err := key.Validate(); err != nil || seen[key] || len(seen) >= maxKeys {
				t.Errorf("the key %s: %v", key, err)
			}
			if again, err := pull.ParseKey(key.String()); err != nil || again != key {
				t.Errorf("the key %s is read as %s: %v", key, again, err)
			}
			seen[key] = true
		}
		if at := e.updatedAt(); !at.IsZero() && at.After(time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", -24*3600))) {
			t.Errorf("updated at %v", at)
		}
		if !actionName.MatchString(e.action()) {
			t.Errorf("the action %q", e.action())
		}
	})
}
