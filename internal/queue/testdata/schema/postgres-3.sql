CREATE TYPE river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

CREATE FUNCTION river_job_state_in_bitmask(bitmask bit, state river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

CREATE TABLE deliveries (
    id text NOT NULL,
    event text NOT NULL,
    action text NOT NULL,
    installation bigint NOT NULL,
    received bigint NOT NULL,
    payload bytea NOT NULL
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
    done_at bigint DEFAULT 0 NOT NULL
);

CREATE TABLE notes (
    name text NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE queue_version (
    version bigint NOT NULL
);

CREATE TABLE replicas (
    id text NOT NULL,
    seen timestamp without time zone NOT NULL
);

CREATE TABLE river_job (
    id bigint NOT NULL,
    state river_job_state DEFAULT 'available'::river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

CREATE SEQUENCE river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE river_job_id_seq OWNED BY river_job.id;

CREATE UNLOGGED TABLE river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);

CREATE TABLE river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

CREATE TABLE river_notification (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);

CREATE SEQUENCE river_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE river_notification_id_seq OWNED BY river_notification.id;

CREATE TABLE river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE trail (
    key text NOT NULL,
    at bigint NOT NULL,
    place bigint NOT NULL,
    entry bytea NOT NULL
);

CREATE TABLE versions (
    key text NOT NULL,
    version text NOT NULL,
    seen bigint NOT NULL
);

ALTER TABLE ONLY river_job ALTER COLUMN id SET DEFAULT nextval('river_job_id_seq'::regclass);

ALTER TABLE ONLY river_notification ALTER COLUMN id SET DEFAULT nextval('river_notification_id_seq'::regclass);

INSERT INTO deliveries VALUES ('d3', 'pull_request', 'opened', 7, 1796022380769659, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d4', 'pull_request', 'opened', 7, 1796022380772123, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d5', 'pull_request', 'opened', 7, 1796022380773184, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d6', 'pull_request', 'opened', 7, 1796022380774280, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d1', 'pull_request', 'opened', 7, 1796022380810984, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d1b', 'pull_request', 'opened', 7, 1796022380821686, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d2', 'pull_request', 'opened', 7, 1796022380822852, '\x7b2261223a202269742773205c7532303134227d');
INSERT INTO deliveries VALUES ('d8', 'pull_request', 'opened', 7, 1796022380823850, '\x7b2261223a202269742773205c7532303134227d');

INSERT INTO keys VALUES ('python/cpython#7', 0, 0, 0, 7, 0, '', 0, 0, 0, 0, 3786912000000000, 'again', 0, '', 0);
INSERT INTO keys VALUES ('python/cpython#4', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#4', 1796022380772094, 1796025980783109, 0, 0, 0, '', 0, 'later, at 2025-11-30T08:06:20Z: GitHub has 3 % of this hour left', 1796022380783114);
INSERT INTO keys VALUES ('python/cpython#3', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#3', 0, 0, 0, 0, 0, '', 1796022380790827, 'giving up: loading python/cpython#3: it''s gone — 🐍', 1796022380790827);
INSERT INTO keys VALUES ('python/cpython#5', 0, 1, 1, 7, 1796018400000000, 'delivery of python/cpython#5', 1796022380773134, 1796025200871930, 0, 0, 0, '', 0, 'loading python/cpython#5: 502', 1796022380796537);
INSERT INTO keys VALUES ('python/cpython#6', 0, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#6', 0, 0, 0, 0, 0, '', 0, '', 1796022380802398);
INSERT INTO keys VALUES ('python/cpython#1', 2, 1, 1, 7, 1796018400000000, 'delivery of python/cpython#1', 1796022380821659, 1796022380821659, 1796022380810951, 1796022380810951, 0, '', 0, '', 0);
INSERT INTO keys VALUES ('python/cpython#2', 1, 1, 0, 7, 1796018400000000, 'delivery of python/cpython#2', 1796022380822811, 1796022380822811, 0, 0, 0, '', 0, '', 0);
INSERT INTO keys VALUES ('python/cpython', 1, 1, 0, 7, 1796018400000000, 'delivery of python/cpython', 1796022380825979, 1796022380825979, 0, 0, 0, '', 0, '', 0);

INSERT INTO notes VALUES ('sweep/python/cpython', '\x7b22726563656e74223a2022323032362d31312d33305430363a30303a30305a222c202272657374223a205b345d7d');
INSERT INTO notes VALUES ('empty', '\x');
INSERT INTO notes VALUES ('binary', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

INSERT INTO queue_version VALUES (1);
INSERT INTO queue_version VALUES (2);
INSERT INTO queue_version VALUES (3);

INSERT INTO replicas VALUES ('vm_2026_11_30T07_06_20_751576', '2025-11-30 07:06:23.264355');

INSERT INTO river_job VALUES (1, 'completed', 1, 25, '2025-11-30 07:06:20.777186+00', '2025-11-30 07:06:20.773093+00', '2025-11-30 07:06:20.784921+00', '2025-11-30 07:06:20.773093+00', 1, '{"key": "python/cpython#4", "run": 1}', '{vm_2026_11_30T07_06_20_751576}', NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (2, 'completed', 1, 25, '2025-11-30 07:06:20.78968+00', '2025-11-30 07:06:20.773093+00', '2025-11-30 07:06:20.791197+00', '2025-11-30 07:06:20.773093+00', 1, '{"key": "python/cpython#3", "run": 1}', '{vm_2026_11_30T07_06_20_751576}', NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (3, 'completed', 1, 25, '2025-11-30 07:06:20.795496+00', '2025-11-30 07:06:20.783444+00', '2025-11-30 07:06:20.796939+00', '2025-11-30 07:06:20.783444+00', 1, '{"key": "python/cpython#5", "run": 1}', '{vm_2026_11_30T07_06_20_751576}', NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (4, 'completed', 1, 25, '2025-11-30 07:06:20.801391+00', '2025-11-30 07:06:20.783444+00', '2025-11-30 07:06:20.802783+00', '2025-11-30 07:06:20.783444+00', 1, '{"key": "python/cpython#6", "run": 1}', '{vm_2026_11_30T07_06_20_751576}', NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (5, 'running', 1, 25, '2025-11-30 07:06:20.818197+00', '2025-11-30 07:06:20.812812+00', NULL, '2025-11-30 07:06:20.812812+00', 1, '{"key": "python/cpython#1", "run": 1}', '{vm_2026_11_30T07_06_20_751576}', NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (6, 'available', 0, 25, NULL, '2025-11-30 07:06:20.825346+00', NULL, '2025-11-30 07:06:20.825346+00', 1, '{"key": "python/cpython#2", "run": 1}', NULL, NULL, 'key', '{}', 'default', '{}', NULL, NULL);
INSERT INTO river_job VALUES (7, 'available', 0, 25, NULL, '2025-11-30 07:06:20.833084+00', NULL, '2025-11-30 07:06:20.833084+00', 1, '{"key": "python/cpython", "run": 1}', NULL, NULL, 'key', '{}', 'default', '{}', NULL, NULL);

INSERT INTO river_leader VALUES ('2025-11-30 07:06:20.758965+00', '2025-11-30 07:06:35.758965+00', 'vm_2026_11_30T07_06_20_751576', 'default');

INSERT INTO river_migration VALUES ('main', 1, '2025-11-30 07:06:20.631225+00');
INSERT INTO river_migration VALUES ('main', 2, '2025-11-30 07:06:20.645714+00');
INSERT INTO river_migration VALUES ('main', 3, '2025-11-30 07:06:20.679605+00');
INSERT INTO river_migration VALUES ('main', 4, '2025-11-30 07:06:20.680765+00');
INSERT INTO river_migration VALUES ('main', 5, '2025-11-30 07:06:20.697752+00');
INSERT INTO river_migration VALUES ('main', 6, '2025-11-30 07:06:20.721358+00');
INSERT INTO river_migration VALUES ('main', 7, '2025-11-30 07:06:20.725365+00');

INSERT INTO river_queue VALUES ('default', '2025-11-30 07:06:20.762076+00', '{}', NULL, '2025-11-30 07:06:20.762076+00');

INSERT INTO trail VALUES ('python/cpython#6', 1796022380754490, 0, '\x7b2272756c65223a20226e657773227d');
INSERT INTO trail VALUES ('python/cpython#6', 1796022380754490, 1, '\x7365636f6e643b2069742773');
INSERT INTO trail VALUES ('python/cpython#6', 1796022380755458, 0, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

INSERT INTO versions VALUES ('python/cpython#6', '0123abcd', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#3', 'head of python/cpython#3', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#4', 'head of python/cpython#4', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#5', 'head of python/cpython#5', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#6', 'head of python/cpython#6', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#1', 'head of python/cpython#1', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython#2', 'head of python/cpython#2', 1796018400000000);
INSERT INTO versions VALUES ('python/cpython', 'head of python/cpython', 1796018400000000);

SELECT pg_catalog.setval('river_job_id_seq', 7, true);

SELECT pg_catalog.setval('river_notification_id_seq', 1, false);

ALTER TABLE ONLY deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (key);

ALTER TABLE ONLY notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (name);

ALTER TABLE ONLY replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY river_notification
    ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

ALTER TABLE ONLY trail
    ADD CONSTRAINT trail_pkey PRIMARY KEY (key, at, place);

ALTER TABLE ONLY versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (key, version);

CREATE INDEX deliveries_received ON deliveries USING btree (received);

CREATE INDEX keys_again ON keys USING btree (again_at) WHERE ((state = 0) AND (again_at > 0));

CREATE INDEX keys_due ON keys USING btree (due) WHERE ((state = 0) AND (due > 0));

CREATE INDEX river_job_args_index ON river_job USING gin (args);

CREATE INDEX river_job_kind ON river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND river_job_state_in_bitmask(unique_states, state));

CREATE INDEX river_notification_created_at_idx ON river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON river_notification USING btree (topic, id);

CREATE INDEX trail_at ON trail USING btree (at);

CREATE INDEX versions_seen ON versions USING btree (seen);

