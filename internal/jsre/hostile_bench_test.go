package jsre

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/weigh"
)

// BenchmarkHostileMatch matches the expressions that take all steps there are.
func BenchmarkHostileMatch(b *testing.B) {
	text := strings.Repeat("a", 255)
	weigh.Worst(b, []string{`(a*)*b`, `(a|a)*\1b`, `^(?=(a+)+b)`, `(?<=(a+)+b)c`, `(a?){200}a{200}b`, `(.*)(.*)(.*)(.*)b`},
		func(source string) {
			e, err := Compile(source)
			if err != nil {
				b.Fatal(err)
			}
			_, _, _ = e.MatchSteps(text) // too many steps are no fault here
		})
}
