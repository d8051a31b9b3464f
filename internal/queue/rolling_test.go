package queue

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// addsOnly is what a program of the version before doesn't notice.
var addsOnly = regexp.MustCompile(`^(CREATE TABLE |CREATE INDEX |ALTER TABLE \w+ ADD COLUMN \w+ \w+ NOT NULL DEFAULT )`)

// TestUpgradesOnlyAdd: from version 8 on, an upgrade only adds, so that older processes
// work on while they are replaced one by one.
func TestUpgradesOnlyAdd(t *testing.T) {
	for i, statements := range migrations[7:] {
		for _, s := range statements {
			if !addsOnly.MatchString(strings.TrimSpace(s)) {
				t.Errorf("version %d: %q doesn't only add. If it must be, say in CHANGELOG.md that all replicas must stop for it, and make an exception here", i+8, s)
			}
		}
	}
}

// TestOldProcessDuringAnUpgrade: a process goes on, and loses nothing, when a newer
// program upgrades the tables under it. It can't start again.
func TestOldProcessDuringAnUpgrade(t *testing.T) {
	t.Parallel()
	database := postgresSchema(t)
	var d diary
	old := begin(t, Config{Database: database, Work: d.work})
	newer := rawDatabase(t, database)
	for i := range 100 {
		if i == 50 {
			newer.exec(fmt.Sprintf(`BEGIN; CREATE TABLE plans (id BIGINT PRIMARY KEY);
ALTER TABLE keys ADD COLUMN plan BIGINT NOT NULL DEFAULT 0; ALTER TABLE deliveries ADD COLUMN plan TEXT NOT NULL DEFAULT '';
INSERT INTO queue_version (version) VALUES (%d); COMMIT`, len(migrations)+1))
		}
		id := fmt.Sprint(i)
		if fresh, err := old.Receive(t.Context(), Delivery{ID: id, Hints: []Hint{{Key: id, Version: id,
			UpdatedAt: afterFill()}}}); err != nil || !fresh {
			t.Fatalf("receiving %s: fresh %t, %v", id, fresh, err)
		}
	}
	quiet(t, old)
	ran := map[string]int{}
	for _, job := range d.all() {
		ran[job.Key]++
	}
	for i := range 100 {
		if ran[fmt.Sprint(i)] != 1 {
			t.Errorf("%d ran %d times", i, ran[fmt.Sprint(i)])
		}
	}
	if _, err := Open(t.Context(), Config{Database: database, Work: d.work}); err == nil || !strings.Contains(err.Error(),
		"start the newer program") {
		t.Errorf("starting the older program again: %v", err)
	}
}
