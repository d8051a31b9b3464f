package snapshot

import (
	"cmp"
	"context"
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// readThread reads an issue's comments, the latest edited first, down to those that are
// known. After an error, the next load goes on where this one ended.
func (l *loading) readThread(ctx context.Context, key pull.Key, known knownThread) (knownThread, error) {
	t, deleted := knownThread{at: known.at}, false
	if t.at.IsZero() {
		t.at = l.Now()
	}
	for {
		page, err := l.threadPage(ctx, key, t.rest)
		if err != nil {
			if known.at.IsZero() && t.rest != "" {
				l.from.threads.Add(key, t)
			}
			return t, err
		}
		t.add(page)
		if t.rest != "" && known.reached(page.Nodes) {
			deleted = t.stamp.total != known.stamp.total+t.beside(known)
			t.join(known)
			known = knownThread{}
		}
		spare(t.all, l.slug, maxSaid)
		if t.rest == "" || len(t.all) >= pull.MaxThread {
			break
		}
	}
	t.More = t.More || t.rest != "" || len(t.all) > pull.MaxThread
	if deleted {
		return l.readThread(ctx, key, knownThread{})
	}
	t.all, t.rest = t.all[:min(len(t.all), pull.MaxThread)], ""
	t.tell(l.slug)
	return t, nil
}

// threadPage reads a page; one of an issue that's gone is empty.
func (l *loading) threadPage(ctx context.Context, key pull.Key, after string) (gh.Connection[commentData], error) {
	query := "query($owner:String!,$name:String!,$number:Int!,$first:Int!,$after:String){repository(owner:$owner,name:$name," +
		"followRenames:false){" + gh.Optional + "Thread:issueOrPullRequest(number:$number){__typename ...on Issue{" + pageOfThread + "} ...on " +
		"PullRequest{" + pageOfThread + "}}}}"
	variables := map[string]any{"number": key.Number}
	if after != "" {
		variables["after"] = after
	}
	var page struct {
		Repository *struct {
			Thread *historyData `json:"maybeThread"`
		}
	}
	err := l.Smaller(ctx, func(ctx context.Context) error {
		variables["first"] = l.Page()
		return l.Ask(ctx, query, variables, &page)
	})
	if err != nil || page.Repository == nil || page.Repository.Thread == nil {
		return gh.Connection[commentData]{}, err
	}
	return page.Repository.Thread.Comments, nil
}

const pageOfThread = `comments(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{` + commentFields + `} ` +
	growing + `}`

// add adds the next page.
func (t *knownThread) add(page gh.Connection[commentData]) {
	if t.rest == "" && len(page.Nodes) > 0 { // the first one
		t.stamp = stamp{page.Nodes[0].UpdatedAt, page.TotalCount}
	}
	t.More = t.More || len(page.Nodes) < page.Entries
	t.append(page.Nodes)
	if next := page.PageInfo; next.HasNextPage && next.EndCursor != t.rest {
		t.rest = next.EndCursor
	} else {
		t.rest = ""
	}
}

// reached reports whether all that come after these comments were known already. Two edits
// within a second have the same time.
func (t *knownThread) reached(page []commentData) bool {
	return slices.ContainsFunc(page, func(c commentData) bool { return c.UpdatedAt.Before(t.stamp.edited) })
}

// beside counts the comments that weren't known: new ones, and where there are too many to
// know, older ones that were edited.
func (t *knownThread) beside(known knownThread) (count int) {
	before := known.ids()
	for _, c := range t.all {
		if !before[c.ID] {
			count++
		}
	}
	return count
}

// ids are those of the comments.
func (t *knownThread) ids() map[string]bool {
	all := make(map[string]bool, len(t.all))
	for _, c := range t.all {
		all[c.ID] = true
	}
	return all
}

// join adds what was known.
func (t *knownThread) join(known knownThread) {
	t.append(known.all)
	t.rest, t.More = known.rest, t.More || known.More
}

// append adds comments but those that were edited since, or that new ones moved to the next
// page.
func (t *knownThread) append(older []commentData) {
	read := t.ids()
	for _, c := range older {
		if !read[c.ID] {
			t.all = append(t.all, c)
		}
	}
}

// tell makes the thread as rules see it, oldest first.
func (t *knownThread) tell(slug string) {
	all := slices.Clone(t.all)
	slices.SortStableFunc(all, func(a, b commentData) int {
		before, _ := a.FullDatabaseID.Int64()
		after, _ := b.FullDatabaseID.Int64()
		return cmp.Or(cmp.Compare(a.CreatedAt.Unix(), b.CreatedAt.Unix()), cmp.Compare(before, after))
	})
	t.Notes = map[string]pull.PostedNote{}
	notesIn(all, slug, t.Notes)
	t.Comments = saidIn(all, slug)
}
