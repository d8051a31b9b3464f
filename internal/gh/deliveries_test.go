package gh_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// exerciseHook makes the requests about webhooks, good and bad.
func exerciseHook(w *world) {
	w.t.Helper()
	down := httptest.NewServer(http.NotFoundHandler())
	defer down.Close()
	w.srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	w.srv.SetHook(ghtest.Hook{URL: down.URL})
	w.srv.Send("push", []byte("{}"))
	must(w.t, w.srv.Flush(w.t.Context()))
	page, _, err := w.app.HookDeliveries(w.t.Context(), "")
	must(w.t, err)
	if len(page) != 1 || page[0].OK || page[0].Event != "push" {
		w.t.Fatalf("deliveries %+v", page)
	}
	must(w.t, w.app.Redeliver(w.t.Context(), page[0].ID))
	must(w.t, w.srv.Flush(w.t.Context()))
	if err := w.app.Redeliver(w.t.Context(), 4711); err == nil {
		w.t.Error("a delivery that doesn't exist was sent again")
	}
	w.srv.SetHook(ghtest.Hook{})
}

func TestHookDeliveries(t *testing.T) {
	w := newWorld(t)
	exerciseHook(w)
	page, next, err := w.app.HookDeliveries(t.Context(), "")
	must(t, err)
	if len(page) != 2 || next != "" || page[0].GUID != page[1].GUID || page[0].ID == page[1].ID {
		t.Errorf("attempts %+v, then %q", page, next)
	}
}
