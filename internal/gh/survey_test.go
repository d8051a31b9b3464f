package gh_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// exerciseSurvey asks all that the setup and the doctor ask about the App.
func exerciseSurvey(w *world) {
	w.T.Helper()
	_, err := w.app.Registration(w.T.Context())
	trial.OK(w.T, err)
	_, err = w.app.Grants(w.T.Context())
	trial.OK(w.T, err)
	_, err = w.app.InstallRequests(w.T.Context())
	trial.OK(w.T, err)
	trial.OK(w.T, w.app.SetHook(w.T.Context(), "https://bot.example.org/webhook", "secret"))
	_, err = w.app.Hook(w.T.Context())
	trial.OK(w.T, err)
	_, err = w.app.Rates(w.T.Context(), w.Srv.InstallationID("python"))
	trial.OK(w.T, err)
	w.Srv.SetHook(ghtest.Hook{})
}

func TestSurvey(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	r, err := w.app.Registration(ctx)
	if err != nil || r.ID != w.Srv.AppID() || r.Slug != "concorde" || r.Owner != "concorde-owner" || r.Organization ||
		r.Permissions["checks"] != "write" || len(r.Events) == 0 {
		t.Errorf("%+v %v", r, err)
	}
	w.Srv.Suspend("python")
	grants, err := w.app.Grants(ctx)
	if err != nil || len(grants) != 1 || grants[0].Account != "python" || !grants[0].Suspended || !grants[0].Organization ||
		grants[0].Permissions["issues"] != "write" || len(grants[0].Events) != len(r.Events) {
		t.Errorf("%+v %v", grants, err)
	}
	w.Srv.Unsuspend("python")
	w.Srv.Request("alice", "psf")
	requests, err := w.app.InstallRequests(ctx)
	if err != nil || len(requests) != 1 || requests[0].Account != "psf" || requests[0].Requester != "alice" || requests[0].At.IsZero() {
		t.Errorf("%+v %v", requests, err)
	}
	rates, err := w.app.Rates(ctx, w.Srv.InstallationID("python"))
	if err != nil || len(rates) != 2 || rates[0].Limit != 5000 || rates[1].Resource != "graphql" || rates[1].Reset.Before(time.Now()) {
		t.Errorf("%+v %v", rates, err)
	}
	if now, err := w.app.Clock(ctx); err != nil || time.Since(now).Abs() > time.Hour {
		t.Errorf("%v %v", now, err)
	}
	trial.OK(t, w.app.SetHook(ctx, "https://bot.example.org/webhook", "another secret"))
	hook, err := w.app.Hook(ctx)
	if err != nil || hook != (gh.Hook{URL: "https://bot.example.org/webhook", ContentType: "json", HasSecret: true}) ||
		w.Srv.WebhookSecret() != "another secret" {
		t.Errorf("%+v %v", hook, err)
	}
	w.Srv.SetHook(ghtest.Hook{URL: "https://x.example.org", Insecure: true, Unsigned: true, ContentType: "form"})
	if hook, err = w.app.Hook(ctx); err != nil || hook != (gh.Hook{URL: "https://x.example.org", ContentType: "form", Insecure: true}) {
		t.Errorf("%+v %v", hook, err)
	}
}

// What GitHub refuses or breaks off is an error, in which no secret stands.
func TestSurveyFaults(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	err := w.app.SetHook(ctx, "http://localhost/webhook", "hunter2hunter2")
	var rejected *gh.Rejected
	if !errors.As(err, &rejected) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	for name, f := range map[string]ghtest.Fault{"502": ghtest.BadGateway(), "dropped": {Drop: true}, "cut off": {Truncate: true},
		"no JSON": {Status: 200, Body: "<html>"}} {
		f.Times = -1
		trial.OK(t, w.Srv.Fault(f))
		_, registration := w.app.Registration(ctx)
		_, grants := w.app.Grants(ctx)
		_, requests := w.app.InstallRequests(ctx)
		_, hook := w.app.Hook(ctx)
		_, rates := w.app.Rates(ctx, w.Srv.InstallationID("python"))
		for i, err := range []error{registration, grants, requests, hook, rates} {
			var temporary *gh.Temporary
			if !errors.As(err, &temporary) {
				t.Errorf("%s, %d: %v", name, i, err)
			}
		}
		w.Srv.ClearFaults()
	}
	trial.OK(t, w.Srv.Fault(ghtest.Fault{Drop: true, Times: -1}))
	if _, err := w.app.Clock(ctx); err == nil {
		t.Error("a clock without an answer")
	}
}

// A code is good once. No error shows what came instead of a key.
func TestConvert(t *testing.T) {
	srv, err := ghtest.New(ghtest.Config{NoApp: true, Dir: t.TempDir()})
	trial.OK(t, err)
	t.Cleanup(func() { trial.OK(t, srv.Close()) })
	var gone *gh.Gone
	if _, err := gh.Convert(t.Context(), gh.Conversion{APIURL: srv.APIURL(), Code: "no/../code"}); !errors.As(err, &gone) {
		t.Errorf("%v", err)
	}
	var temporary *gh.Temporary
	for _, f := range []ghtest.Fault{ghtest.BadGateway(), {Drop: true}, {Status: 201, Body: `{"pem":"hunter2"`},
		{Status: 201, Body: `{"id":0,"pem":"hunter2"}`}, {Status: 200, Body: `{"id":1,"pem":"hunter2"}`}} {
		trial.OK(t, srv.Fault(f))
		if _, err := gh.Convert(t.Context(), gh.Conversion{APIURL: srv.APIURL(), Code: "code4711"}); !errors.As(err, &temporary) ||
			strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "code4711") {
			t.Errorf("%+v: %v", f, err)
		}
	}
	trial.OK(t, srv.Fault(ghtest.Fault{Hang: true}))
	if _, err := gh.Convert(t.Context(), gh.Conversion{APIURL: srv.APIURL(), Code: "x", Timeout: 50 * time.Millisecond}); !errors.As(err,
		&temporary) {
		t.Errorf("%v", err)
	}
	if _, err := gh.Convert(t.Context(), gh.Conversion{APIURL: "http://example.org/api/v3", Code: "x"}); err == nil {
		t.Error("a code goes out in the clear")
	}
}

// What the endpoints need is in the table from which people create the App.
func TestEndpointsNeedWhatTheAppAsksFor(t *testing.T) {
	for endpoint, need := range gh.Endpoints {
		names, level, _ := strings.Cut(need, ": ")
		for name := range strings.SplitSeq(names, ", ") {
			i := slices.IndexFunc(access.Permissions, func(p access.Permission) bool { return strings.EqualFold(p.Title, name) })
			if name != "" && (i < 0 || !access.Includes(access.Permissions[i].Level, level)) {
				t.Errorf("%s needs %s: %s, which the table of permissions doesn't have", endpoint, name, level)
			}
		}
	}
}
