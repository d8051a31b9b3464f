package pull

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// TestFactsPrintByName reads the names from the source, so that none can be forgotten.
func TestFactsPrintByName(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "facts.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	bit := Facts(1)
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		first := group.Specs[0].(*ast.ValueSpec)
		if typed, ok := first.Type.(*ast.Ident); !ok || typed.Name != "Facts" {
			continue
		}
		for _, spec := range group.Specs {
			if name := spec.(*ast.ValueSpec).Names[0].Name; bit.String() != name {
				t.Errorf("%s prints as %s", name, bit)
			}
			bit <<= 1
		}
	}
	if bit <= AuditLog {
		t.Fatalf("only the facts before %s were found", bit)
	}
	number := strconv.FormatUint(uint64(bit), 10)
	for facts, want := range map[Facts]string{0: "0", Files | Notes: "Files|Notes", bit: number, Team | bit: "Team|" + number} {
		if facts.String() != want {
			t.Errorf("%d prints as %s, want %s", uint(facts), facts, want)
		}
	}
}
