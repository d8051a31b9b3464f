CREATE TABLE deliveries (
    id text NOT NULL,
    event text NOT NULL,
    action text NOT NULL,
    installation bigint NOT NULL,
    received bigint NOT NULL
);

CREATE TABLE feeds (
    person bigint NOT NULL,
    id text NOT NULL,
    made bigint NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE keys (
    key text NOT NULL,
    state smallint DEFAULT 0 NOT NULL,
    run bigint DEFAULT 0 NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    installation bigint DEFAULT 0 NOT NULL,
    updated_at bigint DEFAULT 0 NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    wanted bigint DEFAULT 0 NOT NULL,
    due bigint DEFAULT 0 NOT NULL,
    run_wanted bigint DEFAULT 0 NOT NULL,
    run_due bigint DEFAULT 0 NOT NULL,
    again_at bigint DEFAULT 0 NOT NULL,
    again_cause text DEFAULT ''::text NOT NULL,
    gave_up bigint DEFAULT 0 NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    done_at bigint DEFAULT 0 NOT NULL,
    rested bigint DEFAULT 0 NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    party text DEFAULT ''::text NOT NULL
);

CREATE TABLE notes (
    name text NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE predictions (
    key text NOT NULL,
    thing text NOT NULL,
    at bigint NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE queue_version (
    version bigint NOT NULL
);

CREATE TABLE replicas (
    id text NOT NULL,
    seen timestamp without time zone NOT NULL,
    version text DEFAULT ''::text NOT NULL,
    began bigint DEFAULT 0 NOT NULL
);

CREATE TABLE sessions (
    id text NOT NULL,
    began bigint NOT NULL,
    seen bigint NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE trail (
    key text NOT NULL,
    at bigint NOT NULL,
    place bigint NOT NULL,
    entry bytea NOT NULL
);

CREATE TABLE usage (
    name text NOT NULL,
    at bigint NOT NULL,
    "least" bigint NOT NULL,
    most bigint NOT NULL,
    spent bigint NOT NULL
);

CREATE TABLE versions (
    key text NOT NULL,
    version text NOT NULL,
    seen bigint NOT NULL
);

CREATE TABLE views (
    grp text NOT NULL,
    number bigint NOT NULL,
    class text NOT NULL,
    at bigint NOT NULL,
    brief bytea NOT NULL,
    detail bytea NOT NULL
);

INSERT INTO deliveries VALUES ('d3', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d4', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d5', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d6', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d1', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d1b', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d2', 'pull_request', 'opened', 7, 1796022000000000);
INSERT INTO deliveries VALUES ('d8', 'pull_request', 'opened', 7, 1796022000000000);

INSERT INTO feeds VALUES (7, '0123abcd', 1796022000000000, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

INSERT INTO keys VALUES ('python/cpython#3', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#3', 0, 0, 0, 0, 0, '', 1796022000000000, 'giving up: loading python/cpython#3: it''s gone — 🐍', 1796022000000000, 0, '', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython#4', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#4', 1796022000000000, 1796025600000000, 0, 0, 0, '', 0, 'later, at 2025-11-30T08:00:00Z: GitHub has 3 % of this hour left', 1796022000000000, 1796025600000000, '', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython#7', 0, 0, 0, 7, 0, '', 0, 0, 0, 0, 3786912000000000, 'again', 0, '', 0, 0, '', 'python/cpython');
INSERT INTO keys VALUES ('python/cpython#5', 0, 1, 1, 7, 1796018400000000, 'delivery of python/cpython#5', 1796022000000000, 1796025304891308, 0, 0, 0, '', 0, 'loading python/cpython#5: 502', 1796022000000000, 0, '', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython#6', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#6', 0, 0, 0, 0, 0, '', 0, '', 1796022000000000, 0, '', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython#1', 1, 1, 1, 7, 1796018400000000, 'delivery of python/cpython#1', 1796022000000000, 1796022000000000, 1796022000000000, 1796022000000000, 0, '', 0, '', 0, 0, 'BXJYJ62WGY6KXI572P5TPYPQ6S', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython#2', 0, 0, 0, 7, 1796018400000000, 'delivery of python/cpython#2', 1796022000000000, 1796022000000000, 0, 0, 0, '', 0, '', 0, 0, '', 'python/cpython/eric');
INSERT INTO keys VALUES ('python/cpython', 0, 0, 0, 7, 1796018400000000, 'delivery of python/cpython', 1796022000000000, 1796022000000000, 0, 0, 0, '', 0, '', 0, 0, '', 'python/cpython/eric');

INSERT INTO notes VALUES ('sweep/python/cpython', '\x7b22726563656e74223a2022323032362d31312d33305430363a30303a30305a222c202272657374223a205b345d7d');
INSERT INTO notes VALUES ('empty', '\x');
INSERT INTO notes VALUES ('binary', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

INSERT INTO predictions VALUES ('python/cpython#6', 'label it''s', 1796018400000000, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
INSERT INTO predictions VALUES ('python/cpython#6', '', 1796018400000000, '\x7b2272756c6573223a205b226e657773225d7d');

INSERT INTO queue_version VALUES (1);
INSERT INTO queue_version VALUES (2);
INSERT INTO queue_version VALUES (3);
INSERT INTO queue_version VALUES (4);
INSERT INTO queue_version VALUES (5);
INSERT INTO queue_version VALUES (6);
INSERT INTO queue_version VALUES (7);
INSERT INTO queue_version VALUES (8);
INSERT INTO queue_version VALUES (9);
INSERT INTO queue_version VALUES (10);

INSERT INTO replicas VALUES ('BXJYJ62WGY6KXI572P5TPYPQ6S', '2025-11-30 10:47:45.231823', '', 1796022000000000);

INSERT INTO trail VALUES ('python/cpython#6', 1796022000000000, 0, '\x7b2272756c65223a20226e657773227d');
INSERT INTO trail VALUES ('python/cpython#6', 1796022000000000, 1, '\x7365636f6e643b2069742773');
INSERT INTO trail VALUES ('python/cpython#6', 1796022000000000, 2, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

INSERT INTO usage VALUES ('core it''s', 1796018400000000, 4000, 5000, 12);

INSERT INTO versions VALUES ('python/cpython#6', '0123abcd', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#3', 'head of python/cpython#3', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#4', 'head of python/cpython#4', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#5', 'head of python/cpython#5', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#6', 'head of python/cpython#6', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#1', 'head of python/cpython#1', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#2', 'head of python/cpython#2', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython', 'head of python/cpython', 1796018400000000);

INSERT INTO views VALUES ('python/cpython', 6, 'open', 1796018400000000, '\x7b227469746c65223a20224672793b2069742773227d', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

ALTER TABLE ONLY deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY feeds
    ADD CONSTRAINT feeds_id_key UNIQUE (id);

ALTER TABLE ONLY feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (person);

ALTER TABLE ONLY keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (key);

ALTER TABLE ONLY notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (name);

ALTER TABLE ONLY predictions
    ADD CONSTRAINT predictions_pkey PRIMARY KEY (key, thing, at);

ALTER TABLE ONLY replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY trail
    ADD CONSTRAINT trail_pkey PRIMARY KEY (key, at, place);

ALTER TABLE ONLY usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (at, name);

ALTER TABLE ONLY versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (key, version);

ALTER TABLE ONLY views
    ADD CONSTRAINT views_pkey PRIMARY KEY (grp, number);

CREATE INDEX deliveries_received ON deliveries USING btree (received);

CREATE INDEX feeds_made ON feeds USING btree (made);

CREATE INDEX keys_again ON keys USING btree (party, again_at) WHERE ((state = 0) AND (again_at > 0));

CREATE INDEX keys_due ON keys USING btree (party, due) WHERE ((state = 0) AND (due > 0));

CREATE INDEX keys_running ON keys USING btree (owner) WHERE (state = 1);

CREATE INDEX predictions_at ON predictions USING btree (at);

CREATE INDEX sessions_seen ON sessions USING btree (seen);

CREATE INDEX trail_at ON trail USING btree (at);

CREATE INDEX versions_seen ON versions USING btree (seen);

CREATE INDEX views_at ON views USING btree (at);

CREATE INDEX views_class ON views USING btree (grp, class, number);
