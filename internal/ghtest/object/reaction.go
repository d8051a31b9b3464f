package object

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// reactionsJSON counts them.
func reactionsJSON(api string, list []*world.Reaction) obj {
	o := obj{"url": api + "/reactions", "total_count": len(list)}
	for _, name := range world.ReactionNames {
		o[name.Rest] = 0
	}
	for _, x := range list {
		n, _ := o[x.Content].(int)
		o[x.Content] = n + 1
	}
	return o
}
