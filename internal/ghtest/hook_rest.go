package ghtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

var hookRoutes = []route{
	{"GET /app/hook/deliveries", "app", (*Server).listHookDeliveries},
	{"POST /app/hook/deliveries/{id}/attempts", "app", (*Server).redeliverHook},
}

func (s *Server) listHookDeliveries(c *call) (any, error) {
	all := s.remembered()
	slices.Reverse(all)
	if cursor := int64(queryInt(c.URL.Query(), "cursor", 0)); cursor > 0 {
		all = slices.DeleteFunc(all, func(d Delivery) bool { return d.ID >= cursor })
	}
	size := min(max(queryInt(c.URL.Query(), "per_page", 30), 1), 100)
	if len(all) > size {
		all = all[:size]
		c.header.Set("Link", fmt.Sprintf(`<%sapp/hook/deliveries?per_page=%d&cursor=%d>; rel="next"`, s.APIURL(), size, all[size-1].ID))
	}
	out := []obj{}
	for _, d := range all {
		out = append(out, deliveryJSON(d))
	}
	return out, nil
}

// remembered are the deliveries of the last three days ("Redelivering webhooks": older ones can't be seen or sent again).
func (s *Server) remembered() []Delivery {
	since := s.now().Add(-72 * time.Hour)
	return slices.DeleteFunc(s.Deliveries(), func(d Delivery) bool { return d.Sent.Before(since) })
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
		"id": d.ID, "guid": d.GUID, "delivered_at": timestamp(d.Sent), "redelivery": d.Redelivery, "duration": d.Took.Seconds(), "status": status,
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

func (s *Server) redeliverHook(c *call) (any, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, err
	}
	for _, d := range s.remembered() {
		if d.ID == id {
			s.hooks.redeliver(d)
			c.status = http.StatusAccepted
			return obj{}, nil
		}
	}
	return nil, notFound("")
}
