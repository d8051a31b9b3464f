package snapshot

import (
	"context"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Repository loads a repository as a whole. It costs one request, one more for each
// further hundred of branches or of labels, and for each 25 pull requests in a merge
// queue.
func (l *Loader) Repository(ctx context.Context, q RepositoryQuery) (out pull.Repository, err error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		err = c.Asking("repository", func(s *gh.Size) (err error) {
			out, err = (&repositoryLoad{l, c, q, s}).load(ctx)
			return err
		})
	}
	if err != nil {
		l.app.Forget(q.Key, err)
		return pull.Repository{}, fmt.Errorf("loading %s: %w", q.Key.Repository(), err)
	}
	return out, nil
}

const (
	refsFields   = `refs(refPrefix:"refs/heads/",first:$first,after:$after){nodes{name target{__typename oid}} ` + pageFields + "}"
	labelsFields = "labels(first:$first,after:$after){nodes{id name color description} " + pageFields + "}"
)

func (l *repositoryLoad) load(ctx context.Context) (pull.Repository, error) {
	answer, err := l.withQueues(ctx)
	if err != nil {
		return pull.Repository{}, err
	}
	var found repositoryAnswer
	if err := found.read(answer); err != nil {
		return pull.Repository{}, err
	}
	if found.Refs.Nodes, err = allOf(ctx, l, remainder[branchData]{found.Refs, "branches", refsFields}); err != nil {
		return pull.Repository{}, fmt.Errorf("listing branches: %w", err)
	}
	if found.Labels.Nodes, err = allOf(ctx, l, remainder[labelData]{found.Labels, "labels", labelsFields}); err != nil {
		return pull.Repository{}, fmt.Errorf("listing labels: %w", err)
	}
	out := pull.Repository{Key: l.Key.Repository(), Tips: map[string]string{}}
	ids := map[string]string{}
	for _, label := range found.Labels.Nodes {
		out.Labels = append(out.Labels, label.LabelStyle)
		ids[label.Name] = label.ID
	}
	l.IDs.SetLabels(l.Key, ids)
	if out.Settings, err = onDefault(ctx, l.Client, found.Settings, l.SettingsPath); err != nil {
		return pull.Repository{}, err
	}
	if out.LabelRules, err = onDefault(ctx, l.Client, found.LabelRules, l.LabelRulesPath); err != nil {
		return pull.Repository{}, err
	}
	if found.DefaultBranchRef != nil {
		out.DefaultBranch = found.DefaultBranchRef.Name
	}
	for _, ref := range found.Refs.Nodes {
		out.Branches = append(out.Branches, ref.Name)
		out.Tips[ref.Name] = ref.Target.Oid
	}
	out.Queued, err = l.queued(ctx, answer)
	return out, err
}

// withQueues requests the first page of everything, without merge queues if they aren't
// visible.
func (l *repositoryLoad) withQueues(ctx context.Context) (gh.Fields, error) {
	if l.queueless.Load() {
		l.Queues = nil
	}
	answer, err := l.overview(ctx)
	if len(l.Queues) == 0 || !hidesQueues(err) {
		return answer, err
	}
	hidden := err
	l.Queues = nil
	if answer, err = l.overview(ctx); err == nil {
		l.withoutQueues(hidden)
	}
	return answer, err
}

func (l *repositoryLoad) overview(ctx context.Context) (found gh.Fields, err error) {
	err = l.Smaller(ctx, func(ctx context.Context) error {
		declared, queues, variables := queueFields(l.Queues)
		query := "query($owner:String!,$name:String!,$settings:String!,$labelRules:String!,$first:Int!,$after:String" + declared + "){" +
			"repository(owner:$owner,name:$name,followRenames:false){defaultBranchRef{name} settings:object(expression:$settings){" + blobFields +
			"} " +
			"labelRules:object(expression:$labelRules){" + blobFields + "} " + refsFields + " " + labelsFields + queues + "}}"
		variables["settings"], variables["labelRules"], variables["first"] = "HEAD:"+l.SettingsPath, "HEAD:"+l.LabelRulesPath, l.Page()
		var answer struct{ Repository gh.Fields }
		err := l.Ask(ctx, query, variables, &answer)
		found = answer.Repository
		return err
	})
	return found, err
}

type repositoryAnswer struct {
	DefaultBranchRef *struct{ Name string }
	Settings         *blobData
	LabelRules       *blobData
	Refs             gh.Connection[branchData]
	Labels           gh.Connection[labelData]
}

// read reads the fields without a number.
func (d *repositoryAnswer) read(a gh.Fields) error {
	for name, field := range map[string]any{
		"defaultBranchRef": &d.DefaultBranchRef, "settings": &d.Settings, "labelRules": &d.LabelRules, "refs": &d.Refs, "labels": &d.Labels,
	} {
		if err := a.Read(name, field); err != nil {
			return err
		}
	}
	return nil
}

type branchData struct {
	Name   string
	Target struct{ Oid string }
}

// remainder is a list's first page, with the fields for further ones.
type remainder[T any] struct {
	first        gh.Connection[T]
	kind, fields string
}

// allOf returns all entries of a list.
func allOf[T any](ctx context.Context, l *repositoryLoad, of remainder[T]) ([]T, error) {
	all, page := of.first.Nodes, of.first.PageInfo
	if !page.HasNextPage || page.EndCursor == "" {
		return all, nil
	}
	query := "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name,followRenames:false){all:" +
		of.fields + "}}"
	further := listing[T]{l.Key, l.Installation, of.kind, query, map[string]any{"after": page.EndCursor}}
	err := eachOf(ctx, l.Loader, further, func(n T) bool {
		all = append(all, n)
		return true
	})
	return all, err
}
