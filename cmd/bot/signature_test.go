package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// post sends a webhook and gives the answer.
func (s *stage) post(payload []byte, header map[string]string) (status int, text string) {
	s.Helper()
	request, err := http.NewRequest(http.MethodPost, s.bot.URL+"/webhook", bytes.NewReader(payload))
	s.check(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-GitHub-Event", "pull_request")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	s.check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	s.check(err)
	return answer.StatusCode, string(body)
}

func sign(secret string, payload []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(payload)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// TestSecrets: what is not signed with the secret is refused and leaves no
// trace, and while the secret is being changed the previous one is good too.
func TestSecrets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	current := s.github.WebhookSecret()
	s.environment["GITHUB_WEBHOOK_SECRET_PREVIOUS"] = "the one before"
	s.start()
	before := len(s.cpython.Writes()) // of labels of the repository

	s.github.SetHook(ghtest.Hook{URL: s.bot.URL + "/webhook", Secret: "a wrong one"})
	p := s.open(&pullRequest{})
	flush(t, s.github)
	if d := s.github.Deliveries()[0]; d.Status != http.StatusUnauthorized {
		t.Errorf("a webhook with a wrong secret was answered %d", d.Status)
	}
	t.Log(s.awaitLog("delivery answered", `"status":401`, "bad signature"))
	for name, signature := range map[string]string{
		"none": "", "of nothing": sign(current, nil), "another": sign("x", []byte("{}")), "no secret": sign("", []byte("{}")),
		"no digits": "sha256=" + strings.Repeat("z", 64),
	} {
		status, text := s.post([]byte("{}"), map[string]string{"X-GitHub-Delivery": "stranger", "X-Hub-Signature-256": signature})
		if status != http.StatusUnauthorized || text != "not stored: the header X-Hub-Signature-256 is missing or wrong: both sides must know "+
			"the same secret\n" {
			t.Errorf("signature %s: %d %s", name, status, text)
		}
	}
	s.rests()
	if stored := s.bot.metric(`concorde_deliveries_total{event="pull_request",result="stored"}`); stored > 0 || len(s.cpython.Writes()) > before {
		t.Errorf("%v deliveries of strangers were stored", stored)
	}

	for _, secret := range []string{"the one before", current} {
		s.github.SetHook(ghtest.Hook{URL: s.bot.URL + "/webhook", Secret: secret})
		s.check(s.cpython.EditTitle(p.number, "gh-140001: Signed with "+secret))
		flush(t, s.github)
		all := s.github.Deliveries()
		if d := all[len(all)-1]; d.Status != http.StatusAccepted {
			t.Errorf("a webhook with the secret %q was answered %d", secret, d.Status)
		}
	}
	s.settled(p)
	s.tidy(p)
	for _, secret := range []string{current, "the one before", string(s.github.PrivateKeyPEM())} {
		if strings.Contains(s.bot.log.String(), secret) {
			t.Error("the log shows a secret")
		}
	}
}
