package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// graphqlReason is OFF_TOPIC and so on, or null.
func graphqlReason(reason string) any {
	return world.Nullable(strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(reason)))
}
