package snapshot

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// releaseAge is how long the lists of pull requests of a release are remembered. Its
	// blockers, branch and tag are read every time.
	releaseAge = 10 * time.Minute
	// maxReleases limits the remembered lists.
	maxReleases = 100
	// maxReleasePages limits each list, in pages of a hundred.
	maxReleasePages = 20
)

// releases are the lists of pull requests of releases.
type releases struct {
	mu  sync.Mutex
	all map[releaseOf]releaseState
}

type releaseOf struct {
	repository pull.Key
	version    string
}

// releaseState is what was read so far: a load that runs out of time goes on the next
// time.
type releaseState struct {
	look  pull.ReleaseLook
	lists pull.Release
	done  int // lists
	until time.Time
}

func (r *releases) of(of releaseOf, look pull.ReleaseLook, now time.Time) releaseState {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, found := r.all[of]
	if found && now.Before(known.until) && sameLook(known.look, look) {
		return known
	}
	return releaseState{look: look, until: now.Add(releaseAge)}
}

func (r *releases) keep(of releaseOf, state releaseState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) >= maxReleases || r.all == nil {
		r.all = map[releaseOf]releaseState{}
	}
	r.all[of] = state
}

func sameLook(a, b pull.ReleaseLook) bool {
	return a.Branch == b.Branch && a.Uncut == b.Uncut && a.Default == b.Default && a.Frozen == b.Frozen && a.Requested == b.Requested &&
		a.Since.Equal(b.Since) && slices.Equal(a.Tags, b.Tags) && a.Entries == b.Entries && slices.Equal(a.Fixes, b.Fixes)
}

// releaseList reads one of the lists into a release.
type releaseList func(context.Context, ReleaseQuery, *pull.Release) error

// listsOf are those that a look requests.
func (l *Loader) listsOf(q ReleaseQuery) (all []releaseList) {
	if q.Requested != "" {
		all = append(all, l.openInto, l.touchedInto, l.fixes, l.requested)
	}
	if q.Entries != "" {
		all = append(all, l.entries)
	}
	if len(q.Tags) > 0 {
		all = append(all, l.later)
	}
	if q.Said != nil {
		all = append(all, l.said)
	}
	return all
}

// lists loads the lists, or takes remembered ones.
func (l *Loader) lists(ctx context.Context, q ReleaseQuery, now time.Time, out *pull.Release) error {
	if q.Uncut && out.Branch == q.Default { // it takes no backports
		q.Branch, q.Requested = q.Default, ""
	}
	of := releaseOf{q.Key.Repository(), q.Version}
	state := l.releases.of(of, q.ReleaseLook, now)
	if state.lists.Tag != out.Tag && state.done > 0 { // there's a release since
		state = releaseState{look: q.ReleaseLook, until: now.Add(releaseAge)}
	}
	for each := l.listsOf(q); state.done < len(each); state.done++ {
		state.lists.Tag, state.lists.Tagged = out.Tag, out.Tagged
		if err := each[state.done](ctx, q, &state.lists); err != nil {
			return err
		}
		next := state
		next.done++
		l.releases.keep(of, next)
	}
	lists := state.lists
	lists.Branch, lists.Tip, lists.Commits, lists.Tag, lists.Tagged = out.Branch, out.Tip, out.Commits, out.Tag, out.Tagged
	lists.Blockers, lists.MoreBlockers = out.Blockers, out.MoreBlockers
	*out = lists
	return nil
}

func (q ReleaseQuery) list(base string) List {
	return List{Key: q.Key, Installation: q.Installation, Base: base, Pages: maxReleasePages}
}

// openInto lists the open pull requests into the branch, with their approvals.
func (l *Loader) openInto(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	of := q.list(q.Branch)
	of.States = []pull.State{pull.Open}
	slug, err := l.app.Slug(ctx)
	if err != nil {
		return of.failed(err)
	}
	entry := entryFields{"...Summary" + summaryLabels + "opened:createdAt " + freshFields + " " + moveFields, summaryFragment}
	var found []pull.Incoming
	complete, err := eachPull(ctx, l, of, entry, func(d summaryData) {
		p := pull.Incoming{Summary: d.summary(slug), Created: d.Opened}
		p.Reviews, p.Fresh = d.opinions(), d.fresh(d.HeadRefOid)
		for _, o := range d.Approving.Nodes {
			if o.State == "APPROVED" && o.SubmittedAt.After(p.Approved) {
				p.Approved = o.SubmittedAt
			}
		}
		p.Moved = d.moved()
		found = append(found, p)
	})
	slices.SortFunc(found, func(a, b pull.Incoming) int { return a.Created.Compare(b.Created) })
	out.Open, out.Incomplete = found, out.Incomplete || !complete
	return err
}

// touchedInto lists the pull requests into the branch in any state.
func (l *Loader) touchedInto(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	of := q.list(q.Branch)
	of.Since = q.Since
	found, complete, err := l.Pulls(ctx, of)
	out.Into, out.Incomplete = found, out.Incomplete || !complete
	return err
}

// fixes lists merged changes that the branch may lack, by their labels.
func (l *Loader) fixes(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	if len(q.Fixes) == 0 {
		return nil
	}
	of := q.list(q.Default)
	of.Labels, of.Since = q.Fixes, q.Since
	found, complete, err := l.Merged(ctx, of)
	out.Merged, out.Incomplete = found, out.Incomplete || !complete
	return err
}

// requested adds those that still request a backport, however old they are.
func (l *Loader) requested(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	of := q.list(q.Default)
	of.Labels = []string{q.Requested}
	found, complete, err := l.Merged(ctx, of)
	for _, s := range found {
		if !slices.ContainsFunc(out.Merged, func(m pull.Summary) bool { return m.Number == s.Number }) {
			out.Merged = append(out.Merged, s)
		}
	}
	out.Incomplete = out.Incomplete || !complete
	return err
}

// entries reads the NEWS entries of the branch.
func (l *Loader) entries(ctx context.Context, q ReleaseQuery, out *pull.Release) (err error) {
	out.Entries, err = l.Tree(ctx, TreeQuery{Key: q.Key, Installation: q.Installation, Ref: "refs/heads/" + q.Branch, Directory: q.Entries})
	out.EntriesRead = err == nil
	return err
}

// later reads what came to the branch since the last release.
func (l *Loader) later(ctx context.Context, q ReleaseQuery, out *pull.Release) (err error) {
	if out.Tagged == "" {
		return nil
	}
	of := LandedQuery{Key: q.Key, Installation: q.Installation, Branch: q.Branch, Tag: out.Tag, Commits: 100 * maxReleasePages}
	if q.Told != nil {
		of.Paths = q.Told(out.Entries)
	}
	out.Later, err = l.Landed(ctx, of)
	return err
}
