package web

import (
	"fmt"
	"net/http"

	"github.com/concorde-bot/concorde/internal/pull"
)

// ofReplay is what the rules want of a pull request now, beside what the bot wrote.
type ofReplay struct {
	View pull.View
	// Writes are the newest writes to each thing that can be compared, newest first.
	Writes []replayed
}

// replayed is a write, and what rules want now.
type replayed struct {
	change
	Thing, Wrote, Now string
	Differs           bool
}

var errReplay = &fault{http.StatusServiceUnavailable, "The rules can't run on it now",
	"GitHub isn't answering, or too slowly. Try again in a minute. The bot's log says why."}

// replay shows what the rules would do now. Nothing is written.
func (p *Pages) replay(w http.ResponseWriter, a *asked) error {
	key, err := p.checking(a)
	if err != nil {
		return err
	}
	if !p.judge.may(a.session.ID, p.Now()) {
		return errTooMuch
	}
	var o ofReplay
	if o.View, err = p.SignIn.Replay(a.Context(), key); err != nil {
		p.Log.Warn().Err(err).Str("key", key.String()).Msg("replaying")
		return errReplay
	}
	past, err := p.history(a, key)
	if err != nil {
		return err
	}
	o.Writes = compared(past, o.View.Wants)
	differ := 0
	for _, one := range o.Writes {
		if one.Differs {
			differ++
		}
	}
	sentence := "A replay; nothing was written. The bot would change nothing now."
	if n := len(o.View.Plan); n > 0 {
		sentence = fmt.Sprintf("A replay; nothing was written. The bot would make %s now.", plural(n, "change"))
	}
	if o.View.Hold != nil {
		sentence += " " + holdText(o.View.Hold)
	}
	if differ > 0 {
		sentence += fmt.Sprintf(" Of %d things that it wrote, the rules would now change %d.", len(o.Writes), differ)
	} else {
		sentence += " Everything it wrote still matches the rules."
	}
	p.write(w, a, http.StatusOK, page{name: "replay", Title: o.View.Title, Sentence: sentence, Repository: key.Repository().String(), Data: o})
	return nil
}

// compared finds what rules want now for each thing that the bot wrote. A rule that no
// longer says anything about a label, or about a comment, leaves it as it is.
func compared(past []change, wants []pull.Wanted) (all []replayed) {
	now := map[string]string{}
	for _, w := range wants {
		if thing, value := w.Parts(); !w.Shadow {
			now[thing] = value
		}
	}
	seen := map[string]bool{}
	for _, c := range past {
		thing, wrote, ok := pull.LogEntry{Action: c.Action}.Written()
		if !ok || seen[thing] {
			continue
		}
		seen[thing] = true
		value, wanted := now[thing]
		r := replayed{change: c, Thing: thing, Wrote: wrote, Now: value, Differs: wanted && value != wrote}
		if !wanted {
			r.Now = "no rule decides it"
		}
		all = append(all, r)
	}
	return all
}
