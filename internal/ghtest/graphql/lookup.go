package graphql

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

func noNode(id any) error {
	text, _ := id.(string)
	return missing("Could not resolve to a node with the global id of '%s'", text)
}

// repoByID finds a repository by its node id.
func (v view) repoByID(id any) (*world.Repo, error) {
	kind, number := world.ParseNodeID(id)
	for _, r := range v.w.RepoList {
		if kind == "R" && r.ID == number && v.c.Actor.Sees(r) {
			return r, nil
		}
	}
	return nil, noNode(id)
}

// issueByID finds an issue ("I") or pull request ("PR") by its node id.
func (v view) issueByID(id any, kinds ...string) (*world.Repo, *world.Issue, error) {
	kind, number := world.ParseNodeID(id)
	for _, r := range v.w.RepoList {
		if !slices.Contains(kinds, kind) || !v.c.Actor.Sees(r) {
			continue
		}
		for _, i := range r.Issues {
			if i.ID == number && (i.Pull != nil) == (kind == "PR") {
				return r, i, archived(r)
			}
		}
	}
	return nil, nil, noNode(id)
}

// archived is why nothing is written to a repository: only mutations find things by id.
func archived(r *world.Repo) error {
	if r.Archived {
		return unable("FORBIDDEN", world.Archived().Message)
	}
	return nil
}

// labelable finds what the input names, and the names of its labels: all of them or an error.
func (v view) labelable(input map[string]any) (*world.Repo, *world.Issue, []string, error) {
	r, i, err := v.issueByID(input["labelableId"], "I", "PR")
	if err != nil {
		return nil, nil, nil, err
	}
	ids, _ := listArg(input["labelIds"])
	byID := map[int64]*world.Label{}
	for _, l := range r.Labels {
		byID[l.ID] = l
	}
	var names []string
	for _, id := range ids {
		kind, number := world.ParseNodeID(id)
		l := byID[number]
		if l == nil || kind != "LA" {
			return nil, nil, nil, noNode(id)
		}
		names = append(names, l.Name)
	}
	return r, i, names, nil
}

// reactable finds a comment, or with nil for the comment an issue or pull request.
func (v view) reactable(id any) (*world.Repo, *world.Issue, *world.Comment, error) {
	kind, number := world.ParseNodeID(id)
	if kind != "IC" {
		r, i, err := v.issueByID(id, "I", "PR")
		return r, i, nil, err
	}
	for _, r := range v.w.RepoList {
		if i, x := r.FindComment(number); x != nil && v.c.Actor.Sees(r) {
			return r, i, x, archived(r)
		}
	}
	return nil, nil, nil, noNode(id)
}

// logins are those of users that a list of node ids names.
func (v view) logins(list any) ([]string, error) {
	ids, _ := listArg(list)
	var logins []string
	for _, id := range ids {
		kind, number := world.ParseNodeID(id)
		known := len(logins)
		for _, u := range v.w.Users {
			if kind == "U" && u.ID == number {
				logins = append(logins, u.Login)
			}
		}
		if len(logins) == known {
			return nil, noNode(id)
		}
	}
	return logins, nil
}
