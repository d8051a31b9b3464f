package apply

import "github.com/concorde-bot/concorde/internal/pull"

// mutationsPerRequest bounds one request. A usual plan has five.
const mutationsPerRequest = 25

// Together reports whether an action shares a request with others of its kind. GitHub does
// or refuses each separately.
func Together(action pull.Action) bool {
	check, is := action.(pull.SetCheck)
	return pull.Joins(action) && (!is || oneWrite(check))
}

// Batches divides a plan's actions, in order, into those that share a request.
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

// evidence reports whether an action removes the reason for an earlier one, and so must
// wait until that one is done. The block in the body names the issue whose list should
// lose this pull request; a command without a reaction is a reason for everything before
// the reaction.
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

// oneWrite reports whether the check run fits in one write.
func oneWrite(s pull.SetCheck) bool { return len(s.Annotations) <= annotationsPerWrite }
