package git_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

func TestSmoke(t *testing.T) {
	w := newWork(t)
	s := newServer(t)
	w.write("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
	w.commit("first")
	w.git("branch", "3.14")
	w.git("checkout", "-q", "-b", "3.13")
	w.write("a", "1\n2\n3\n4\n5\n6\n7\n8\nIX\n")
	w.commit("other")
	w.git("checkout", "-q", "main")
	w.write("a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n")
	fix := w.commit("fix")
	url := s.publish(w, "r.git")
	e, err := git.NewEngine(git.EngineConfig{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	picked, err := e.Pick(t.Context(), git.Job{Remote: url, Commit: fix, Targets: []git.Target{{Branch: "3.14", Head: "b-3.14"}, {Branch: "3.13", Head: "b-3.13"}, {Branch: "3.12", Head: "b-3.12"}}, Committer: git.Person{"bot", "b@example.com"}, Markers: true})
	t.Logf("%+v %v", picked, err)
	t.Log(s.requests.Load(), s.bytes.Load())
}
