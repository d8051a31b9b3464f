package queue

import (
	"context"
	"fmt"
	"time"
)

// database is SQLite or PostgreSQL. Most statements are shared; $1 and CAST work in
// both, and 0 means "none" in every column with a time.
type database interface {
	querier // outside of a transaction, for reading only
	// write runs f in a transaction, which is on disk when write returns nil.
	write(ctx context.Context, f func(tx) error) error
	// beat shows other replicas that this one is alive, takes back the runs of those that
	// aren't, and counts the living, this one included.
	beat(ctx context.Context, r Replica) (alive int, err error)
	// listen calls wake with each time at which another replica stored a due key, until
	// ctx or the connection ends.
	listen(ctx context.Context, wake func(due time.Time)) error
	// shrink returns the space of deleted rows to the disk, if the database doesn't do so
	// by itself.
	shrink(ctx context.Context) error
	// blame explains an error from the database.
	blame(err error) fault
	close() error
}

type querier interface {
	query(ctx context.Context, scan func(row) error, query string, args ...any) error
}

type row interface{ Scan(...any) error }

// rows are what a query found, in either database.
type rows interface {
	row
	Next() bool
	Err() error
}

func scanAll(found rows, scan func(row) error) error {
	for found.Next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.Err()
}

type tx interface {
	querier
	// each runs the statement once for each row of arguments, and returns how many rows of
	// the table each one changed.
	each(ctx context.Context, query string, rows [][]any) ([]int64, error)
	// announce makes other replicas' listen call wake once the transaction is stored.
	announce(ctx context.Context, due time.Time) error
}

// fault is a database error, explained to its operator.
type fault struct {
	hint string
	// data: the error is about one statement's values; others may work. again: the same
	// statement may work in a moment.
	data, again bool
}

// explain adds advice to a database error.
func (q *Queue) explain(err error) error {
	if f := q.db.blame(err); f.hint != "" {
		return fmt.Errorf("%w (%s)", err, f.hint)
	}
	return err
}

// The columns of keys:
//
//	state       0 waiting, 1 running
//	owner       the replica that runs it
//	party       whose it is, by Config.Party and the hint that knew the most
//	run         counts runs; the current one alone may end
//	wanted,due  of the hints that no run has taken yet: the first one's time, and
//	            when they may run
//	run_wanted, run_due  the same of the hints taken by the current run
//	rested      until when Work lets these hints rest: they aren't late before
//	again_at    the time of a scheduled run (Hint.At)
//	gave_up     when the last hint was given up, with reason
const (
	insertDelivery = `INSERT INTO deliveries (id, event, action, installation, received)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`

	upsertHint = `INSERT INTO keys (key, installation, updated_at, cause, wanted, due, again_at, again_cause, party)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $10)
ON CONFLICT (key) DO UPDATE SET
installation = CASE WHEN excluded.installation = 0 THEN keys.installation ELSE excluded.installation END,
updated_at = CASE WHEN excluded.updated_at > keys.updated_at THEN excluded.updated_at ELSE keys.updated_at END,
cause = CASE WHEN excluded.due = 0 OR CAST($9 AS BIGINT) = 1 AND keys.due + keys.run_due > 0 THEN keys.cause ELSE excluded.cause END,
wanted = CASE WHEN keys.wanted = 0 THEN excluded.wanted ELSE keys.wanted END,
due = CASE WHEN excluded.due > 0 AND (keys.due = 0 OR excluded.due < keys.due) THEN excluded.due ELSE keys.due END,
again_at = CASE WHEN ` + againCounts + ` THEN excluded.again_at ELSE keys.again_at END,
again_cause = CASE WHEN ` + againCounts + ` THEN excluded.again_cause ELSE keys.again_cause END,
gave_up = 0,
party = CASE WHEN keys.party LIKE excluded.party || '/%' THEN keys.party ELSE excluded.party END`

	// againCounts: an earlier time counts, or one that's later by ten seconds at most. A run
	// that is to come when reads no longer lag would come too early for the newest event.
	againCounts = `excluded.again_at > 0 AND (keys.again_at = 0 OR excluded.again_at < keys.again_at - 10000000
	OR excluded.again_at > keys.again_at AND excluded.again_at <= keys.again_at + 10000000)`

	// claimDue and claimAgain begin runs: $1 now, $2 the limit, $3 the replica, $4 the
	// party.
	claimDue = claim + `(SELECT key FROM keys
WHERE state = 0 AND due > 0 AND due <= $1 AND party = $4 ORDER BY due LIMIT $2` + skipLocked + `)` + claimed

	claimAgain = claim + `(SELECT key FROM keys
WHERE state = 0 AND again_at > 0 AND again_at <= $1 AND party = $4 ORDER BY again_at LIMIT $2` + skipLocked + `)` + claimed

	claim = `UPDATE keys SET state = 1, owner = $3, run = run + 1, attempt = attempt + 1,
cause = CASE WHEN due = 0 THEN again_cause ELSE cause END,
run_wanted = CASE WHEN wanted > 0 THEN wanted ELSE again_at END,
run_due = CASE WHEN due > 0 AND (again_at = 0 OR due < again_at) THEN due ELSE again_at END,
wanted = 0, due = 0,
again_at = CASE WHEN again_at <= $1 THEN 0 ELSE again_at END
WHERE key IN `

	claimed = ` RETURNING key, run, installation, updated_at, cause, attempt, run_wanted`

	// skipLocked lets replicas claim at the same time. SQLite doesn't know this clause, nor
	// need it with its one writer.
	skipLocked = ` FOR UPDATE SKIP LOCKED`

	// waitingDue and waitingAgain return the parties with keys to run, each with the
	// earliest time up to $1, or 0, and the earliest after it. They go from party to party
	// in the index, however many keys wait.
	waitingDue = `WITH RECURSIVE p(party) AS (SELECT min(party) FROM keys WHERE state = 0 AND due > 0
UNION ALL SELECT (SELECT min(k.party) FROM keys k WHERE k.state = 0 AND k.due > 0 AND k.party > p.party)
FROM p WHERE p.party IS NOT NULL)
SELECT party,
(SELECT coalesce(min(k.due), 0) FROM keys k WHERE k.state = 0 AND k.due > 0 AND k.party = p.party AND k.due <= $1) AS first,
(SELECT coalesce(min(k.due), 0) FROM keys k WHERE k.state = 0 AND k.due > 0 AND k.party = p.party AND k.due > $1)
FROM p WHERE party IS NOT NULL ORDER BY first`

	waitingAgain = `WITH RECURSIVE p(party) AS (SELECT min(party) FROM keys WHERE state = 0 AND again_at > 0
UNION ALL SELECT (SELECT min(k.party) FROM keys k WHERE k.state = 0 AND k.again_at > 0 AND k.party > p.party)
FROM p WHERE p.party IS NOT NULL)
SELECT party,
(SELECT coalesce(min(k.again_at), 0) FROM keys k WHERE k.state = 0 AND k.again_at > 0 AND k.party = p.party AND k.again_at <= $1) AS first,
(SELECT coalesce(min(k.again_at), 0) FROM keys k WHERE k.state = 0 AND k.again_at > 0 AND k.party = p.party AND k.again_at > $1)
FROM p WHERE party IS NOT NULL ORDER BY first`

	// finishRun: $3 the next time to run or 0, $4 attempts, $5 when it was given up or 0,
	// $6 the reason, $7 now, $8 whether it rests until $3. A hint that came during the run
	// has set due.
	finishRun = `UPDATE keys SET state = 0, owner = '',
wanted = CASE WHEN CAST($3 AS BIGINT) > 0 THEN run_wanted ELSE wanted END,
due = CASE WHEN CAST($3 AS BIGINT) > 0 AND (due = 0 OR due > CAST($3 AS BIGINT)) THEN CAST($3 AS BIGINT) ELSE due END,
attempt = $4,
gave_up = CASE WHEN due = 0 THEN CAST($5 AS BIGINT) ELSE 0 END,
rested = CASE WHEN CAST($8 AS BIGINT) = 1 THEN CAST($3 AS BIGINT) WHEN CAST($3 AS BIGINT) > 0 THEN rested ELSE 0 END,
reason = $6, done_at = $7, run_wanted = 0, run_due = 0
WHERE key = $1 AND run = $2 AND state = 1`

	// backToWaiting takes back runs that haven't ended.
	backToWaiting = `UPDATE keys SET state = 0, owner = '',
wanted = CASE WHEN run_wanted > 0 THEN run_wanted ELSE wanted END,
due = CASE WHEN run_due > 0 AND (due = 0 OR run_due < due) THEN run_due ELSE due END,
run_wanted = 0, run_due = 0
WHERE state = 1`

	ownRuns = `SELECT key, run FROM keys WHERE state = 1 AND owner = $1`

	countKeys = `SELECT
count(CASE WHEN state = 0 AND (due > 0 AND due <= $1 OR again_at > 0 AND again_at <= $1) THEN 1 END),
count(CASE WHEN state = 1 THEN 1 END),
count(CASE WHEN state = 0 AND due > $1 THEN 1 END),
count(CASE WHEN gave_up > 0 THEN 1 END),
coalesce(min(CASE WHEN state = 1 THEN run_due WHEN due > 0 AND due <= $1 THEN due
	WHEN again_at > 0 AND again_at <= $1 THEN again_at END), 0)
FROM keys`

	// unservedHints: the oldest of each installation that is late at $1.
	unservedHints = `SELECT installation, key, since FROM (
SELECT installation, key, since, row_number() OVER (PARTITION BY installation ORDER BY since, key) AS place FROM (
SELECT installation, key, CASE WHEN rested > since THEN rested ELSE since END AS since FROM (
SELECT installation, key, rested, CASE WHEN run_wanted > 0 THEN run_wanted WHEN wanted > 0 THEN wanted ELSE again_at END AS since
FROM keys WHERE wanted > 0 OR run_wanted > 0 OR again_at > 0 AND again_at <= $1) hints) late
WHERE since <= $1) placed WHERE place = 1 ORDER BY since LIMIT 100`

	oldestWanted = `SELECT coalesce(min(CASE WHEN run_wanted > 0 THEN run_wanted ELSE wanted END), 0)
FROM keys WHERE wanted > 0 OR run_wanted > 0`

	cleanDeliveries = `DELETE FROM deliveries WHERE id IN (
SELECT id FROM deliveries WHERE received < $1 ORDER BY received LIMIT $2)`

	// The statements "nth" return the time of the row after the $1 newest ones.
	nthDelivery = `SELECT received FROM deliveries ORDER BY received DESC LIMIT 1 OFFSET $1`
	nthKey      = `SELECT done_at FROM keys WHERE state = 0 AND due = 0 AND again_at = 0 ORDER BY done_at DESC LIMIT 1 OFFSET $1`
	nthLog      = `SELECT at FROM trail ORDER BY at DESC LIMIT 1 OFFSET $1`
	nthVersion  = `SELECT seen FROM versions ORDER BY seen DESC LIMIT 1 OFFSET $1`

	cleanKeys = `DELETE FROM keys WHERE key IN (SELECT key FROM keys
WHERE state = 0 AND due = 0 AND again_at = 0 AND done_at < $1 LIMIT $2)`

	cleanLog = `DELETE FROM trail WHERE (key, at, place) IN (
SELECT key, at, place FROM trail WHERE at < $1 ORDER BY at LIMIT $2)`

	logOfKey = `SELECT key, at, entry FROM trail WHERE at >= $1 AND key = $2 ORDER BY at, place`

	logOfAll = `SELECT key, at, entry FROM trail WHERE at >= $1 ORDER BY at, key, place`

	getLog = `SELECT entry FROM trail WHERE key = $1 ORDER BY at DESC, place DESC LIMIT $2`

	// addLog keeps the order of entries that come in the same moment.
	addLog = `INSERT INTO trail (key, at, place, entry) VALUES ($1, $2,
(SELECT coalesce(max(place), -1) + 1 FROM trail WHERE key = $1 AND at = $2), $3)`

	addVersion = `INSERT INTO versions (key, version, seen) VALUES ($1, $2, $3)
ON CONFLICT (key, version) DO UPDATE SET seen = excluded.seen WHERE excluded.seen < versions.seen`

	getVersion = `SELECT seen FROM versions WHERE key = $1 AND version = $2`

	cleanVersions = `DELETE FROM versions WHERE (key, version) IN (
SELECT key, version FROM versions WHERE seen < $1 ORDER BY seen LIMIT $2)`

	putView = `INSERT INTO views (grp, number, class, at, brief, detail) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (grp, number) DO UPDATE SET class = excluded.class, at = excluded.at, brief = excluded.brief, detail = excluded.detail
WHERE excluded.at >= views.at`

	getView = `SELECT class, at, brief, detail FROM views WHERE grp = $1 AND number = $2`

	listViews = `SELECT number, at, brief FROM views WHERE grp = $1 AND class = $2 ORDER BY number DESC`

	countViews = `SELECT grp, class, count(*) FROM views GROUP BY grp, class`

	countDeliveries = `SELECT received / $2, count(*) FROM deliveries WHERE received >= $1 GROUP BY 1`

	countEntries = `SELECT at / $2, count(*) FROM trail WHERE at >= $1 GROUP BY 1`

	listGivenUp = `SELECT key, reason, gave_up FROM keys WHERE gave_up > 0 ORDER BY gave_up DESC, key LIMIT $1`

	nthView = `SELECT at FROM views ORDER BY at DESC LIMIT 1 OFFSET $1`

	cleanViews = `DELETE FROM views WHERE (grp, number) IN (
SELECT grp, number FROM views WHERE at < $1 ORDER BY at LIMIT $2)`

	nthPrediction = `SELECT at FROM predictions ORDER BY at DESC LIMIT 1 OFFSET $1`

	cleanPredictions = `DELETE FROM predictions WHERE (key, thing, at) IN (
SELECT key, thing, at FROM predictions WHERE at < $1 ORDER BY at LIMIT $2)`

	newestPredictions = `SELECT key, thing, at, value FROM predictions WHERE key = $1 ORDER BY at DESC, thing LIMIT $2`

	predictionsSince = `SELECT key, thing, at, value FROM predictions WHERE at >= $1 ORDER BY at, key, thing`

	putPrediction = `INSERT INTO predictions (key, thing, at, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (key, thing, at) DO UPDATE SET value = excluded.value`

	dropPrediction = `DELETE FROM predictions WHERE key = $1 AND thing = $2 AND at = $3`

	putSession = `INSERT INTO sessions (id, began, seen, value) VALUES ($1, $2, $2, $3)`

	getSession = `SELECT began, seen, value FROM sessions WHERE id = $1`

	touchSession = `UPDATE sessions SET seen = $2 WHERE id = $1 AND seen < $2`

	dropSession = `DELETE FROM sessions WHERE id = $1`

	nthSession = `SELECT seen FROM sessions ORDER BY seen DESC LIMIT 1 OFFSET $1`

	cleanSessions = `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE seen < $1 ORDER BY seen LIMIT $2)`

	addUsage = `INSERT INTO usage (name, at, least, most, spent) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (at, name) DO UPDATE SET most = excluded.most, spent = usage.spent + excluded.spent,
least = CASE WHEN excluded.least < usage.least THEN excluded.least ELSE usage.least END`

	listUsage = `SELECT name, at, least, most, spent FROM usage WHERE at >= $1 ORDER BY at, name`

	nthUsage = `SELECT at FROM usage ORDER BY at DESC LIMIT 1 OFFSET $1`

	cleanUsage = `DELETE FROM usage WHERE (at, name) IN (SELECT at, name FROM usage WHERE at < $1 ORDER BY at LIMIT $2)`

	putFeed = `INSERT INTO feeds (person, id, made, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (person) DO UPDATE SET id = excluded.id, made = excluded.made, value = excluded.value`

	dropFeed = `DELETE FROM feeds WHERE person = $1`

	getFeed = `SELECT person, made, value FROM feeds WHERE id = $1`

	getFeedOf = `SELECT person, made, value FROM feeds WHERE person = $1`

	nthFeed = `SELECT made FROM feeds ORDER BY made DESC LIMIT 1 OFFSET $1`

	cleanFeeds = `DELETE FROM feeds WHERE person IN (SELECT person FROM feeds WHERE made < $1 ORDER BY made LIMIT $2)`

	getNote = `SELECT value FROM notes WHERE name = $1`

	noteSizes = `SELECT name, length(value) + length(name) FROM notes`

	dropNote = `DELETE FROM notes WHERE name = $1`

	putNote = `INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
)
