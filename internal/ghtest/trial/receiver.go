package trial

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Receiver is the far end of webhooks; it refuses bad signatures.
type Receiver struct {
	*httptest.Server
	Mu       sync.Mutex // guards what follows
	Events   []string   // "event.action"
	Payloads [][]byte
	Headers  []http.Header
}

// NewReceiver is one that ends with the test.
func NewReceiver(t *testing.T, secret func() string) *Receiver {
	t.Helper()
	rec := &Receiver{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(secret()))
		mac.Write(body)
		if err != nil || r.Header.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
			http.Error(w, "bad signature", http.StatusUnauthorized)
			return
		}
		var p struct{ Action string }
		if err := json.Unmarshal(body, &p); err != nil {
			http.Error(w, "bad JSON", http.StatusBadRequest)
			return
		}
		rec.Mu.Lock()
		defer rec.Mu.Unlock()
		rec.Events = append(rec.Events, strings.TrimSuffix(r.Header.Get("X-GitHub-Event")+"."+p.Action, "."))
		rec.Payloads, rec.Headers = append(rec.Payloads, body), append(rec.Headers, r.Header)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(rec.Close)
	return rec
}
