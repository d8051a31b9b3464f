package reconcile

import (
	"context"
	"sync"
	"time"
)

// The notes with which a replica that receives an event informs the others.
const (
	peopleNews       = "news/people"        // teams or roles changed
	installationNews = "news/installations" // the App was installed, removed or suspended somewhere
)

// newsEvery is how often a replica asks for news, at most.
const newsEvery = time.Second

// news is what this replica has heard from others.
type news struct {
	mu    sync.Mutex
	asked time.Time
	heard map[string]string
}

// PeopleChanged makes all replicas read teams and roles again.
func (r *Reconciler) PeopleChanged(ctx context.Context) {
	r.Loads.ForgetPeople()
	r.spread(ctx, peopleNews)
}

// InstallationsChanged makes all replicas list the installations again.
func (r *Reconciler) InstallationsChanged(ctx context.Context) {
	r.Relist()
	r.spread(ctx, installationNews)
}

func (r *Reconciler) spread(ctx context.Context, what string) {
	if err := r.Store.Put(ctx, what, []byte(r.Now().UTC().Format(time.RFC3339Nano))); err != nil {
		r.Log.Warn().Str("news", what).Err(err).Msg("notifying other replicas")
	}
}

// listen acts on news from other replicas. The next run reads what can't be read now.
func (r *Reconciler) listen(ctx context.Context) {
	r.news.mu.Lock()
	defer r.news.mu.Unlock()
	if r.Store == nil || r.Now().Sub(r.news.asked) < newsEvery {
		return
	}
	first := r.news.heard == nil
	if first {
		r.news.heard = map[string]string{}
	}
	for what, act := range map[string]func(){peopleNews: r.Loads.ForgetPeople, installationNews: r.Relist} {
		value, err := r.Store.Get(ctx, what)
		if err != nil {
			r.Log.Warn().Str("news", what).Err(err).Msg("reading other replicas' news")
			return
		}
		if told := string(value); told != r.news.heard[what] {
			r.news.heard[what] = told
			if !first { // what this process knows is no older than its start
				act()
			}
		}
	}
	r.news.asked = r.Now()
}
