PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE river_leader (
    elected_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    leader_id text NOT NULL,
    name text PRIMARY KEY NOT NULL DEFAULT 'default' CHECK (name = 'default'),
    CONSTRAINT name_length CHECK (length(name) > 0 AND length(name) < 128),
    CONSTRAINT leader_id_length CHECK (length(leader_id) > 0 AND length(leader_id) < 128)
);
INSERT INTO river_leader VALUES('2025-11-30 07:06:34.095','2025-11-30 07:06:49.095','vm_2026_11_30T07_06_34_093107','default');
CREATE TABLE river_migration (
    line text NOT NULL,
    version integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT line_length CHECK (length(line) > 0 AND length(line) < 128),
    CONSTRAINT version_gte_1 CHECK (version >= 1),
    PRIMARY KEY (line, version)
);
INSERT INTO river_migration VALUES('main',1,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',2,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',3,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',4,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',5,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',6,'2025-11-30 07:06:34');
INSERT INTO river_migration VALUES('main',7,'2025-11-30 07:06:34');
CREATE TABLE river_notification (
    id integer PRIMARY KEY AUTOINCREMENT,
    created_at timestamp NOT NULL DEFAULT (datetime('now', 'subsec')),
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
CREATE TABLE river_job (
    id integer PRIMARY KEY, -- SQLite makes this autoincrementing automatically
    args blob NOT NULL DEFAULT (jsonb('{}')),
    attempt integer NOT NULL DEFAULT 0,
    attempted_at timestamp,
    attempted_by blob, -- json
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    errors blob, -- json
    finalized_at timestamp,
    kind text NOT NULL,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    priority integer NOT NULL DEFAULT 1,
    queue text NOT NULL DEFAULT 'default',
    state text NOT NULL DEFAULT 'available',
    scheduled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tags blob NOT NULL DEFAULT (jsonb('[]')),
    unique_key blob,
    unique_states integer, max_attempts integer NOT NULL DEFAULT 25,
    CONSTRAINT finalized_or_finalized_at_null CHECK (
        (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
        (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))
    ),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (length(queue) > 0 AND length(queue) < 128),
    CONSTRAINT kind_length CHECK (length(kind) > 0 AND length(kind) < 128),
    CONSTRAINT state_valid CHECK (state IN ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled'))
);
INSERT INTO river_job VALUES(1,X'cc1c376b6579c710707974686f6e2f63707974686f6e23333772756e1331',1,'2025-11-30 07:06:34.105',X'cb1fc71d766d5f323032365f31315f33305430375f30365f33345f303933313037','2025-11-30 07:06:34.104',NULL,'2025-11-30 07:06:34.106','key',X'0c',1,'default','completed','2025-11-30 07:06:34.104',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(2,X'cc1c376b6579c710707974686f6e2f63707974686f6e23343772756e1331',1,'2025-11-30 07:06:34.110',X'cb1fc71d766d5f323032365f31315f33305430375f30365f33345f303933313037','2025-11-30 07:06:34.104',NULL,'2025-11-30 07:06:34.112','key',X'0c',1,'default','completed','2025-11-30 07:06:34.104',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(3,X'cc1c376b6579c710707974686f6e2f63707974686f6e23353772756e1331',1,'2025-11-30 07:06:34.116',X'cb1fc71d766d5f323032365f31315f33305430375f30365f33345f303933313037','2025-11-30 07:06:34.104',NULL,'2025-11-30 07:06:34.117','key',X'0c',1,'default','completed','2025-11-30 07:06:34.104',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(4,X'cc1c376b6579c710707974686f6e2f63707974686f6e23363772756e1331',1,'2025-11-30 07:06:34.121',X'cb1fc71d766d5f323032365f31315f33305430375f30365f33345f303933313037','2025-11-30 07:06:34.104',NULL,'2025-11-30 07:06:34.123','key',X'0c',1,'default','completed','2025-11-30 07:06:34.104',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(5,X'cc1c376b6579c710707974686f6e2f63707974686f6e23313772756e1331',1,'2025-11-30 07:06:34.132',X'cb1fc71d766d5f323032365f31315f33305430375f30365f33345f303933313037','2025-11-30 07:06:34.131',NULL,NULL,'key',X'0c',1,'default','running','2025-11-30 07:06:34.131',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(6,X'cc1c376b6579c710707974686f6e2f63707974686f6e23323772756e1331',0,NULL,NULL,'2025-11-30 07:06:34.138',NULL,NULL,'key',X'0c',1,'default','available','2025-11-30 07:06:34.138',X'0b',NULL,NULL,25);
INSERT INTO river_job VALUES(7,X'cc1a376b6579c70e707974686f6e2f63707974686f6e3772756e1331',0,NULL,NULL,'2025-11-30 07:06:34.138',NULL,NULL,'key',X'0c',1,'default','available','2025-11-30 07:06:34.138',X'0b',NULL,NULL,25);
CREATE TABLE river_queue (
    name text PRIMARY KEY NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    paused_at timestamp,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO river_queue VALUES('default','2025-11-30 07:06:34.094',X'0c',NULL,'2025-11-30 07:06:34.094');
CREATE TABLE queue_version (version BIGINT NOT NULL);
INSERT INTO queue_version VALUES(1);
INSERT INTO queue_version VALUES(2);
INSERT INTO queue_version VALUES(3);
INSERT INTO queue_version VALUES(4);
INSERT INTO queue_version VALUES(5);
CREATE TABLE deliveries (
id TEXT PRIMARY KEY,
event TEXT NOT NULL,
action TEXT NOT NULL,
installation BIGINT NOT NULL,
received BIGINT NOT NULL);
INSERT INTO deliveries VALUES('d3','pull_request','opened',7,1796022394095509);
INSERT INTO deliveries VALUES('d4','pull_request','opened',7,1796022394096651);
INSERT INTO deliveries VALUES('d5','pull_request','opened',7,1796022394097369);
INSERT INTO deliveries VALUES('d6','pull_request','opened',7,1796022394097824);
INSERT INTO deliveries VALUES('d1','pull_request','opened',7,1796022394131033);
INSERT INTO deliveries VALUES('d1b','pull_request','opened',7,1796022394133078);
INSERT INTO deliveries VALUES('d2','pull_request','opened',7,1796022394133379);
INSERT INTO deliveries VALUES('d8','pull_request','opened',7,1796022394133681);
CREATE TABLE keys (
key TEXT PRIMARY KEY,
state SMALLINT NOT NULL DEFAULT 0,
run BIGINT NOT NULL DEFAULT 0,
attempt INTEGER NOT NULL DEFAULT 0,
installation BIGINT NOT NULL DEFAULT 0,
updated_at BIGINT NOT NULL DEFAULT 0,
cause TEXT NOT NULL DEFAULT '',
wanted BIGINT NOT NULL DEFAULT 0,
due BIGINT NOT NULL DEFAULT 0,
run_wanted BIGINT NOT NULL DEFAULT 0,
run_due BIGINT NOT NULL DEFAULT 0,
again_at BIGINT NOT NULL DEFAULT 0,
again_cause TEXT NOT NULL DEFAULT '',
gave_up BIGINT NOT NULL DEFAULT 0,
reason TEXT NOT NULL DEFAULT '',
done_at BIGINT NOT NULL DEFAULT 0, rested BIGINT NOT NULL DEFAULT 0);
INSERT INTO keys VALUES('python/cpython#3',0,1,0,7,1796018400000000,'delivery of python/cpython#3',0,0,0,0,0,'',1796022394105912,'giving up: loading python/cpython#3: it''s gone — 🐍',1796022394105912,0);
INSERT INTO keys VALUES('python/cpython#4',0,1,0,7,1796018400000000,'delivery of python/cpython#4',1796022394095912,1796025994111638,0,0,0,'',0,'later, at 2025-11-30T08:06:34Z: GitHub has 3 % of this hour left',1796022394111656,1796025994111638);
INSERT INTO keys VALUES('python/cpython#5',0,1,1,7,1796018400000000,'delivery of python/cpython#5',1796022394097365,1796025629592177,0,0,0,'',0,'loading python/cpython#5: 502',1796022394116900,0);
INSERT INTO keys VALUES('python/cpython#6',0,1,0,7,1796018400000000,'delivery of python/cpython#6',0,0,0,0,0,'',0,'',1796022394122508,0);
INSERT INTO keys VALUES('python/cpython#7',0,0,0,7,0,'',0,0,0,0,3786912000000000,'again',0,'',0,0);
INSERT INTO keys VALUES('python/cpython#1',2,1,1,7,1796018400000000,'delivery of python/cpython#1',1796022394133068,1796022394133068,1796022394131024,1796022394131024,0,'',0,'',0,0);
INSERT INTO keys VALUES('python/cpython#2',1,1,0,7,1796018400000000,'delivery of python/cpython#2',1796022394133369,1796022394133369,0,0,0,'',0,'',0,0);
INSERT INTO keys VALUES('python/cpython',1,1,0,7,1796018400000000,'delivery of python/cpython',1796022394133885,1796022394133885,0,0,0,'',0,'',0,0);
CREATE TABLE notes (name TEXT PRIMARY KEY, value BYTEA NOT NULL);
INSERT INTO notes VALUES('sweep/python/cpython',X'7b22726563656e74223a2022323032362d31312d33305430363a30303a30305a222c202272657374223a205b345d7d');
INSERT INTO notes VALUES('empty',X'');
INSERT INTO notes VALUES('binary',X'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
CREATE TABLE replicas (id TEXT PRIMARY KEY, seen TIMESTAMP NOT NULL);
CREATE TABLE trail (
key TEXT NOT NULL,
at BIGINT NOT NULL,
place BIGINT NOT NULL,
entry BYTEA NOT NULL,
PRIMARY KEY (key, at, place));
INSERT INTO trail VALUES('python/cpython#6',1796022394093901,0,X'7b2272756c65223a20226e657773227d');
INSERT INTO trail VALUES('python/cpython#6',1796022394093901,1,X'7365636f6e643b2069742773');
INSERT INTO trail VALUES('python/cpython#6',1796022394094214,0,X'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
CREATE TABLE versions (
key TEXT NOT NULL,
version TEXT NOT NULL,
seen BIGINT NOT NULL,
PRIMARY KEY (key, version));
INSERT INTO versions VALUES('python/cpython#6','0123abcd',1796018400000000);
INSERT INTO versions VALUES('python/cpython#3','head of python/cpython#3',1796018400000000);
INSERT INTO versions VALUES('python/cpython#4','head of python/cpython#4',1796018400000000);
INSERT INTO versions VALUES('python/cpython#5','head of python/cpython#5',1796018400000000);
INSERT INTO versions VALUES('python/cpython#6','head of python/cpython#6',1796018400000000);
INSERT INTO versions VALUES('python/cpython#1','head of python/cpython#1',1796018400000000);
INSERT INTO versions VALUES('python/cpython#2','head of python/cpython#2',1796018400000000);
INSERT INTO versions VALUES('python/cpython','head of python/cpython',1796018400000000);
DELETE FROM sqlite_sequence;
CREATE INDEX river_notification_created_at_idx ON river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON river_notification (topic, id);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE UNIQUE INDEX river_job_unique_idx ON river_job (unique_key)
    WHERE unique_key IS NOT NULL
        AND unique_states IS NOT NULL
        AND CASE state
            WHEN 'available' THEN unique_states & (1 << 0)
            WHEN 'cancelled' THEN unique_states & (1 << 1)
            WHEN 'completed' THEN unique_states & (1 << 2)
            WHEN 'discarded' THEN unique_states & (1 << 3)
            WHEN 'pending'   THEN unique_states & (1 << 4)
            WHEN 'retryable' THEN unique_states & (1 << 5)
            WHEN 'running'   THEN unique_states & (1 << 6)
            WHEN 'scheduled' THEN unique_states & (1 << 7)
            ELSE 0
        END >= 1;
CREATE INDEX deliveries_received ON deliveries (received);
CREATE INDEX keys_due ON keys (due) WHERE state = 0 AND due > 0;
CREATE INDEX keys_again ON keys (again_at) WHERE state = 0 AND again_at > 0;
CREATE INDEX trail_at ON trail (at);
CREATE INDEX versions_seen ON versions (seen);
COMMIT;
