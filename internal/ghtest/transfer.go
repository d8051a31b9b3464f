package ghtest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// TransferIssue moves an issue to another repository of the owner, by a person, and returns its number there. Its comments go with
// it, and of its labels those that exist there. The old number leads to the new place.
func (r *Repo) TransferIssue(number int, by string, to *Repo) (int, error) {
	moved := 0
	err := r.act(number, "transferring", func(i *issue) error {
		if i.pull != nil || to == r || to.owner != r.owner || to.deleted {
			return errors.New("it is a pull request, or cannot go there")
		}
		who, before := r.srv.account(by), *i
		r.leave(i)
		r.transferred[number] = i
		i.id, i.repo, i.updated = r.srv.nextID(), to, r.srv.now()
		i.labels = slices.DeleteFunc(slices.Clone(i.labels), func(name string) bool { return to.labels[strings.ToLower(name)] == nil })
		i.events = slices.Clone(i.events)
		to.take(i)
		moved = i.number
		to.happened(i, event{kind: "Transferred", actor: who, origin: r})
		r.srv.hooks.issue(r, "transferred", &before, who, obj{"changes": obj{"new_issue": r.srv.issueJSON(to, i), "new_repository": r.srv.repoJSON(to)}})
		to.srv.hooks.issue(to, "opened", i, who, obj{"changes": obj{"old_issue": r.srv.issueJSON(r, &before), "old_repository": r.srv.repoJSON(r)}})
		return nil
	})
	return moved, err
}

// DeleteIssue deletes an issue, by a person. Its number is not used again.
func (r *Repo) DeleteIssue(number int, by string) error {
	return r.act(number, "deleting", func(i *issue) error {
		if i.pull != nil {
			return errors.New("a pull request cannot be deleted")
		}
		r.leave(i)
		i.deleted = true
		r.erased[number] = true
		r.srv.hooks.issue(r, "deleted", i, r.srv.account(by), nil)
		return nil
	})
}

// leave takes an issue out of the repository.
func (r *Repo) leave(i *issue) {
	delete(r.issues, i.number)
	if i.state == "open" {
		r.open--
	}
}

// take gives an issue the next number.
func (r *Repo) take(i *issue) {
	r.last++
	i.number = r.last
	r.issues[i.number] = i
	if i.state == "open" {
		r.open++
	}
}

// goneIssue is the answer for a number that has no issue any more, or never had one.
func (c *call) goneIssue(number int) error {
	if c.repo.erased[number] {
		return &apiError{Status: http.StatusGone, Message: "This issue was deleted"}
	}
	i := c.repo.transferred[number]
	if i == nil || i.deleted || !c.actor.sees(i.repo) {
		return notFound("")
	}
	_, rest, _ := strings.Cut(c.URL.EscapedPath(), "/issues/") // with the number
	_, rest, more := strings.Cut(rest, "/")
	address := "repositories/" + itoa(i.repo.id) + "/issues/" + itoa(int64(i.number))
	if more {
		address += "/" + rest
	}
	return c.repo.srv.elsewhere(c, http.StatusMovedPermanently, address)
}
