package ghtest

import (
	"fmt"
	"maps"
)

// newsSections are the directories of Misc/NEWS.d/next.
var newsSections = []string{
	"Build", "C_API", "Core_and_Builtins", "Documentation", "IDLE", "Library", "Security", "Tests", "Tools-Demos", "Windows", "macOS",
}

// NewCPython makes "python/cpython" in small: the directories that the workflow looks at, with NEWS entries, and the branches
// main, 3.14 and 3.13, each with the ABI files that the real one has.
func NewCPython(s *Server) (*Repo, error) {
	labels := map[string]string{}
	for _, name := range []string{
		"skip news", "skip issue", "docs", "tests", "awaiting review", "awaiting core review", "awaiting changes", "awaiting change review",
		"awaiting merge", "type-bug", "type-crash", "type-feature", "type-security", "stdlib", "extension-modules", "interpreter-core", "DO-NOT-MERGE",
	} {
		labels[name] = ""
	}
	for _, branch := range []string{"3.13", "3.14"} {
		labels["needs backport to "+branch] = "bug and security fixes"
	}
	repo, err := s.Repo("python/cpython", RepoOptions{Files: cpythonFiles(), Labels: labels})
	if err != nil {
		return nil, err
	}
	branches := []struct{ name, abi string }{{"3.13", "Doc/data/python3.13.abi"}, {"3.14", "Doc/data/python3.14.abi"}}
	for _, b := range branches {
		_, err := repo.Push(b.name, Commit{
			Message: "Python " + b.name + ".0", Author: "python", From: "main",
			Files: map[string]File{
				b.abi:                  Text("<abi-corpus version='2.1'>\n</abi-corpus>\n"),
				"Include/patchlevel.h": Text(fmt.Sprintf("#define PY_VERSION \"%s.0\"\n", b.name)),
			},
		})
		if err != nil {
			return nil, err
		}
	}
	_, err = repo.Push("main", Commit{Message: "Python 3.15.0a1", Author: "python", Files: map[string]File{"Include/patchlevel.h": Text("#define PY_VERSION \"3.15.0a1\"\n")}})
	return repo, err
}

func cpythonFiles() map[string]File {
	files := map[string]File{
		"README.rst":                   Text("This is Python\n==============\n"),
		".gitattributes":               Text("*.rst text\n"),
		"Include/Python.h":             Text("#ifndef Py_PYTHON_H\n#define Py_PYTHON_H\n#include \"patchlevel.h\"\n#endif\n"),
		"Include/patchlevel.h":         Text("#define PY_VERSION \"3.13.0\"\n"),
		"Include/cpython/listobject.h": Text("typedef struct {\n    PyObject_VAR_HEAD\n    PyObject **ob_item;\n    Py_ssize_t allocated;\n} PyListObject;\n"),
		"Objects/listobject.c":         Text("#include \"Python.h\"\n"),
		"Python/ceval.c":               Text("#include \"Python.h\"\n"),
		"Parser/parser.c":              Text("#include \"Python.h\"\n"),
		"Modules/_json.c":              Text("#include \"Python.h\"\n"),
		"Lib/os.py":                    Text("r\"\"\"OS routines.\"\"\"\n\nimport sys\n"),
		"Lib/json/__init__.py":         Text("def dumps(obj):\n    raise NotImplementedError\n"),
		"Lib/idlelib/idle.py":          Text("import idlelib.pyshell\n"),
		"Lib/test/test_os.py":          Text("import unittest\n"),
		"Lib/test/test_json.py":        Text("import unittest\n"),
		"Doc/library/os.rst":           Text(":mod:`os`\n=========\n"),
		"Doc/whatsnew/3.15.rst":        Text("What's new in Python 3.15\n=========================\n"),
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
