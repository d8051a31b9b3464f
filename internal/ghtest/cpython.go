package ghtest

import (
	"fmt"
	"maps"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// newsSections are the directories of Misc/NEWS.d/next.
var newsSections = []string{
	"Build", "C_API", "Core_and_Builtins", "Documentation", "IDLE", "Library", "Security", "Tests", "Tools-Demos", "Windows", "macOS",
}

// cpythonBranches are the maintenance branches, oldest first, with what the description of their label says.
var cpythonBranches = []struct{ name, accepts string }{
	{"3.10", "only security fixes"}, {"3.11", "only security fixes"}, {"3.12", "only security fixes"},
	{"3.13", "bug and security fixes"}, {"3.14", "bug and security fixes"}, {"3.15", "bug and security fixes"},
}

// NewCPython makes "python/cpython" in small: the directories that the workflow looks at, with NEWS entries; the branches main (3.16)
// and 3.15 to 3.10, each with its ABI file; and 3.9 at its end of life, which is a tag now.
//
// It has the issues 132001 to 132004 and 140000 to 140002. The core developers, the team python-core, are dana and guido.
//
// Lib/json/__init__.py was rewritten for 3.14, so that a change of its functions conflicts with 3.13 and before;
// Objects/listobject.c was for 3.12. All other files are the same everywhere but for those that bear the version.
func NewCPython(s *Server) (*Repo, error) {
	labels := map[string]string{}
	for _, name := range []string{
		"skip news", "skip issue", "docs", "tests", "awaiting review", "awaiting core review", "awaiting changes", "awaiting change review",
		"awaiting merge", "type-bug", "type-crash", "type-feature", "type-security", "stdlib", "extension-modules", "interpreter-core", "DO-NOT-MERGE",
	} {
		labels[name] = ""
	}
	repo, err := s.Repo("python/cpython", RepoOptions{Files: cpythonFiles(), Labels: labels})
	if err != nil {
		return nil, err
	}
	defer repo.lock()()
	if err := growCPython(repo.repo); err != nil {
		return nil, fmt.Errorf("making python/cpython: %w", err)
	}
	return repo, nil
}

// growCPython adds the history, without events.
func growCPython(r *world.Repo) error {
	core := r.World.AddTeam(r.Owner.Login, "python-core")
	core.Members = []*world.User{r.World.Account("dana"), r.World.Account("guido")}
	for _, number := range []int{132001, 132002, 132003, 132004, 140000, 140001, 140002} {
		r.Renumber(r.NewIssue("Something is wrong", "", "eric", nil), number)
	}
	if err := cutCPython(r, "refs/tags/3.9", "3.9", "3.10"); err != nil {
		return err
	}
	for n, b := range cpythonBranches {
		next := "3.16"
		if n+1 < len(cpythonBranches) {
			next = cpythonBranches[n+1].name
		}
		if err := cutCPython(r, "refs/heads/"+b.name, b.name, next); err != nil {
			return err
		}
		l := r.Label("needs backport to " + b.name)
		l.Color, l.Description = "c2e0c6", b.accepts
	}
	return nil
}

// cutCPython makes the branch (or tag) of a version from main, which goes on to the next version.
func cutCPython(r *world.Repo, ref, version, next string) error {
	add := func(ref string, c Commit) error {
		c.Author = r.Owner.Login
		sha, err := r.Store.Make(c, r.World.Now(), r.Refs["refs/heads/main"])
		if err != nil {
			return err
		}
		return r.SetRef(ref, sha)
	}
	level := func(version string) File { return Text("#define PY_VERSION \"" + version + "\"\n") }
	if err := add(ref, Commit{Message: "Python " + version + ".0", Files: map[string]File{
		"Doc/data/python" + version + ".abi": Text("<abi-corpus version='2.1'>\n</abi-corpus>\n"), "Include/patchlevel.h": level(version + ".0"),
	}}); err != nil {
		return err
	}
	files := map[string]File{
		"Include/patchlevel.h":          level(next + ".0a0"),
		"Doc/whatsnew/" + next + ".rst": Text("What's new in Python " + next + "\n=========================\n"),
	}
	switch next {
	case "3.12":
		files["Objects/listobject.c"] = Text(newListObject)
	case "3.14":
		files["Lib/json/__init__.py"] = Text(newJSON)
	}
	return add("refs/heads/main", Commit{Message: "Python " + next + ".0a0", Files: files})
}

const (
	oldJSON = `"""JSON encoder and decoder."""

from json.encoder import JSONEncoder

_default_encoder = JSONEncoder()


def dumps(obj, cls=None, **kw):
    if cls is None:
        return _default_encoder.encode(obj)
    return cls(**kw).encode(obj)


def dump(obj, fp):
    fp.write(dumps(obj))
`
	newJSON = `"""JSON encoder and decoder."""

from json.encoder import JSONEncoder


def dumps(obj, *, cls=JSONEncoder, indent=None, sort_keys=False):
    """Serialize obj to a str."""
    encoder = cls(indent=indent, sort_keys=sort_keys)
    return encoder.encode(obj)


def dump(obj, fp, **options):
    """Serialize obj to a file."""
    fp.write(dumps(obj, **options))
`
	oldListObject = `#include "Python.h"

static int
list_resize(PyListObject *self, Py_ssize_t newsize)
{
    size_t new_allocated = newsize + (newsize >> 3) + 6;
    return 0;
}
`
	newListObject = `#include "Python.h"

static int
list_resize(PyListObject *self, Py_ssize_t newsize)
{
    size_t new_allocated = ((size_t)newsize + (newsize >> 3) + 6) & ~(size_t)3;
    return 0;
}
`
)

func cpythonFiles() map[string]File {
	files := map[string]File{
		"README.rst":                   Text("This is Python\n==============\n"),
		".gitattributes":               Text("*.rst text\n"),
		"Include/Python.h":             Text("#ifndef Py_PYTHON_H\n#define Py_PYTHON_H\n#include \"patchlevel.h\"\n#endif\n"),
		"Include/patchlevel.h":         Text("#define PY_VERSION \"3.9.0a0\"\n"),
		"Include/cpython/listobject.h": Text("typedef struct {\n    PyObject_VAR_HEAD\n    PyObject **ob_item;\n    Py_ssize_t allocated;\n} PyListObject;\n"),
		"Objects/listobject.c":         Text(oldListObject),
		"Python/ceval.c":               Text("#include \"Python.h\"\n"),
		"Parser/parser.c":              Text("#include \"Python.h\"\n"),
		"Modules/_json.c":              Text("#include \"Python.h\"\n"),
		"Lib/os.py":                    Text("r\"\"\"OS routines.\"\"\"\n\nimport sys\n"),
		"Lib/json/__init__.py":         Text(oldJSON),
		"Lib/idlelib/idle.py":          Text("import idlelib.pyshell\n"),
		"Lib/test/test_os.py":          Text("import unittest\n"),
		"Lib/test/test_json.py":        Text("import unittest\n"),
		"Doc/library/os.rst":           Text(":mod:`os`\n=========\n"),
		"Doc/whatsnew/3.9.rst":         Text("What's new in Python 3.9\n========================\n"),
		".github/workflows/build.yml":  Text("name: Tests\non: [push, pull_request]\n"),
		"Tools/README":                 Text("This directory contains tools.\n"),
		"PCbuild/readme.txt":           Text("Building on Windows\n"),
		"Mac/README.rst":               Text("Python on macOS\n"),
		"configure.ac":                 Text("AC_INIT\n"),
		"Misc/ACKS":                    Text("Acknowledgements\n"),
		"Misc/NEWS.d/3.13.0.rst":       Text(".. date: 2024-10-07-05-02-14\n.. gh-issue: 125008\n.. nonce: 1aBcDe\n.. release date: 2024-10-07\n.. section: Library\n\nFix :func:`os.walk`.\n"),
	}
	for _, section := range newsSections {
		files["Misc/NEWS.d/next/"+section+"/README.rst"] = Text("Put news entry ``blurb`` files for the *" + section + "* section in this directory.\n")
	}
	maps.Copy(files, map[string]File{
		"Misc/NEWS.d/next/Library/2026-01-05-10-12-13.gh-issue-140001.aB3dE_.rst":           Text("Fix a crash in :mod:`json` when a key is not a string.\n"),
		"Misc/NEWS.d/next/Core_and_Builtins/2026-01-07-09-01-02.gh-issue-140002.-xY2z0.rst": Text("Make :class:`list` a little faster.\n"),
		"Misc/NEWS.d/next/Documentation/2026-01-08-20-30-40.gh-issue-140003.Qq1wE4.rst":     Text("Document :func:`os.fspath`.\n"),
	})
	return files
}
