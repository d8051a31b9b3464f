package apply

import "github.com/concorde-bot/concorde/internal/pull"

// mutationsPerRequest bounds one request. A plan has five or so.
const mutationsPerRequest = 25

// Together reports whether an action goes into one request with others of its
// kind. Each is done or refused for itself.
func Together(action pull.Action) bool {
	check, is := action.(pull.SetCheck)
	return pull.Joins(action) && (!is || oneWrite(check))
}

// Batches cuts the actions of a plan, in their order, into those that go into
// one request.
func Batches(actions []pull.Action) [][]pull.Action {
	var all [][]pull.Action
	for i, a := range actions {
		last := len(all) - 1
		if i > 0 && Together(a) && Together(actions[i-1]) && len(all[last]) < mutationsPerRequest && !evidence(a, actions[i-1]) {
			all[last] = append(all[last], a)
			continue
		}
		all = append(all, []pull.Action{a})
	}
	return all
}

// evidence reports whether an action takes away what another one before it follows
// from, and waits until that is done. The block in the body names the issue in whose
// list the pull request should not be any more; a comment without a reaction asks
// for what comes before the reaction.
func evidence(a, before pull.Action) bool {
	switch a.(type) {
	case pull.EditBlock:
		listed, is := before.(pull.EditEntry)
		return is && !listed.On
	case pull.React:
		_, reacts := before.(pull.React)
		return !reacts
	}
	return false
}

// oneWrite reports whether one write holds the check run.
func oneWrite(s pull.SetCheck) bool { return len(s.Annotations) <= annotationsPerWrite }
