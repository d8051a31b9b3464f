package gh

import (
	"github.com/concorde-bot/concorde/internal/pull"
)

// holeIn is a place in the answers about a repository.
type holeIn struct {
	repository pull.Key
	field      string
}

const rememberedHoles = 1000

// missed counts the holes in an answer, and tells the log of each place once.
func (s *site) missed(of pull.Key, holes []graphqlFault) {
	for _, f := range holes {
		place := holeIn{of.Repository(), f.field()}
		s.metrics.holes.WithLabelValues(place.field).Inc()
		if told, _ := s.holes.ContainsOrAdd(place, struct{}{}); !told {
			s.cfg.Log.Warn().Str("repository", place.repository.String()).Str("field", place.field).Str("cause", Tidy(f.text())).
				Msg("GitHub leaves something out of its answers: the bot does without it")
		}
	}
}
