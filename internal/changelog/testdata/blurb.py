"""Writes blurb.tsv: what the real blurb makes of generated trees of NEWS entries.

    git clone https://github.com/python/blurb
    python3 blurb.py blurb/src > blurb.tsv

It needs Python 3.10 or later, git, and nothing else. Each tree is a git repository in a
temporary directory, on which blurb's own "release" runs with a fixed day. The rows of a
tree, with bytes written as in a Go string:

    tree     NAME VERSION DAY
    file     PATH CONTENT
    breaks   PATH            at which blurb stops, alone in the tree
    lost     PATH            that blurb doesn't find
    exit     0 or 1          whether blurb release succeeded
    release  CONTENT         of the file that it wrote, if it did
"""

import contextlib
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, sys.argv[1])
sys.modules["blurb._version"] = types.SimpleNamespace(__version__="0")  # made when it is built

import blurb._blurb_file as blurb_file
import blurb._release as blurb_release
from blurb._template import sections
from blurb._utils.globs import glob_blurbs

NEXT = "Misc/NEWS.d/next"
DIRECTORIES = ["Security", "Core_and_Builtins", "Core and Builtins", "Library", "Documentation", "Tests", "Build", "Windows",
               "macOS", "IDLE", "Tools-Demos", "C_API", "C API"]
LONG = "The quick brown fox jumps over the lazy dog, and :func:`json.dump` writes ``None`` again. "
BODIES = [
    b"Fix it.\n", b"Fix it.", b"\n\nFix it.  \n\n\n", (LONG * 3).encode(), (LONG * 2 + "Patch by A. B. Cdef.\n").encode(),
    b"# a comment\n\nFix it.\n", b"#\n# Write here\n#\nFix it.\n# not a comment\n", b".. extra: thing\n\nFix it.\n",
    b".. Extra :  Thing: two \n.. other:\nFix it.\n", b"* one\n* two\n  more\n\n1. three\n\nLast words that follow a list.\n",
    b"Code::\n\n   a  =  1\n   b\n\nMore   words  here.  And. More.\n", b"A\ttab and\x0ba vertical one.\n\tB\n",
    b"Windows\r\nline ends\r\nhere.\r\n", b"old\rmac\rends\r", "Größe, naïve, 漢字 and \U0001f40d in the text.\n".encode(),
    ("漢字" * 60 + " " + "é" * 80 + "\n").encode(), b"a-very-long-word-" * 8 + b" and then some.\n", ("x" * 90).encode(),
    "A no-break\u00a0space,\u2003an em space\u2028a line separator\x85next line.\n".encode(), "Ends with one\u00a0\n".encode(),
    b"Sentence one.  Sentence two.   Three.\n" * 4, b"First paragraph.\n\nSecond one\nwith two lines.\n\n\n\nThird.\n",
    ("word " * 14 + "end.  Next words go on and on.\n").encode(), b"(CPython ABI break) Add a field to a struct.\n",
    b".. bpo: 44444\n\nFix an old one.\n", b".. gh-issue: 99999\n\nA second number.\n", b"..   note:x\nFix it.\n", b"a\x00b nul\n",
    b"#. one\n#. two\n", b"- \n".replace(b"- ", b"+ ") + b"plus list\n", b"A line ending in ``::``\n\n  code  here\n\n\nmore::\n\n* list\n",
    b"\x1c\x1dodd separators\x1e\x1f\n", "\u200bZero width first.\n".encode(), b"..\x0bodd: name\n\nFix it.\n", b"1.\nnot a list\n",
    b"*\nnot a list\n", b"* item\n\n* item\n\n  deeper\n\nfinal text  with  spaces\n", b"A text:: \n\n  stripped  colons\n",
    ".. \u0130X\u03a3: capital\n\nFix it.\n".encode(), b".. : nameless\n\nFix it.\n", b"....: dots\nFix it.\n",
    ("tab\tstops " * 12).encode() + b"\n", b"trailing backslash \\\nnext\n", b"a\n\n \n\t\nb\n", b"\x0cForm feed first.\n",
]
BAD_BODIES = [
    b"", b"\n\n", b"# only a comment\n", b".. extra: thing\n", b"- a list\n", b"Issue #123: x\n", b"ISSUE #1\n", b"bpo-123: x\n", b"BPO-1\n",
    b"gh-123: x\n", b"Gh-issue-1: x\n", b"Fix it.\n..\n", b"Fix it.\n..\n\nAnother one.\n",
    b"Fix it.\n..\n.. gh-issue: 99999\n.. section: Library\n\nAnother.\n", b".. no colon\nFix it.\n", b"..\nFix it.\n",
    b".. gh-issue: 1\n\nFix it.\n", b".. section: Library\n\nFix it.\n", b".. date: 1\n\nFix it.\n", b".. Nonce: 1\n\nFix it.\n",
    b".. extra: 1\n.. Extra: 2\n\nFix it.\n", b".. bpo: x\n\nFix it.\n", b"\xff\xfe not UTF-8\n", b"Fix \xed\xa0\x80 it.\n", b"  # indented comment\n",
    b"  .. x: indented metadata\n", b"   .. indented directive\n", ("y" * 74 + " .. " + "z" * 75 + "\n").encode(), b"  - indented\n",
    "\u00a0\u00a0\n".encode(), "I\u017f\u017fue #1\n".encode(), "\u0131ssue #1\n".encode(), "\u0130ssue #1\n".encode(),
    b".. image:: x.png\n\n   .. y: z\n", b".. versionadded 3.14\n\nFix it.\n", b".. bpo: \n\nFix it.\n",
    (b"".join(b".. k%d: v\n" % i for i in range(14)) + b"\n"), (b"".join(b".. k%d: v\n" % i for i in range(14)) + b".. no colon\nx\n"),
    ("z" * 74 + "\u00a0    code\n").encode(), b"  * item\n\n  x   y\n" + b"\x1f \n",
]
ODD_BODIES = [
    b"\xef\xbb\xbfMarked.\n", b"\xef\xbb\xbf.. x: y\nMarked.\n", b"\xef\xbb\xbf..\n", b"\xef\xbb\xbf- x\n", b"\n\xef\xbb\xbfgh-1: x\n", b".. release date: 2020-01-01\n\nFix it.\n",
    b".. no changes: True\n\nFix it.\n", b"\xef\xbb\xbf.. x: y\n..\nz\n", b"\xef\xbb\xbf\n\n# c\n\nText.\n",
    b".. bpo: 1_000\n\nFix it.\n", b".. bpo: -5\n\nFix it.\n", ".. bpo: \u0664\u0665\n\nFix it.\n".encode(), b".. bpo: 1__0\n\nFix it.\n", b".. bpo: +7\n\nx\n",
    b".. bpo: _7\n\nx\n", b".. bpo: 7_\n\nx\n", b".. bpo: " + b"9" * 4300 + b"\n\nx\n", b".. bpo: " + b"9" * 4301 + b"\n\nx\n", b".. bpo: 1.0\n\nx\n",
]
GOOD_NAMES = [
    "2026-08-01-10-20-30.gh-issue-130001.Ab3_x-.rst", "2026-08-02.gh-issue-130002.zzzzzz.rst", "2026-07-31-23-59-59.bpo-44001.-a_b=c.rst",
    "2025-01-01.gh-issue-32426.q.rst", "2026-08-01-10-20-30.gh-issue-130001.Ab3_x.rst", "2026-08-01-10-20-30.gh-issue-130001.aB3_x.rst",
    "2026-08-05.gh-issue-130005.bpo-44005.two.rst", "anything.gh-issue-130006.n.rst", "2026-08-07.gh-issue-0130007.n.rst",
    "2026-08-08.gh-issue-130_008.n.rst", "2026-08-09.xxgh-issue-130009.n.rst", "2026-08-10. gh-issue-130010 . n .rst", "2026-8-1.bpo-0.n.rst",
    "2026-08-12.gh-issue-130012..rst", "\u00e9t\u00e9.gh-issue-130013.\u6f22.rst", "2026-08-14.bpo--3.n.rst",
    "2026-08-15.gh-issue-\u0661\u0663\u0660\u0660\u0661\u0665.n.rst", "2026-08-16.gh-issue-130016.a b.rst", "2026-08-17.gh-issue-1.gh-issue-130017.n.rst",
    "2026-08-18.gh-issue-130018.n:x.rst", "Z.bpo-1.n.rst", "2026-08-19.gh-issue-130019.#h.rst", "2026-08-20.gh-issue-130020.\\n.rst",
]
BAD_NAMES = [
    "2026-08-01.gh-issue-130001.rst", "2026-08-01.gh-issue-1.n.rst", "2026-08-01.gh-130001.n.rst", "2026-08-01.gh-issue-130001,2.n.rst",
    "note.rst", "2026-08-01.gh-issue-.n.rst", "2026-08-01.gh-issue-x.n.rst", "readme.rst", "2026-08-01.gh-issue-130001.extra.n.rst",
    "2026-08-01.bpo-x.n.rst", "2026-08-01.bpo-1.5.n.rst", "2026-08-01.GH-ISSUE-130001.n.rst", "2026-08-01.gh-issue-32425.n.rst",
    "2026-08-01.gh-issue-130001-gh-issue-130002.n.rst", "2026-08-01.gh-issue-130001.n\nx.rst", "2026\r.gh-issue-130001.n.rst",
]
LOST_NAMES = ["2026-08-01.gh-issue-130001.n.rst.txt", "2026-08-01.gh-issue-130001.n.RST", "2026-08-01.gh-issue-130001.n.rst~", "notes.txt",
              ".gh-issue-130012.n.rst", ".hidden.rst"]
LOST_PLACES = ["Core/2026-08-01.gh-issue-130001.n.rst", "library/2026-08-01.gh-issue-130001.n.rst", "2026-08-01.gh-issue-130001.n.rst",
               "Library/deeper/2026-08-01.gh-issue-130001.n.rst", "Tools/Demos/2026-08-01.gh-issue-130001.n.rst", "Core_And_Builtins/x.rst"]
IGNORED = ["README.rst", "Library/README.rst", "C API/README.rst", "Build/.gitkeep"]


def random_body(r):
    """Words, spaces and line ends that blurb lays out in odd ways."""
    pieces = ["word", "longer-word", "``code``", ".", "..", "::", "* ", "1. ", "\n", "\n\n", " ", "  ", "\t", "\u00a0", "x" * 70, "é", "漢",
              "#", "gh-1", ":func:`f`", "\r\n", "\x1c", "\x0b", ": "]
    return "".join(r.choice(pieces) + r.choice(["", " ", "\n"]) for _ in range(r.randrange(1, 60))).encode()


def trees():
    """Trees of files, by name."""
    r = random.Random(20260801)
    yield "empty", {}
    yield "empty-but-readmes", {f"{NEXT}/{name}": b"Put entries here.\n" for name in IGNORED}
    for i, body in enumerate(BODIES + BAD_BODIES + ODD_BODIES):
        first = r.choice([{}, {f"{NEXT}/Security/2026-01-01.gh-issue-130000.first.rst": b"First.\n"}])
        yield f"body-{i}", first | {f"{NEXT}/Library/{GOOD_NAMES[i % 3]}": body, f"{NEXT}/C_API/2026-01-01.gh-issue-130000.last.rst": b"Last.\n"}
    for i, name in enumerate(GOOD_NAMES + BAD_NAMES + LOST_NAMES):
        yield f"name-{i}", {f"{NEXT}/{r.choice(DIRECTORIES)}/{name}": r.choice(BODIES[:5]), f"{NEXT}/Tests/2026-01-01.bpo-1.n.rst": b"Other.\n"}
    for i, place in enumerate(LOST_PLACES + IGNORED):
        yield f"place-{i}", {f"{NEXT}/{place}": r.choice(BODIES[:5]), f"{NEXT}/IDLE/2026-01-01.bpo-1.n.rst": b"Other.\n"}
    yield "directory", {f"{NEXT}/Library/2026-01-01.bpo-1.n.rst/x.txt": b"x", f"{NEXT}/Library/2026-01-01.bpo-2.n.rst": b"Fix it.\n"}
    same = "2026-08-02.gh-issue-130002.n.rst"
    yield "one-name-twice", {f"{NEXT}/{d}/{same}": f"In {d}.\n".encode() for d in DIRECTORIES}
    for i in range(50):
        tree = {}
        for _ in range(r.randrange(2, 9)):
            tree[f"{NEXT}/{r.choice(DIRECTORIES)}/{r.choice(GOOD_NAMES[:12])}"] = r.choice(BODIES)
        for _ in range(r.choice([0, 0, 0, 1, 2])):
            tree[f"{NEXT}/{r.choice(DIRECTORIES)}/{r.choice(GOOD_NAMES + BAD_NAMES + LOST_NAMES)}"] = r.choice(BODIES + BAD_BODIES + ODD_BODIES[:9])
        yield f"mixed-{i}", tree
    for i in range(40):
        yield f"random-{i}", {f"{NEXT}/Build/2026-08-0{n}.gh-issue-13000{n}.n.rst": random_body(r) for n in range(1, r.randrange(2, 4))}


@contextlib.contextmanager
def repository(files):
    with tempfile.TemporaryDirectory() as root, contextlib.chdir(root):
        subprocess.run(["git", "init", "--quiet"], check=True)
        for path, content in files.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            pathlib.Path(path).write_bytes(content)
        subprocess.run(["git", "add", "--force", "."], check=True)
        blurb_file.root = root
        yield


def release(version, day):
    """Whether blurb release succeeds, and what it wrote."""
    blurb_release.current_date = lambda: day
    blurb_release.git_add_files.clear()
    blurb_release.git_rm_files.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            blurb_release.release(version)
            code = 0
        except (Exception, SystemExit):
            code = 1
    written = pathlib.Path(f"Misc/NEWS.d/{version}.rst")
    # blurb opens the file before it encodes the text
    return code, written.read_bytes() if written.exists() and written.stat().st_size else None


def quoted(data):
    if isinstance(data, str):
        data = data.encode()
    plain = {10: "\\n", 9: "\\t", 13: "\\r", 34: '\\"', 92: "\\\\"}
    return '"' + "".join(plain.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data) + '"'


def main():
    for i, (name, files) in enumerate(trees()):
        version, day = ["3.15.0b2", "3.14.8", "3.16.0a1", "3.15.0rc1"][i % 4], f"2026-09-{i % 28 + 1:02}"
        print("tree", name, version, day, sep="\t")
        for path, content in files.items():
            print("file", quoted(path), quoted(content), sep="\t")
        with repository(files):
            found = glob_blurbs("next")
            for path in sorted(files):
                inside = any(path == f or path.startswith(f + "/") for f in found)
                if not inside and os.path.basename(path) not in ("README.rst", ".gitkeep"):
                    print("lost", quoted(path), sep="\t")
        for path, content in files.items():
            with repository({path: content}):
                if glob_blurbs("next") and release(version, day)[0]:
                    print("breaks", quoted(path), sep="\t")
        with repository(files):
            if found := glob_blurbs("next"):
                with contextlib.suppress(Exception):
                    first = blurb_file.Blurbs()
                    first.load_next(found[0])
                    if "no changes" in first[0][0]:  # "blurb merge" then leaves out all others
                        print("lost", quoted(found[0]), sep="\t")
            code, written = release(version, day)
        print("exit", code, sep="\t")
        if written is not None:
            print("release", quoted(written), sep="\t")


main()
