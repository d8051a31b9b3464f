package labeler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config/hostile"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

// bomb repeats an anchor a thousand times.
func bomb() string {
	var b strings.Builder
	for i := range 990 {
		fmt.Fprintf(&b, "b%d: *a\n", i)
	}
	return b.String()
}

// Files that pull requests of strangers bring must not keep the bot busy.
func TestHeavyFiles(t *testing.T) {
	deep := "a: &a [x,x,x,x,x,x,x,x]\n"
	for i := range 20 {
		deep += fmt.Sprintf("b%d: &b%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("{any: *b%d},", max(0, i-1)), 9))
	}
	lists := "g: &g {base-branch: x}\nl: &l [" + strings.Repeat("*g,", 20000) + "]\nm: &m {any: *l}\n" + "n: [" +
		strings.Repeat("*m,", 20000) + "]\n"
	for name, file := range map[string]string{
		"too large": strings.Repeat("#", yamlfile.MaxSize+1),
		"deep":      deep, "lists": lists, "itself": "a: &a [{any: *a}]\n", "itself too": "a: [&a {any: [*a]}]\n",
		"labels": strings.Repeat("x: [{base-branch: x}]\n", yamlfile.MaxSize/22), "braces": "a: [{changed-files: [{any-glob-to-any-file: '" +
			strings.Repeat("{a,b}", 90) + "'}]}]",
		"nested": "a: [{changed-files: [{any-glob-to-any-file: '" + strings.Repeat("@(", 200) + strings.Repeat(")", 200) + "'}]}]",
	} {
		start := time.Now()
		_, err := parse("l.yml", []byte(file))
		t.Logf("%s: %v", name, time.Since(start))
		if hostile.WellFormed(t, []byte(file), err); err == nil && !slices.Contains([]string{"nested", "itself", "itself too"}, name) {
			t.Errorf("%s: no fault", name)
		}
	}
}
