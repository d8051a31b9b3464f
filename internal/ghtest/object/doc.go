// Package object makes the JSON objects that GitHub's REST API and its webhooks share: users, repositories, pull requests and so on.
// It must not know who asks for them.
package object
