package newscheck

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestNearestSection(t *testing.T) {
	set := config.Preset().News
	for directory, want := range map[string]string{
		"Libary": "Library", "library": "Library", "Lib": "Library", "Libraries": "Library",
		"Core": "Core_and_Builtins", "core-and-builtins": "Core_and_Builtins", "Core and Builtin": "Core_and_Builtins",
		"C-API": "C_API", "CAPI": "C_API", "C API": "C_API", "Docs": "Documentation", "Doc": "Documentation", "Test": "Tests", "test": "Tests",
		"Tools": "Tools-Demos", "Tools/Demos": "Tools-Demos", "Mac": "macOS", "MacOS": "macOS", "Win": "Windows", "window": "Windows",
		"IDLE ": "IDLE", "idel": "IDLE", "Frobnicate": "", "": "", "_": "", "C": "",
	} {
		got := ""
		if s := nearestSection(set, directory); s != nil {
			got = s.Directory
		}
		if got != want {
			t.Errorf("nearest to %q: %q, want %q", directory, got, want)
		}
	}
}

func TestGuessSection(t *testing.T) {
	set := config.Preset().News
	for _, test := range []struct {
		want  string
		paths []string
	}{
		{"Library", []string{"Lib/csv.py", "Lib/test/a.py", "Lib/test/b.py", "Doc/a.rst", "Doc/b.rst"}},
		{"Tests", []string{"Lib/test/a.py", "Lib/test/b.py", "Doc/a.rst"}},
		{"Documentation", []string{"Lib/test/a.py", "Doc/a.rst"}},
		{"Tools-Demos", []string{"Tools/x.py", "Misc/ACKS"}},
		{"Build", []string{"Tools/build/x.py", "configure.ac"}},
		{"Core_and_Builtins", []string{"Python/a.c", "Lib/a.py"}},
		{"C_API", []string{"Include/object.h"}},
		{"", []string{"README.rst"}},
		{"", nil},
	} {
		var files []pull.File
		for _, path := range test.paths {
			files = append(files, pull.File{Path: path})
		}
		got := ""
		if s := guessSection(set, files); s != nil {
			got = s.Directory
		}
		if got != test.want {
			t.Errorf("section of %q: %q, want %q", test.paths, got, test.want)
		}
	}
}
