//go:build unix

package queue

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKilledUpgrade: an upgrade that is killed in the middle has changed nothing, and the
// next start does all of it.
func TestKilledUpgrade(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		db := rawDatabase(t, database)
		db.exec(dump(t, database, 1))
		before := schema(db, database)
		goOn := stopInside(t, db, database)
		victim := victimOf(t, "upgrade", database)
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the upgrade has begun", func() bool { return upgrading(db, database) })
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		wasKilled(t, victim)
		goOn()
		if diff := cmp.Diff(before, schema(db, database)); diff != "" {
			t.Errorf("the tables after the kill (-before +after):\n%s", diff)
		}
		var d diary
		q := begin(t, Config{Database: database, Work: d.work, Now: afterFill})
		quiet(t, q)
		goesOn(t, 1, q, d.all())
		if diff := cmp.Diff(newSchema(t, database), schema(db, database)); diff != "" {
			t.Errorf("the tables (-new +upgraded):\n%s", diff)
		}
	})
}

// stopInside has an upgrade from version 1 wait after version 4.
func stopInside(t *testing.T, db raw, database string) (goOn func()) {
	t.Helper()
	if isPostgres(database) {
		other := rawDatabase(t, database)
		other.exec(`BEGIN; LOCK TABLE keys IN ACCESS SHARE MODE`)
		return func() { other.exec(`ROLLBACK`) }
	}
	db.exec(`CREATE TRIGGER stop AFTER INSERT ON queue_version WHEN new.version = 4 BEGIN
SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END`)
	return func() { db.exec(`DROP TRIGGER stop`) }
}

// upgrading reports whether another process is inside of an upgrade.
func upgrading(db raw, database string) bool {
	db.Helper()
	if isPostgres(database) {
		return len(db.rows(`SELECT pid FROM pg_locks JOIN pg_class ON relation = pg_class.oid JOIN pg_namespace n ON relnamespace = n.oid
WHERE relname = 'keys' AND nspname = current_schema() AND NOT granted`)) > 0
	}
	_, err := db.db.ExecContext(db.Context(), `BEGIN IMMEDIATE; ROLLBACK`)
	return err != nil && strings.Contains(err.Error(), "locked")
}

// TestNewerTables: a program refuses tables of a newer one, says what to do, and changes
// nothing.
func TestNewerTables(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		db := rawDatabase(t, database)
		db.exec(dump(t, database, len(migrations)))
		db.exec(fmt.Sprintf(`CREATE TABLE plans (id BIGINT PRIMARY KEY); ALTER TABLE keys ADD COLUMN plan BIGINT NOT NULL DEFAULT 0;
INSERT INTO queue_version (version) VALUES (%d)`, len(migrations)+1))
		content := func() []string {
			found := schema(db, database)
			for _, query := range slices.Sorted(maps.Keys(kept)) {
				found = append(found, db.rows(query)...)
			}
			return found
		}
		before := content()
		_, err := Open(t.Context(), Config{Database: database, Work: (&diary{}).work})
		if err == nil {
			t.Fatal("tables of a newer program were opened")
		}
		versions := fmt.Sprintf("to version %d, and this one only knows version %d", len(migrations)+1, len(migrations))
		for _, words := range []string{"a newer program has upgraded the database's tables " + versions,
			"start the newer program", "restore the backup from before the upgrade"} {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%q isn't in the error: %v", words, err)
			}
		}
		if diff := cmp.Diff(before, content()); diff != "" {
			t.Errorf("the database (-before +after):\n%s", diff)
		}
	})
}
