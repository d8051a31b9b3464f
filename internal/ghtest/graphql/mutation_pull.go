package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func (v view) addAssignees(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["assignableId"], "I", "PR")
	if err != nil {
		return nil, err
	}
	logins, err := v.logins(input["assigneeIds"])
	if err != nil {
		return nil, err
	}
	if r.Assign(i, v.c.Actor.Writer(), logins) && v.c.Actor.ByApp() {
		r.Record(world.Write{Kind: "assign", Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return node{"assignable": lazy(func() (any, error) { return v.subject(r, i), nil })}, nil
}

// requestReviews adds to those that are requested; without "union" GitHub would replace them, which isn't supported here.
func requestReviews(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error {
	logins, err := view{w: r.World, c: c}.logins(input["userIds"])
	switch {
	case err != nil:
		return err
	case input["union"] != true:
		return unable("UNPROCESSABLE", "requestReviews without union is not played here")
	}
	return c.Actor.RequestReviews(r, i, logins)
}

func enableAutoMerge(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error {
	a := world.AutoMerge{By: c.Actor.Writer(), Method: strings.ToLower(stringArg(input, "mergeMethod")), Title: stringArg(input, "commitHeadline"), Body: stringArg(input, "commitBody")}
	if a.Method == "" {
		a.Method = "merge"
	}
	if head := stringArg(input, "expectedHeadOid"); head != "" && head != i.Pull.HeadSHA {
		return unable("UNPROCESSABLE", "Expected head oid does not match")
	}
	if err := r.EnableAutoMerge(i, a); err != nil {
		return err
	}
	if c.Actor.ByApp() {
		r.Record(world.Write{Kind: "auto-merge", Number: i.Number, SHA: i.Pull.HeadSHA, Key: a.Method, Text: a.Title})
	}
	return nil
}

func disableAutoMerge(c *api.Call, r *world.Repo, i *world.Issue, _ map[string]any) error {
	if err := r.DisableAutoMerge(i, c.Actor.Writer(), "Disabled by "+c.Actor.Writer().Login); err != nil {
		return err
	}
	if c.Actor.ByApp() {
		r.Record(world.Write{Kind: "auto-merge-off", Number: i.Number})
	}
	return nil
}

func setDraft(c *api.Call, r *world.Repo, i *world.Issue, draft bool) error {
	if i.State != "open" {
		return unable("UNPROCESSABLE", "Pull request is closed")
	}
	if c.Actor.ByApp() && i.Pull.Draft != draft {
		r.Record(world.Write{Kind: map[bool]string{true: "draft", false: "ready"}[draft], Number: i.Number})
	}
	return r.SetDraft(i, c.Actor.Writer(), draft)
}
