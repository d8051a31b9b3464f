package pull_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// reads counts how often it reads.
type reads struct{ n int }

func (m *reads) Comments(string) []int {
	m.n++
	return []int{m.n}
}

// Rules are asked about the same request several times; labels change meanwhile, and
// its texts don't.
func TestMemoReadsOnce(t *testing.T) {
	for name, c := range map[string]struct {
		memo *pull.Memo
		want int
	}{"without": {nil, 4}, "with": {&pull.Memo{}, 2}} {
		t.Run(name, func(t *testing.T) {
			var m reads
			before := &pull.Request{Memo: c.memo}
			after, err := before.After(pull.AddLabel{Name: "docs"})
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range []string{"a", "b"} {
				first := before.Reader(&m).Comments(body)[0]
				if again := after.Reader(&m).Comments(body)[0]; (again == first) != (c.memo != nil) {
					t.Errorf("%q: %d, then %d", body, first, again)
				}
			}
			if m.n != c.want {
				t.Errorf("read %d times, want %d", m.n, c.want)
			}
			if (&pull.Request{}).Reader(nil) != nil {
				t.Error("a Markdown out of nothing")
			}
		})
	}
}

// Keys of different types are different ones.
func TestMemoKeys(t *testing.T) {
	type one struct{ text string }
	type other struct{ text string }
	r := &pull.Request{Memo: &pull.Memo{}}
	number := pull.Once(r, one{"a"}, func() int { return 1 })
	text := pull.Once(r, other{"a"}, func() string { return "x" })
	if again := pull.Once(r, one{"a"}, func() int { return 2 }); number != 1 || text != "x" || again != 1 {
		t.Errorf("%d, %q, %d", number, text, again)
	}
}
