package graphql

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// mutation is one field of Mutation. run changes what the input names and returns the payload without clientMutationId.
type mutation struct {
	permission string
	run        func(v view, input map[string]any) (node, error)
}

const (
	writeTalk  = "issues|pull_requests:write"
	writePulls = "pull_requests:write"
	// With pull_requests:write alone these are answered with "Resource not accessible by integration" (cli/cli#8910 and discussion 6924).
	writeDraft = "pull_requests:write contents:write"
)

var mutations = map[string]mutation{
	"addAssigneesToAssignable": {writeTalk, view.addAssignees},
	"addComment":               {writeTalk, view.addComment},
	"addLabelsToLabelable":     {writeTalk, view.addLabels},
	"addReaction":              {writeTalk, view.addReaction},
	"closePullRequest":         {writePulls, onPull(closePull)},
	"convertPullRequestToDraft": {writeDraft, onPull(func(c *api.Call, r *world.Repo, i *world.Issue, _ map[string]any) error {
		return setDraft(c, r, i, true)
	})},
	"createCheckRun":              {"checks:write", view.createCheckRun},
	"dequeuePullRequest":          {writePulls, view.dequeue},
	"disablePullRequestAutoMerge": {"contents:write", onPull(disableAutoMerge)},
	"enqueuePullRequest":          {writePulls, view.enqueue},
	"enablePullRequestAutoMerge":  {"contents:write", onPull(enableAutoMerge)},
	"markPullRequestReadyForReview": {writeDraft, onPull(func(c *api.Call, r *world.Repo, i *world.Issue, _ map[string]any) error {
		return setDraft(c, r, i, false)
	})},
	"removeLabelsFromLabelable": {writeTalk, view.removeLabels},
	"requestReviews":            {writePulls, onPull(requestReviews)},
	"updateCheckRun":            {"checks:write", view.updateCheckRun},
	"updateIssueComment":        {writeTalk, view.updateComment},
	"updateIssue":               {writeTalk, view.updateIssue},
	"updatePullRequest":         {writePulls, onPull(updatePull)},
}

// mutation has the mutations, each with the argument "input". They run in the order of the document, and one that fails is null.
func (v view) mutation() node {
	n := node{"__typename": "Mutation"}
	for name, m := range mutations {
		n[name] = v.needs(m.permission, func(args map[string]any) (any, error) {
			input, _ := args["input"].(map[string]any)
			payload, err := m.run(v, input)
			if err != nil {
				return nil, unprocessed(err)
			}
			payload["__typename"], payload["clientMutationId"] = strings.ToUpper(name[:1])+name[1:]+"Payload", input["clientMutationId"]
			if strings.HasSuffix(name, "AutoMerge") || name == "updateIssue" || name == "updatePullRequest" {
				payload["actor"] = v.actor(v.c.Actor.Writer())
			}
			return payload, nil
		})
	}
	return n
}

// unprocessed words an error of the REST API as GraphQL does.
func unprocessed(err error) error {
	var known *api.QueryError
	var rest *world.Refusal
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &rest):
		message := rest.Message
		if len(rest.Errors) > 0 {
			field, _ := rest.Errors[0]["field"].(string)
			if message, _ = rest.Errors[0]["message"].(string); message == "" {
				message = field + " is invalid"
			}
			message = strings.ToUpper(message[:1]) + message[1:]
		}
		return unable("UNPROCESSABLE", strings.TrimSuffix(message, "."))
	}
	return unable("UNPROCESSABLE", err.Error())
}

// onPull is a mutation of the pull request that the input names as pullRequestId.
func onPull(do func(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error) func(view, map[string]any) (node, error) {
	return func(v view, input map[string]any) (node, error) {
		r, i, err := v.issueByID(input["pullRequestId"], "PR")
		if err != nil {
			return nil, err
		}
		if err := do(v.c, r, i, input); err != nil {
			return nil, err
		}
		return node{"pullRequest": lazy(func() (any, error) { return v.pull(r, i), nil })}, nil
	}
}

func (v view) addLabels(input map[string]any) (node, error) {
	r, i, names, err := v.labelable(input)
	if err == nil {
		err = v.c.Actor.AddLabels(r, i, names)
	}
	return node{"labelable": lazy(func() (any, error) { return v.subject(r, i), nil })}, err
}

// removeLabels leaves out those that are not on it, as GitHub silently does.
func (v view) removeLabels(input map[string]any) (node, error) {
	r, i, names, err := v.labelable(input)
	for _, name := range names {
		v.c.Actor.RemoveLabel(r, i, name)
	}
	return node{"labelable": lazy(func() (any, error) { return v.subject(r, i), nil })}, err
}

func (v view) addComment(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["subjectId"], "I", "PR")
	if err != nil {
		return nil, err
	}
	x, err := v.c.Actor.AddComment(r, i, stringArg(input, "body"))
	if err != nil {
		return nil, err
	}
	edge := func(kind string) resolver {
		return lazy(func() (any, error) {
			return node{"__typename": kind, "cursor": base64.StdEncoding.EncodeToString([]byte(cursorStart + world.Decimal(x.ID))), "node": v.comment(r, i, x)}, nil
		})
	}
	return node{
		"commentEdge": edge("IssueCommentEdge"), "timelineEdge": edge("IssueTimelineItemEdge"),
		"subject": lazy(func() (any, error) { return v.subject(r, i), nil }),
	}, nil
}

func (v view) updateComment(input map[string]any) (node, error) {
	kind, id := world.ParseNodeID(input["id"])
	for _, r := range v.w.RepoList {
		i, x := r.FindComment(id)
		if kind != "IC" || x == nil || !v.c.Actor.Sees(r) {
			continue
		}
		if err := v.c.Actor.UpdateComment(r, i, x, stringArg(input, "body")); err != nil {
			return nil, err
		}
		return node{"issueComment": lazy(func() (any, error) { return v.comment(r, i, x), nil })}, nil
	}
	return nil, noNode(input["id"])
}

func (v view) addReaction(input map[string]any) (node, error) {
	r, i, x, err := v.reactable(input["subjectId"])
	if err != nil {
		return nil, err
	}
	list, subject := &i.Reactions, func() node { return v.subject(r, i) }
	if x != nil {
		list, subject = &x.Reactions, func() node { return v.comment(r, i, x) }
	}
	made, _, err := v.c.Actor.React(r, i, x, world.RESTReaction(stringArg(input, "content")))
	if err != nil {
		return nil, err
	}
	return node{
		"reaction": lazy(func() (any, error) { return v.reaction(made, subject), nil }), "subject": lazy(func() (any, error) { return subject(), nil }),
		"reactionGroups": lazy(func() (any, error) { return v.reactionGroups(*list, subject), nil }),
	}, nil
}

func (v view) updateIssue(input map[string]any) (node, error) {
	r, i, err := v.issueByID(input["id"], "I")
	if err != nil {
		return nil, err
	}
	in, as, err := pullUpdateInput(input, "id")
	if err == nil {
		err = v.c.Actor.EditIssue(r, i, in, as)
	}
	return node{"issue": lazy(func() (any, error) { return v.issue(r, i), nil })}, err
}

func updatePull(c *api.Call, r *world.Repo, i *world.Issue, input map[string]any) error {
	in, as, err := pullUpdateInput(input, "pullRequestId")
	if err != nil {
		return err
	}
	return c.Actor.EditPull(r, i, in, as)
}

// pullUpdateInput is the body that the REST API would have got, and how the write is recorded: with the names of its fields.
func pullUpdateInput(input map[string]any, id string) (world.PullInput, world.Write, error) {
	rest := map[string]any{}
	for name, value := range input {
		switch name {
		case id, "clientMutationId":
		case "baseRefName":
			rest["base"] = value
		case "maintainerCanModify":
			rest["maintainer_can_modify"] = value
		case "state":
			text, _ := value.(string)
			rest["state"] = strings.ToLower(text)
		case "title", "body":
			rest[name] = value
		default: // GitHub has more; here it would be lost
			return world.PullInput{}, world.Write{}, unable("UNPROCESSABLE", name+" cannot be changed here")
		}
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(rest); err != nil {
		return world.PullInput{}, world.Write{}, err
	}
	var in world.PullInput
	err := json.Unmarshal(data.Bytes(), &in)
	return in, world.Write{Key: strings.Join(slices.Sorted(maps.Keys(rest)), ","), Text: data.String()}, err
}

func closePull(c *api.Call, r *world.Repo, i *world.Issue, _ map[string]any) error {
	if i.State != "open" {
		return nil // as with the REST API
	}
	r.Close(i, c.Actor.Writer())
	if c.Actor.ByApp() {
		r.Record(world.Write{Kind: "close", Number: i.Number})
	}
	return r.Settle()
}
