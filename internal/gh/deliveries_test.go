package gh_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// exerciseHook makes the requests about webhooks, good and bad.
func exerciseHook(w *world) {
	w.T.Helper()
	down := httptest.NewServer(http.NotFoundHandler())
	defer down.Close()
	w.Srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	w.Srv.SetHook(ghtest.Hook{URL: down.URL})
	w.Srv.Send("push", []byte("{}"))
	trial.OK(w.T, w.Srv.Flush(w.T.Context()))
	page, _, err := w.app.HookDeliveries(w.T.Context(), "")
	trial.OK(w.T, err)
	if len(page) != 1 || page[0].OK || page[0].Event != "push" {
		w.T.Fatalf("deliveries %+v", page)
	}
	payload, err := w.app.HookPayload(w.T.Context(), page[0].ID)
	trial.OK(w.T, err)
	if string(payload) != "{}" {
		w.T.Errorf("the payload is %s", payload)
	}
	trial.OK(w.T, w.app.Redeliver(w.T.Context(), page[0].ID))
	trial.OK(w.T, w.Srv.Flush(w.T.Context()))
	if _, err := w.app.HookPayload(w.T.Context(), 4711); err == nil {
		w.T.Error("a delivery that doesn't exist has a payload")
	}
	if err := w.app.Redeliver(w.T.Context(), 4711); err == nil {
		w.T.Error("a delivery that doesn't exist was sent again")
	}
	w.Srv.SetHook(ghtest.Hook{})
}

func TestHookDeliveries(t *testing.T) {
	w := newWorld(t)
	exerciseHook(w)
	page, next, err := w.app.HookDeliveries(t.Context(), "")
	trial.OK(t, err)
	if len(page) != 2 || next != "" || page[0].GUID != page[1].GUID || page[0].ID == page[1].ID {
		t.Errorf("attempts %+v, then %q", page, next)
	}
}
