"""Asks cherry_picker and git again what they make of the messages in messages.tsv.

    PYTHONPATH=CHECKOUT python3 messages.py

CHECKOUT is one of https://github.com/python/cherry-picker. The libraries that it opens pull requests with aren't needed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from unittest import mock

for name in ("requests", "stamina", "gidgethub", "cherry_picker._version"):
    sys.modules.setdefault(name, mock.MagicMock(__version__=""))
from cherry_picker import cherry_picker

TABLE = pathlib.Path(__file__).with_name("messages.tsv").resolve()


def git(*args, stdin=""):
    return subprocess.run(["git", *args], input=stdin.encode(), capture_output=True, check=True).stdout.decode()


def judge(message, tree):
    head = f"tree {tree}\nauthor Ann <ann@example.com> 1 +0000\ncommitter Bob <bob@example.com> 1 +0000\n\n"
    sha = git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=head + message).strip()
    picker = object.__new__(cherry_picker.CherryPicker)
    picker.commit_sha1, picker.prefix_commit, picker.config, picker.dry_run = sha, True, cherry_picker.DEFAULT_CONFIG, False
    title, body = cherry_picker.normalize_commit_message(picker.get_updated_commit_message(f"backport-{sha[:7]}-3.13"))
    made = f"{title.removeprefix('[3.13] ')}\n\n{body}".replace(sha, "SHA")
    return git("stripspace", stdin=made), git("interpret-trailers", "--no-divider", "--parse", stdin=message)


rows = TABLE.read_text().splitlines()
os.chdir(tempfile.mkdtemp())
os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")
git("init", "-q")
tree = git("hash-object", "-t", "tree", "-w", "--stdin").strip()
with TABLE.open("w") as out:
    for row in rows:
        if row.startswith('"'):
            message, _, _, *differs = row.split("\t")
            judged = [json.dumps(text, ensure_ascii=False) for text in judge(json.loads(message), tree)]
            row = "\t".join([message, *judged, *differs])
        print(row, file=out)
