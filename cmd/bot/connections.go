package main

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// maxConnections is how many connections a server keeps open: anybody may open them, and
// each takes about 20 kB. GitHub and reverse proxies need a few.
const maxConnections = 1000

// connections closes those that have waited longest for a request, so that the ones that
// strangers keep open neither fill the memory nor keep out new ones. Others end within the
// server's timeouts.
type connections struct {
	most int

	mu      sync.Mutex
	all     map[net.Conn]struct{}
	waiting []net.Conn // the longest first
}

func newConnections(most int) *connections {
	return &connections{most: most, all: map[net.Conn]struct{}{}}
}

// note is for http.Server.ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = slices.DeleteFunc(c.waiting, func(other net.Conn) bool { return other == conn })
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(c.all, conn)
		return
	case http.StateNew, http.StateIdle:
		c.waiting = append(c.waiting, conn)
	}
	c.all[conn] = struct{}{}
	for len(c.all) > c.most && len(c.waiting) > 1 {
		longest := c.waiting[0]
		c.waiting = c.waiting[1:]
		delete(c.all, longest)
		_ = longest.Close() // the server notices
	}
}
