package web

import (
	"encoding/json"
	"strings"
	"testing"

	generate "github.com/invopop/jsonschema"
	validate "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// name is a page's name in the schema: its address.
func (a address) name() string {
	if a.also != "" {
		return a.also
	}
	return a.path
}

// written is the schema of all pages, as the file has it.
func written(t *testing.T) []byte {
	t.Helper()
	all := generate.Schema{Version: generate.Version, Title: "Concorde: the pages as JSON", Definitions: generate.Definitions{}}
	for _, a := range addresses {
		r := &generate.Reflector{ExpandedStruct: true, Anonymous: true, DoNotReference: true}
		for module, dir := range map[string]string{"internal/web": ".", "internal/pull": "../pull"} {
			if err := r.AddGoComments("github.com/concorde-bot/concorde/"+module, dir); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range r.CommentMap {
			r.CommentMap[name] = strings.ReplaceAll(text, "\n", " ")
		}
		s := r.Reflect(a.shape)
		s.Version = ""
		all.Definitions[a.name()] = s
	}
	out, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func TestSchemaIsCurrent(t *testing.T) { suite.File(t, "schema.json", written(t)) }

// TestAddressesInTheDocsAreCurrent holds the table of docs/pages.md to the addresses.
func TestAddressesInTheDocsAreCurrent(t *testing.T) {
	table := "| address | what it shows |\n| --- | --- |\n"
	for _, a := range addresses {
		name := strings.NewReplacer("{$}", "", "{owner}", "OWNER", "{repo}", "REPO", "{number}", "N").Replace(a.path)
		table += "| `" + name + "` | " + a.about + " |\n"
	}
	suite.Current(t, "../../docs/pages.md", "addresses", table)
}

// TestPagesHoldTheSchema compares what pages answer with it.
func TestPagesHoldTheSchema(t *testing.T) {
	s := newSite(t)
	s.see("python/cpython", hostile(5))
	s.see("python/cpython", pull.View{Brief: pull.Brief{Number: 6, State: pull.Open, Seen: at}})
	s.write("python/cpython#5", pull.LogEntry{Rule: "news", Action: "close"})
	document, err := validate.UnmarshalJSON(strings.NewReader(s.get("/schema.json").Body.String()))
	s.ok(err)
	c := validate.NewCompiler()
	s.ok(c.AddResource("schema.json", document))
	for _, a := range addresses {
		path := strings.NewReplacer("{owner}", "python", "{repo}", "cpython", "{number}", "5").Replace(a.name()) + ".json"
		of, err := c.Compile("schema.json#/$defs/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(a.name()))
		s.ok(err)
		answer := s.get(path)
		value, err := validate.UnmarshalJSON(answer.Body)
		s.ok(err)
		if err := of.Validate(value); err != nil || answer.Code != 200 {
			t.Errorf("%s: %d %v", path, answer.Code, err)
		}
	}
}
