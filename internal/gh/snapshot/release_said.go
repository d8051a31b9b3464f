package snapshot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What people said on the pull requests that wait for a release manager, or broke the ABI: a
// release manager may have answered there. Of others, it isn't known, and they go on waiting. Only
// comments that may count are kept: for some minutes, of all those.
const (
	maxAsking    = 100 // pull requests
	saidPerQuery = 20
	newestSaid   = 50 // comments
	// maxCrowded is of how many pull requests with more comments all are read, and remembered as
	// those of other issues.
	maxCrowded = 20
)

// moveFields are when a pull request's base last changed.
const moveFields = "moves:timelineItems(last:1,itemTypes:[BASE_REF_CHANGED_EVENT,AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]){nodes{" +
	"...on BaseRefChangedEvent{createdAt} ...on AutomaticBaseChangeSucceededEvent{createdAt}}}"

type moveData struct {
	Moves gh.Connection[struct{ CreatedAt time.Time }]
}

func (d moveData) moved() (at time.Time) {
	for _, m := range d.Moves.Nodes {
		at = m.CreatedAt
	}
	return at
}

// freshFields are the reviews by people with write access, and who was asked for another one.
const freshFields = "approving:latestOpinionatedReviews(first:20,writersOnly:true){nodes{author" + person +
	" state submittedAt commit{oid}}} asked:reviewRequests(first:20){nodes{requestedReviewer{__typename ...on Actor{login}}}}"

type freshData struct {
	Approving gh.Connection[opinionData]
	Asked     gh.Connection[struct{ RequestedReviewer *actorData }]
}

// opinions are all reviews.
func (d freshData) opinions() map[string]pull.Review {
	return reviewData{Opinions: d.Approving}.reviews()
}

// fresh are the reviews of a head by people who weren't asked again.
func (d freshData) fresh(head string) map[string]pull.Review {
	hidden := d.Approving.Entries - len(d.Approving.Nodes)
	d.Approving.Nodes = slices.DeleteFunc(slices.Clone(d.Approving.Nodes), func(n opinionData) bool {
		return n.Commit == nil || n.Commit.Oid != head
	})
	d.Approving.Entries = len(d.Approving.Nodes) + hidden
	all := d.opinions()
	again, _ := reviewData{ReviewRequests: d.Asked}.people()
	for _, login := range again {
		delete(all, login)
	}
	return all
}

type saidData struct {
	historyData
	freshData
	moveData
	HeadRefOid string
	Newest     stampComments
}

func (l *Loader) said(ctx context.Context, q ReleaseQuery, out *pull.Release) error {
	slug, err := l.app.Slug(ctx)
	if err != nil {
		return err
	}
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err != nil {
		return err
	}
	out.Me, out.Said = slug, map[int]pull.Said{}
	return c.Asking("comments for a release", func(s *gh.Size) error {
		seen := map[int]bool{}
		asked := slices.DeleteFunc(q.Said(*out), func(n int) bool {
			again := seen[n]
			seen[n] = true
			return again || !number(n)
		})
		at, crowded := loading{Client: c, from: l, Query: Query{Key: q.Key}, Size: s, slug: slug, out: &pull.Request{}}, maxCrowded
		for numbers := range slices.Chunk(first(asked, maxAsking), saidPerQuery) {
			var answer struct{ Repository gh.Fields }
			err := s.Smaller(ctx, func(ctx context.Context) error {
				query, variables := saidQuery(numbers, s.Part(newestSaid))
				return c.Ask(ctx, query, variables, &answer)
			})
			if err != nil {
				return err
			}
			for i, number := range numbers {
				var of *saidData
				if err := answer.Repository.ReadNth(gh.Optional, i, &of); err != nil {
					return err
				}
				if of == nil {
					continue
				}
				comments, err := at.saidOn(ctx, number, of, &crowded)
				if err != nil {
					return err
				}
				out.Said[number] = pull.Said{Comments: q.Heard(comments), Reviews: of.fresh(of.HeadRefOid), Moved: of.moved()}
			}
		}
		return nil
	})
}

// saidOn are the comments on a pull request: all that are remembered or read if there are more
// than the answer has, on crowded pull requests.
func (l *loading) saidOn(ctx context.Context, number int, of *saidData, crowded *int) ([]pull.Comment, error) {
	newest := stampOf(of.Newest)
	if newest.total <= of.Comments.Entries || *crowded == 0 {
		spare(of.Comments.Nodes, l.slug, maxSaid)
		return saidIn(of.Comments.Nodes, l.slug), nil
	}
	*crowded--
	thread, err := l.thread(ctx, number, newest)
	return slices.Clone(thread.Comments), err
}

func saidQuery(numbers []int, newest int) (query string, variables map[string]any) {
	q := gh.Query{Declared: []string{"$newest:Int!"}, Variables: map[string]any{"newest": newest}}
	for i, number := range numbers {
		name := fmt.Sprint("n", i)
		q.Declared, q.Variables[name] = append(q.Declared, "$"+name+":Int!"), number
		q.Repository = append(q.Repository, fmt.Sprintf("%s%d:pullRequest(number:$%s){headRefOid "+
			"comments(last:$newest){nodes{"+commentFields+"}} newest:"+stampFields+" "+freshFields+" "+moveFields+"}", gh.Optional, i, name))
	}
	return q.String(), q.Variables
}
