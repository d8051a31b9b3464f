package changelog_test

import (
	"bufio"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// tree is one that blurb itself has seen; testdata/blurb.py says what its rows mean.
type tree struct {
	name, version string
	day           time.Time
	files         []pull.File
	breaks, lost  []string
	exit          string
	release       string
}

func trees(t testing.TB) (all []tree) {
	t.Helper()
	file, err := os.Open("testdata/blurb.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := func(quoted string) string {
		s, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%q: %v", quoted, err)
		}
		return s
	}
	rows := bufio.NewScanner(file)
	rows.Buffer(nil, 1<<20)
	for rows.Scan() {
		cells := strings.Split(rows.Text(), "\t")
		if cells[0] == "tree" {
			day, err := time.Parse(time.DateOnly, cells[3])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, tree{name: cells[1], version: cells[2], day: day})
			continue
		}
		last := &all[len(all)-1]
		switch cells[0] {
		case "file":
			last.files = append(last.files, regular(text(cells[1]), text(cells[2])))
		case "breaks":
			last.breaks = append(last.breaks, text(cells[1]))
		case "lost":
			last.lost = append(last.lost, text(cells[1]))
		case "exit":
			last.exit = cells[1]
		case "release":
			last.release = text(cells[1])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func regular(path, content string) pull.File {
	return pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(content)), Data: []byte(content)}}
}

// paths are those with a fault of a kind, once each.
func paths(faults []changelog.Fault, harm changelog.Harm) (all []string) {
	for _, f := range faults {
		if f.Harm == harm && !slices.Contains(all, f.Path) {
			all = append(all, f.Path)
		}
	}
	slices.Sort(all)
	return all
}

// TestBlurb: of more than two hundred trees, the release's file is blurb's own to the
// byte, and the faulty entries are those that blurb stops at or doesn't find.
func TestBlurb(t *testing.T) {
	all := trees(t)
	if len(all) < 200 {
		t.Errorf("only %d trees", len(all))
	}
	set := config.Preset().News
	for _, tree := range all {
		d := changelog.Judge(set, tree.files)
		if diff := cmp.Diff(tree.release, d.Release(tree.version, tree.day)); diff != "" {
			t.Errorf("%s: the release (-blurb +ours):\n%s", tree.name, diff)
		}
		slices.Sort(tree.breaks)
		slices.Sort(tree.lost)
		if diff := cmp.Diff(tree.breaks, paths(d.Faults, changelog.Breaks)); diff != "" {
			t.Errorf("%s: entries that break the release (-blurb +ours):\n%s", tree.name, diff)
		}
		if diff := cmp.Diff(tree.lost, paths(d.Faults, changelog.Lost)); diff != "" {
			t.Errorf("%s: entries that would be lost (-blurb +ours):\n%s", tree.name, diff)
		}
		if stops := len(tree.breaks) > 0 || d.Found == 0; stops != (tree.exit == "1") {
			t.Errorf("%s: blurb's exit code is %s", tree.name, tree.exit)
		}
	}
}

// TestLaws: the order of files doesn't matter; every file is in the release, or has a
// fault, or isn't an entry; and what a release shows can be released again as it is.
func TestLaws(t *testing.T) {
	set := config.Preset().News
	for i, tree := range trees(t) {
		d := changelog.Judge(set, tree.files)
		r := rand.New(rand.NewPCG(uint64(i), 1))
		r.Shuffle(len(tree.files), func(a, b int) { tree.files[a], tree.files[b] = tree.files[b], tree.files[a] })
		if diff := cmp.Diff(d.Faults, changelog.Judge(set, tree.files).Faults); diff != "" {
			t.Errorf("%s: the order of files changes the faults:\n%s", tree.name, diff)
		}
		release := d.Release(tree.version, tree.day)
		if release != changelog.Judge(set, tree.files).Release(tree.version, tree.day) {
			t.Errorf("%s: the order of files changes the release", tree.name)
		}
		nothingLost(t, tree, d)
		again(t, tree, d, release)
	}
}

func nothingLost(t *testing.T, tree tree, d changelog.Draft) {
	t.Helper()
	for _, file := range tree.files {
		shown := slices.ContainsFunc(d.Entries, func(e changelog.Entry) bool { return e.Path == file.Path })
		faulty := slices.ContainsFunc(d.Faults, func(f changelog.Fault) bool { return f.Path == file.Path })
		noEntry := strings.HasSuffix(file.Path, "/README.rst") || strings.HasSuffix(file.Path, "/.gitkeep")
		if !shown && !faulty && !noEntry {
			t.Errorf("%s: %q is neither in the release nor faulty", tree.name, file.Path)
		}
	}
}

// again releases the texts of a release once more.
func again(t *testing.T, tree tree, d changelog.Draft, release string) {
	t.Helper()
	if tree.exit == "1" {
		return
	}
	var files []pull.File
	for _, e := range d.Entries {
		files = append(files, regular(e.Path, e.Text))
	}
	second := changelog.Judge(config.Preset().News, files)
	if len(second.Faults) > 0 {
		t.Errorf("%s: what was released has faults: %v", tree.name, second.Faults)
	}
	for i, e := range second.Entries {
		if e.Text != d.Entries[i].Text || !strings.Contains(release, e.Text) {
			t.Errorf("%s: %q changes when it's wrapped again, or isn't in the release", tree.name, e.Text)
		}
	}
}
