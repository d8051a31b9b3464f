package webhook

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/weigh"
)

// BenchmarkHostilePayload reads the largest deliveries. Only GitHub can sign one, but
// what is in it is strangers' text.
func BenchmarkHostilePayload(b *testing.B) {
	fill := func(before, piece, after string) string {
		return before + strings.Repeat(piece, (MaxBody-len(before)-len(after))/len(piece)) + after
	}
	weigh.Worst(b, []string{
		fill(`{"comment":{"body":"`, `\n`, `"}}`),
		fill(`{"comment":{"body":"`, `é`, `"}}`),
		fill(`{"commits":[`, `{"added":["a"]},`, `{}]}`),
		fill(`{"commits":[{"added":[`, `"a",`, `"a"]}]}`),
		fill(`{"repositories":[`, `{"full_name":"a/b"},`, `{}]}`),
		fill(`{"a":`, `[`, `}`),
		fill(`{`, `"a":1,`, `"b":2}`),
	}, func(text string) {
		if e, err := parse([]byte(text)); err == nil {
			e.keys("installation", self{})
			e.files()
		}
	})
}
