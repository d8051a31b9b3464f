package gh

import (
	"slices"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestAskPeople(t *testing.T) {
	w := newWorld(t)
	key, _ := w.openBackport("backport")
	must(t, w.repo.Collaborator("guido", "write"))
	for range 2 {
		w.apply(key, pull.RequestReview{Login: "guido"})
		w.apply(key, pull.Assign{Login: "guido"})
	}
	check(t, "no collaborator", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "stranger"}), rejected, "422: Reviews may only be requested from collaborators")
	w.apply(key, pull.Assign{Login: "stranger"}) // GitHub says nothing
	if st := w.pr(key); !slices.Equal(st.Reviewers, []string{"guido"}) || !slices.Equal(st.Assignees, []string{"guido"}) {
		t.Errorf("reviewers %q, assignees %q", st.Reviewers, st.Assignees)
	}
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "write"}))
	w.srv.RevokeTokens()
	check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.RequestReview{Login: "guido"}), denied, "pull")
	check(t, "may not", w.app.Apply(t.Context(), 0, key, pull.Assign{Login: "guido"}), denied, "issues")
}
