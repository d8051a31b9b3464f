package newscheck

import "strings"

// domains are the roles that Sphinx and CPython's documentation know, by domain: ""
// has those that need no name of a domain before them, as all of Python's do.
//
// Sources: docutils ("reStructuredText Interpreted Text Roles"), Sphinx ("Roles",
// and the chapters on domains), and CPython's Doc/conf.py and Doc/tools/extensions.
var domains = map[string][]string{
	"": {
		// docutils
		"ab", "abbreviation", "ac", "acronym", "code", "emphasis", "index", "literal", "math", "pep", "pep-reference", "raw", "rfc",
		"rfc-reference",
		"strong", "sub", "subscript", "sup", "superscript", "t", "title", "title-reference",
		// Sphinx
		"abbr", "any", "command", "cve", "cwe", "dfn", "doc", "download", "envvar", "eq", "file", "guilabel", "kbd", "keyword", "mailheader",
		"makevar",
		"manpage", "menuselection", "mimetype", "newsgroup", "numref", "option", "program", "ref", "regexp", "samp", "term", "token",
		// CPython
		"2to3fixer", "gh", "issue", "monitoring-event", "opcode", "pdbcmd", "pypi", "source",
	},
	"py":  {"attr", "class", "const", "data", "deco", "exc", "func", "meth", "mod", "obj", "type"},
	"c":   {"data", "enum", "enumerator", "expr", "func", "macro", "member", "struct", "texpr", "type", "union", "var"},
	"cpp": {"any", "class", "concept", "enum", "enumerator", "expr", "func", "member", "struct", "texpr", "type", "union", "var"},
	"js":  {"attr", "class", "data", "func", "meth", "mod"},
	"rst": {"dir", "role"},
	"std": {"doc", "envvar", "eq", "keyword", "numref", "option", "ref", "term", "token", "2to3fixer", "monitoring-event", "opcode", "pdbcmd"},
}

// roles are the names of all of them, as they are written.
var roles = func() map[string]bool {
	all := map[string]bool{}
	for domain, names := range domains {
		for _, name := range names {
			if domain != "" {
				all[domain+":"+name] = true
			}
			if domain == "" || domain == "py" { // Python's is the default
				all[name] = true
			}
		}
	}
	return all
}()

func knownRole(name string) bool { return roles[strings.ToLower(name)] }
