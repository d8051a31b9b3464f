PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE queue_version (version BIGINT NOT NULL);
INSERT INTO queue_version VALUES(1);
INSERT INTO queue_version VALUES(2);
INSERT INTO queue_version VALUES(3);
INSERT INTO queue_version VALUES(4);
INSERT INTO queue_version VALUES(5);
INSERT INTO queue_version VALUES(6);
CREATE TABLE deliveries (
id TEXT PRIMARY KEY,
event TEXT NOT NULL,
action TEXT NOT NULL,
installation BIGINT NOT NULL,
received BIGINT NOT NULL);
INSERT INTO deliveries VALUES('d3','pull_request','opened',7,1796022402136263);
INSERT INTO deliveries VALUES('d4','pull_request','opened',7,1796022402136775);
INSERT INTO deliveries VALUES('d5','pull_request','opened',7,1796022402137687);
INSERT INTO deliveries VALUES('d6','pull_request','opened',7,1796022402138262);
INSERT INTO deliveries VALUES('d1','pull_request','opened',7,1796022402150153);
INSERT INTO deliveries VALUES('d1b','pull_request','opened',7,1796022402150877);
INSERT INTO deliveries VALUES('d2','pull_request','opened',7,1796022402151212);
INSERT INTO deliveries VALUES('d8','pull_request','opened',7,1796022402151566);
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
done_at BIGINT NOT NULL DEFAULT 0, rested BIGINT NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '');
INSERT INTO keys VALUES('python/cpython#3',0,1,0,7,1796018400000000,'delivery of python/cpython#3',0,0,0,0,0,'',1796022402137835,'giving up: loading python/cpython#3: it''s gone — 🐍',1796022402137835,0,'');
INSERT INTO keys VALUES('python/cpython#4',0,1,0,7,1796018400000000,'delivery of python/cpython#4',1796022402136658,1796026002139085,0,0,0,'',0,'later, at 2025-11-30T08:06:42Z: GitHub has 3 % of this hour left',1796022402139087,1796026002139085,'');
INSERT INTO keys VALUES('python/cpython#5',0,1,1,7,1796018400000000,'delivery of python/cpython#5',1796022402137165,1796025249157849,0,0,0,'',0,'loading python/cpython#5: 502',1796022402140179,0,'');
INSERT INTO keys VALUES('python/cpython#6',0,1,0,7,1796018400000000,'delivery of python/cpython#6',0,0,0,0,0,'',0,'',1796022402140916,0,'');
INSERT INTO keys VALUES('python/cpython#7',0,0,0,7,0,'',0,0,0,0,3786912000000000,'again',0,'',0,0,'');
INSERT INTO keys VALUES('python/cpython#1',1,1,1,7,1796018400000000,'delivery of python/cpython#1',1796022402150866,1796022402150866,1796022402150133,1796022402150133,0,'',0,'',0,0,'UTH37MKR4S5FPG5UK5NHM4ABPI');
INSERT INTO keys VALUES('python/cpython#2',0,0,0,7,1796018400000000,'delivery of python/cpython#2',1796022402151203,1796022402151203,0,0,0,'',0,'',0,0,'');
INSERT INTO keys VALUES('python/cpython',0,0,0,7,1796018400000000,'delivery of python/cpython',1796022402151787,1796022402151787,0,0,0,'',0,'',0,0,'');
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
INSERT INTO trail VALUES('python/cpython#6',1796022402134798,0,X'7b2272756c65223a20226e657773227d');
INSERT INTO trail VALUES('python/cpython#6',1796022402134798,1,X'7365636f6e643b2069742773');
INSERT INTO trail VALUES('python/cpython#6',1796022402135050,0,X'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
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
CREATE INDEX deliveries_received ON deliveries (received);
CREATE INDEX keys_due ON keys (due) WHERE state = 0 AND due > 0;
CREATE INDEX keys_again ON keys (again_at) WHERE state = 0 AND again_at > 0;
CREATE INDEX trail_at ON trail (at);
CREATE INDEX versions_seen ON versions (seen);
CREATE INDEX keys_running ON keys (owner) WHERE state = 1;
COMMIT;
