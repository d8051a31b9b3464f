package gh

import (
	"context"
	"fmt"

	"github.com/concorde-bot/concorde/internal/pull"
)

// OutlineQuery says what to load of a repository.
type OutlineQuery struct {
	Key          pull.Key
	Installation int64  // 0: look it up
	SettingsPath string // ".github/concorde.yml"
	// LabelRulesPath is ".github/labeler.yml"; "": LabelRules stay nil.
	LabelRulesPath string
	// Queues are branches whose merge queue is looked at; "" is the default branch.
	Queues []string
}

// Outline is a repository without its pull requests.
type Outline struct {
	Key           pull.Key // Number 0
	DefaultBranch string   // "" where the repository has no commits
	Branches      []string
	Labels        []Label
	Settings      []byte // as pull.Request has it, and so LabelRules
	LabelRules    []byte
	Tips          map[string]string // commits, by branch
	Queued        []Queued
}

// Outline loads a repository as a whole. It costs one request, one more for each
// further hundred of branches or of labels, and for each 25 pull requests in a merge
// queue.
func (a *App) Outline(ctx context.Context, q OutlineQuery) (Outline, error) {
	var out Outline
	err := a.asking(question{q.Key.Repository(), "outline"}, func(s *size) (err error) {
		out, err = a.outline(ctx, q, s)
		return err
	})
	if err != nil {
		a.forget(q.Key, err)
		return Outline{}, fmt.Errorf("loading %s: %w", q.Key.Repository(), err)
	}
	return out, nil
}

const (
	refsFields   = `refs(refPrefix:"refs/heads/",first:$first,after:$after){nodes{name target{__typename oid}} ` + pageFields + "}"
	labelsFields = "labels(first:$first,after:$after){nodes{id name color description} " + pageFields + "}"
)

func (a *App) outline(ctx context.Context, q OutlineQuery, s *size) (Outline, error) {
	r, err := a.repository(ctx, q.Key, q.Installation)
	if err != nil {
		return Outline{}, err
	}
	if a.queueless.Load() {
		q.Queues = nil
	}
	answer, err := r.outline(ctx, q, s)
	if len(q.Queues) > 0 && hidesQueues(err) {
		hidden := err
		q.Queues = nil
		if answer, err = r.outline(ctx, q, s); err == nil {
			r.withoutQueues(hidden)
		}
	}
	if err != nil {
		return Outline{}, err
	}
	var found struct{ Repository outlineData }
	if err := answer.outline(&found.Repository); err != nil {
		return Outline{}, err
	}
	refs, labels := found.Repository.Refs, found.Repository.Labels
	if refs.Nodes, err = rest(ctx, a, q, remainder[branchData]{refs, "branches", refsFields}); err != nil {
		return Outline{}, fmt.Errorf("listing branches: %w", err)
	}
	if labels.Nodes, err = rest(ctx, a, q, remainder[labelData]{labels, "labels", labelsFields}); err != nil {
		return Outline{}, fmt.Errorf("listing labels: %w", err)
	}
	out := Outline{Key: q.Key.Repository()}
	a.ids.all(q.Key, labels.Nodes)
	for _, label := range labels.Nodes {
		out.Labels = append(out.Labels, label.Label)
	}
	l := &loader{repository: r, Query: Query{Key: q.Key}}
	if out.Settings, err = l.onDefault(ctx, found.Repository.Settings, q.SettingsPath); err != nil {
		return Outline{}, err
	}
	if out.LabelRules, err = l.onDefault(ctx, found.Repository.LabelRules, q.LabelRulesPath); err != nil {
		return Outline{}, err
	}
	if found.Repository.DefaultBranchRef != nil {
		out.DefaultBranch = found.Repository.DefaultBranchRef.Name
	}
	out.Tips = map[string]string{}
	for _, ref := range refs.Nodes {
		out.Branches = append(out.Branches, ref.Name)
		out.Tips[ref.Name] = ref.Target.Oid
	}
	out.Queued, err = r.queued(ctx, answer, q.Queues)
	return out, err
}

// outline asks for the first page of all.
func (r *repository) outline(ctx context.Context, q OutlineQuery, s *size) (found answers, err error) {
	err = s.smaller(ctx, func(ctx context.Context) error {
		declared, queues, variables := queueFields(q.Queues)
		query := "query($owner:String!,$name:String!,$settings:String!,$labelRules:String!,$first:Int!,$after:String" + declared + "){" +
			"repository(owner:$owner,name:$name,followRenames:false){defaultBranchRef{name} settings:object(expression:$settings){" + blobFields + "} " +
			"labelRules:object(expression:$labelRules){" + blobFields + "} " + refsFields + " " + labelsFields + queues + "}}"
		variables["settings"], variables["labelRules"], variables["first"] = "HEAD:"+q.SettingsPath, "HEAD:"+q.LabelRulesPath, s.page()
		var answer struct{ Repository answers }
		err := r.query(ctx, query, variables, &answer)
		found = answer.Repository
		return err
	})
	return found, err
}

type outlineData struct {
	DefaultBranchRef *struct{ Name string }
	Settings         *blobData
	LabelRules       *blobData
	Refs             list[branchData]
	Labels           list[labelData]
}

// outline reads the fields that have no number.
func (a answers) outline(into *outlineData) error {
	for name, field := range map[string]any{
		"defaultBranchRef": &into.DefaultBranchRef, "settings": &into.Settings, "labelRules": &into.LabelRules, "refs": &into.Refs, "labels": &into.Labels,
	} {
		if err := a.one(name, field); err != nil {
			return err
		}
	}
	return nil
}

type branchData struct {
	Name   string
	Target struct{ Oid string }
}

type labelData struct {
	ID string
	Label
}

// remainder is the first page of a list, with the fields to ask for the others.
type remainder[T any] struct {
	first        list[T]
	kind, fields string
}

// rest gives all entries of a list.
func rest[T any](ctx context.Context, a *App, q OutlineQuery, of remainder[T]) ([]T, error) {
	all, page := of.first.Nodes, of.first.PageInfo
	if !page.HasNextPage || page.EndCursor == "" {
		return all, nil
	}
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name,followRenames:false){all:" + of.fields + "}}"
	further := listing[T]{q.Key, q.Installation, of.kind, query, map[string]any{"after": page.EndCursor}}
	err := eachOf(ctx, a, further, func(n T) bool {
		all = append(all, n)
		return true
	})
	return all, err
}
