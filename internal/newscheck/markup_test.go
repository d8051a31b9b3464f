package newscheck

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMarkup has what docutils says of each text, but for roles that lack a colon, of
// which it says nothing, and for single backticks, which sphinx-lint refuses in
// CPython (default-role).
func TestMarkup(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // line:column message
	}{
		// fine
		{"Call ``f(*args, **kwargs)`` with *args*, **strongly**, ``a`b``, :func:`len` and :c:func:`PyList_New`.", nil},
		{"2 * 3 ** 4, a*b, x**y, f(*args), int *p, '*', \"**\", (*), 5 * *", nil},
		{"\\*args and \\`x, \\``y``\\ s, ``a\\``, :func:`a\\`b`.", nil},
		{"See `the page <https://example.org>`_, `it <https://example.org>`__, name_, [1]_ and `a name`_.", nil},
		{"The :meth:`!f` of :class:`~a.B`, `x`:sup:, :PY:FUNC:`g`, :rst:dir:`note`.", nil},
		{"Code::\n\n   ``a *b\n\n   `c`\n\nText.", nil},
		{"Quoted::\n\n> `a`\n> *b\n\nText.", nil},
		{"Text.\n\n.. code-block:: c\n   :caption: `x`\n\n   int *p;\n\nText.", nil},
		{"Text.\n\n>>> f(*a, `b`)\n\nText.", nil},
		{"Text.\n\n=====  =====\n``a    *b\n=====  =====\n\nText.", nil},
		{"* one\n* two\n\n- *three*\n  *four*\n\n1. **five**\n#. six", nil},
		{"A. *Jesse\nDavis* and\n\n3.14) *is\na* version\n\n2. of\nPEP *5\n6*", nil},
		{"Fix ``a\nb`` and *c\nd*, :func:`e\n<f>`.", nil},
		{"Ellipsis ``...``, ``'``, ``\"*\"``, ``--x``/``-y``, “``z``”.", nil},
		// not closed
		{"Fix ``f() in g.", []string{"1:5 " + warnLiteral}},
		{"Fix ``f()`` and\nthe ``g()` of it.", []string{"2:5 " + warnLiteral}},
		{"Several ``dict``s.", []string{"1:9 " + warnLiteral}},
		{"Fix ``a `` now.", []string{"1:5 " + warnLiteral}},
		{"Fix *args of f.", []string{"1:5 " + warnEmphasis}},
		{"Fix **kwargs of f.", []string{"1:5 " + warnStrong}},
		{"Fix *args and **kwargs.", []string{"1:5 " + warnEmphasis, "1:15 " + warnStrong}},
		{"Fix **this*.", []string{"1:5 " + warnStrong}},
		{"Fix `f of g.", []string{"1:5 " + warnBacktick}},
		{"Fix :func:`f of g.", []string{"1:11 " + warnBacktick}},
		{"Fix é *x.", []string{"1:7 " + warnEmphasis}},
		{"* one\n  ``two\n* three``", []string{"2:3 " + warnLiteral}},
		{"1. *a\n2. b*", []string{"1:4 " + warnEmphasis}},
		{"Fix ``a\n\nb`` too.", []string{"1:5 " + warnLiteral}},
		{"Term\n   *text", []string{"2:4 " + warnEmphasis}},
		{":field: *text", []string{"1:9 " + warnEmphasis}},
		{"Code::\n\n   `a`\n\nThen ``b", []string{"5:6 " + warnLiteral}},
		// roles
		{"Fix :fucn:`len`.", []string{"1:5 " + warnRole("fucn")}},
		{"Fix :c:fnc:`f` and `x`:supper:.", []string{"1:5 " + warnRole("c:fnc"), "1:23 " + warnRole("supper")}},
		{"Fix :cfunc:`f`.", []string{"1:5 " + warnRole("cfunc")}},
		{"Fix :func`len`.", []string{"1:5 " + warnRoleColon("func")}},
		{"Fix (:c:func`f`).", []string{"1:6 " + warnRoleColon("c:func")}},
		{"Fix func:`len`, 3:4, a:b`c`.", []string{"1:5 " + warnRoleStart("func")}},
		{"Fix :mod: `re`.", []string{"1:11 " + warnSingle}},
		// single backticks
		{"Fix `len` and\n(`f x`).", []string{"1:5 " + warnSingle, "2:2 " + warnSingle}},
		{"Fix `len``.", []string{"1:5 " + warnUneven}},
		// where it stands in the file
		{".. bpo: 1\n\n\n  \n\n  Fix *x.", []string{"6:7 " + warnEmphasis}},
	} {
		var got []string
		for _, r := range markupOf(c.text) {
			if r.harmful {
				t.Errorf("%q: %s is harmful", c.text, r.message)
			}
			got = append(got, fmt.Sprintf("%d:%d %s", r.line, r.column, r.message))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

// TestMarkupIsBounded shows that a text is not read to its end again for each mark
// that nothing closes, however many there are: its remarks are counted.
func TestMarkupIsBounded(t *testing.T) {
	for _, unit := range []string{"*a ", "``a ", "`a ", ":a:a", ":func`", "**", "- ", "x:`a`", "\\", "`a`:a", "_", "* ``a\n"} {
		if remarks := markupOf(strings.Repeat(unit, maxEntry/len(unit))); len(remarks) > maxRemarks {
			t.Errorf("%q: %d remarks", unit, len(remarks))
		}
	}
}
