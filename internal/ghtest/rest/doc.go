// Package rest answers GitHub's REST API from the world. Each file has one subject: a table of its endpoints, to which a new one is a
// line to add, and their handlers.
package rest
