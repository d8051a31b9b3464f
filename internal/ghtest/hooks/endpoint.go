package hooks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Endpoints are the endpoints of deliveries.
func (h *Hooks) Endpoints() []api.Route {
	return []api.Route{
		{Pattern: "GET /app/hook/config", Need: "app", Run: h.config},
		{Pattern: "PATCH /app/hook/config", Need: "app", Run: h.setConfig},
		{Pattern: "GET /app/hook/deliveries", Need: "app", Run: h.list},
		{Pattern: "GET /app/hook/deliveries/{id}", Need: "app", Run: h.get},
		{Pattern: "POST /app/hook/deliveries/{id}/attempts", Need: "app", Run: h.attempt},
	}
}

func (h *Hooks) list(c *api.Call) (any, error) {
	all := h.remembered()
	slices.Reverse(all)
	if cursor := int64(api.QueryInt(c.URL.Query(), "cursor", 0)); cursor > 0 {
		all = slices.DeleteFunc(all, func(d Delivery) bool { return d.ID >= cursor })
	}
	size := min(max(api.QueryInt(c.URL.Query(), "per_page", 30), 1), 100)
	if len(all) > size {
		all = all[:size]
		c.AnswerHeader.Set("Link", fmt.Sprintf(`<%sapp/hook/deliveries?per_page=%d&cursor=%d>; rel="next"`, h.w.APIURL(), size, all[size-1].ID))
	}
	out := []obj{}
	for _, d := range all {
		out = append(out, deliveryJSON(d))
	}
	return out, nil
}

// remembered are the deliveries of the last three days ("Redelivering webhooks": older ones can't be seen or sent again).
func (h *Hooks) remembered() []Delivery {
	since := h.w.Now().Add(-72 * time.Hour)
	return slices.DeleteFunc(h.Deliveries(), func(d Delivery) bool { return d.Sent.Before(since) })
}

func deliveryJSON(d Delivery) obj {
	status := "OK"
	switch {
	case d.Status == 0:
		status = "timed out"
	case d.Status < 200 || d.Status > 299:
		status = fmt.Sprintf("Invalid HTTP Response: %d", d.Status)
	}
	o := obj{
		"id": d.ID, "guid": d.GUID, "delivered_at": world.Timestamp(d.Sent), "redelivery": d.Redelivery, "duration": d.Took.Seconds(), "status": status,
		"status_code": d.Status, "event": d.Event, "action": nil, "installation_id": nil, "repository_id": nil, "throttled_at": nil,
	}
	for key, value := range map[string]int64{"installation_id": d.Install, "repository_id": d.RepoID} {
		if value != 0 {
			o[key] = value
		}
	}
	if d.Action != "" {
		o["action"] = d.Action
	}
	return o
}

// get shows what was sent and answered ("Get a delivery for an app webhook").
func (h *Hooks) get(c *api.Call) (any, error) {
	d, err := h.named(c)
	if err != nil {
		return nil, err
	}
	sent, o := obj{}, deliveryJSON(d)
	for name := range d.Header {
		sent[name] = d.Header.Get(name)
	}
	h.mu.Lock()
	o["url"] = h.hook.URL
	h.mu.Unlock()
	o["request"] = obj{"headers": sent, "payload": json.RawMessage(d.Payload)}
	o["response"] = obj{"headers": obj{}, "payload": ""}
	return o, nil
}

func (h *Hooks) attempt(c *api.Call) (any, error) {
	d, err := h.named(c)
	if err != nil {
		return nil, err
	}
	h.redeliver(d)
	c.Status = http.StatusAccepted
	return obj{}, nil
}

// named is the remembered delivery that the path names.
func (h *Hooks) named(c *api.Call) (Delivery, error) {
	id, err := c.Number("id")
	if err != nil {
		return Delivery{}, err
	}
	for _, d := range h.remembered() {
		if d.ID == id {
			return d, nil
		}
	}
	return Delivery{}, world.NotFound("")
}

// config is the webhook as GitHub shows it: the secret is asterisks ("Get a webhook configuration for an app").
func (h *Hooks) config(*api.Call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kind, insecure := h.hook.ContentType, "0"
	if kind == "" {
		kind = "json"
	}
	if h.hook.Insecure {
		insecure = "1"
	}
	o := obj{"content_type": kind, "insecure_ssl": insecure, "url": h.hook.URL}
	if h.hook.Secret != "" && !h.hook.Unsigned {
		o["secret"] = "********"
	}
	return o, nil
}

// setConfig changes what the request names ("Update a webhook configuration for an app"). Addresses on this machine are refused
// with "isn't reachable over the public Internet" (ultralisp#75).
func (h *Hooks) setConfig(c *api.Call) (any, error) {
	var in struct {
		URL         *string `json:"url"`
		ContentType *string `json:"content_type"`
		Secret      *string `json:"secret"`
		Insecure    any     `json:"insecure_ssl"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if in.URL != nil {
		if err := world.PublicAddress(*in.URL); err != nil {
			return nil, world.Invalid("Hook", "url", "custom", "Sorry, the URL host "+err.Error())
		}
	}
	h.mu.Lock()
	if in.URL != nil {
		h.hook.URL = *in.URL
	}
	if in.ContentType != nil {
		h.hook.ContentType = *in.ContentType
	}
	if in.Secret != nil {
		h.hook.Secret, h.hook.Unsigned = *in.Secret, false
	}
	if in.Insecure != nil {
		h.hook.Insecure = fmt.Sprint(in.Insecure) == "1"
	}
	h.notify()
	h.mu.Unlock()
	return h.config(c)
}
