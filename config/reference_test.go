package config

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/suite"
)

// kind is a schema, as far as a reader of the documentation cares.
type kind struct {
	Ref         string          `json:"$ref"`
	Type        string          `json:"type"`
	Enum        []string        `json:"enum"`
	Items       *kind           `json:"items"`
	Properties  json.RawMessage `json:"properties"`
	Required    []string        `json:"required"`
	Minimum     *int            `json:"minimum"`
	Maximum     *int            `json:"maximum"`
	Description string          `json:"description"`
	Defs        map[string]kind `json:"$defs"`
}

// fields are the properties in the order of the schema, which maps don't keep.
func (k kind) fields(t *testing.T) (names []string, of map[string]kind) {
	t.Helper()
	if err := json.Unmarshal(k.Properties, &of); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(k.Properties)))
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return names, of
		}
		switch name, isName := token.(string); {
		case token == json.Delim('{') || token == json.Delim('['):
			depth++
		case token == json.Delim('}') || token == json.Delim(']'):
			depth--
		case isName && depth == 1:
			names = append(names, name)
		}
	}
}

// reference writes the tables of docs/settings.md.
type reference struct {
	t                *testing.T
	defs             map[string]kind
	defaults, sample *yaml.Node
	lines            []string
}

// rows are the settings of a group, and of the groups and lists within it.
func (r *reference) rows(prefix string, group kind, required []string) {
	names, of := group.fields(r.t)
	for _, name := range names {
		k, path := of[name], prefix+name
		switch inner, list := r.defs[base(k.Ref)], k.Items != nil && k.Items.Ref != ""; {
		case k.Ref != "":
			r.rows(path+".", inner, inner.Required)
		case list && base(k.Items.Ref) != "Condition": // conditions are those of the rule itself
			r.row(path, k, required)
			inner = r.defs[base(k.Items.Ref)]
			r.rows(path+"[].", inner, inner.Required)
		default:
			r.row(path, k, required)
		}
	}
}

func base(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }

func (r *reference) row(path string, k kind, required []string) {
	name := path[strings.LastIndex(path, ".")+1:]
	meaning := sentence(name, k.Description)
	if meaning == "" {
		r.t.Errorf("%s has no comment in the code, and so no meaning in the schema and in docs/settings.md", path)
	}
	value := "none"
	switch found := at(r.defaults, strings.Split(path, ".")); {
	case slices.Contains(required, name):
		value = "required"
	case found != nil && !strings.Contains(path, "[]"):
		value = flow(r.t, found)
	}
	sample := at(r.sample, strings.Split(path, "."))
	if sample == nil {
		r.t.Fatalf("config/example.yml has no %s", path)
	}
	if example := flow(r.t, sample); example == value && path != "preset" {
		r.t.Errorf("in config/example.yml, %s is as in the preset", path)
	} else {
		r.lines = append(r.lines, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", path, values(k), value, example, meaning))
	}
}

// values are those that a setting may have.
func values(k kind) string {
	switch {
	case k.Items != nil && k.Items.Ref != "":
		return "list"
	case k.Items != nil:
		return "list of " + strings.Replace(values(*k.Items), "text", "texts", 1)
	case len(k.Enum) > 0:
		return "`" + strings.Join(k.Enum, "`, `") + "`"
	case k.Type == "integer":
		return fmt.Sprintf("%d to %d", *k.Minimum, *k.Maximum)
	case k.Type == "boolean":
		return "`true`, `false`"
	}
	return "text"
}

// sentence is a comment of the code without the name of its field.
func sentence(name, comment string) string {
	first, rest, _ := strings.Cut(comment, " ")
	if strings.EqualFold(strings.TrimSuffix(first, ":"), strings.ReplaceAll(name, "-", "")) {
		verb := regexp.MustCompile(`^(is|are) `)
		if strings.HasSuffix(first, ":") || verb.MatchString(rest) {
			comment = verb.ReplaceAllString(rest, "")
		}
	}
	if comment == "" {
		return ""
	}
	return strings.ReplaceAll(strings.ToUpper(comment[:1])+strings.TrimSuffix(comment[1:], ".")+".", "|", "\\|")
}

// at finds a value by its path; of a list, the first entry that has the rest of it.
func at(node *yaml.Node, path []string) *yaml.Node {
	if len(path) == 0 {
		return node
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := node.Content[i+1]
		if node.Content[i].Value != name {
			continue
		}
		if !isList {
			return at(value, path[1:])
		}
		for _, entry := range value.Content {
			if found := at(entry, path[1:]); found != nil {
				return found
			}
		}
	}
	return nil
}

// flow writes a value in one line of a table; of a list that is long, its length.
func flow(t *testing.T, node *yaml.Node) string {
	t.Helper()
	if node.Kind == yaml.SequenceNode && len(node.Content) > 0 && node.Content[0].Kind == yaml.MappingNode {
		if len(node.Content) > 1 {
			return fmt.Sprintf("%d entries", len(node.Content))
		}
		return "one entry"
	}
	copied := *node
	copied.Style |= yaml.FlowStyle
	copied.HeadComment, copied.LineComment, copied.FootComment = "", "", ""
	text, err := yaml.Marshal(&copied)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Join(strings.Fields(string(text)), " ")
	return "`" + strings.ReplaceAll(line, "|", "\\|") + "`"
}

func document(t *testing.T, text []byte) *yaml.Node {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		t.Fatal(err)
	}
	return node.Content[0]
}

// TestReference: docs/settings.md lists every setting, with its default and an example
// that is read from config/example.yml.
func TestReferenceIsCurrent(t *testing.T) {
	example, err := os.ReadFile("example.yml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse("example.yml", example); err != nil {
		t.Error(err)
	}
	var schema kind
	if err := json.Unmarshal(written(t, Config{}, ""), &schema); err != nil {
		t.Fatal(err)
	}
	r := &reference{t: t, defs: schema.Defs, defaults: document(t, preset), sample: document(t, example)}
	head := []string{"", "| setting | values | default | example | meaning |", "| --- | --- | --- | --- | --- |"}
	r.lines = append([]string{"### The central file alone"}, head...)
	names, of := schema.fields(t)
	for _, name := range names {
		if of[name].Ref == "" {
			r.row(name, of[name], nil)
		}
	}
	for _, name := range names {
		if group := r.defs[base(of[name].Ref)]; of[name].Ref != "" {
			r.lines = append(append(r.lines, "", "### "+name, "", sentence(name, group.Description)), head...)
			r.rows(name+".", group, nil)
		}
	}
	suite.Current(t, "../docs/settings.md", "settings", strings.Join(r.lines, "\n")+"\n")
}
