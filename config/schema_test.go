package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	generate "github.com/invopop/jsonschema"
	validate "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/suite"
)

// written is the schema of a type, as the files have it.
func written(t *testing.T, v any, title string) []byte {
	t.Helper()
	r := &generate.Reflector{
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		ExpandedStruct:             true,
		Anonymous:                  true,
		Mapper: func(t reflect.Type) *generate.Schema {
			if t.Kind() != reflect.String {
				return nil
			}
			least, most := uint64(1), uint64(maxLength)
			return &generate.Schema{Type: "string", MinLength: &least, MaxLength: &most}
		},
	}
	if err := r.AddGoComments("github.com/concorde-bot/concorde/config", "."); err != nil {
		t.Fatal(err)
	}
	for name, text := range r.CommentMap {
		r.CommentMap[name] = strings.ReplaceAll(text, "\n", " ")
	}
	s := r.Reflect(v)
	s.Title = title
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func TestSchemasAreCurrent(t *testing.T) {
	suite.File(t, "schema.json", written(t, Config{}, "Concorde: the central file"))
	suite.File(t, "repository-schema.json", written(t, Rules{}, "Concorde: "+RepositoryFile))
}

// check holds a YAML file against a schema.
func check(t *testing.T, schema []byte, file string) error {
	t.Helper()
	doc, err := validate.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := validate.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal([]byte(file), &v); err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestSchemasHold(t *testing.T) {
	central, repository := written(t, Config{}, ""), written(t, Rules{}, "") // those in the files are the same
	if err := check(t, central, string(preset)); err != nil {
		t.Errorf("the preset: %v", err)
	}
	if err := check(t, repository, "news: {width: 80}\nabi: {mode: require}"); err != nil {
		t.Errorf("a repository's file: %v", err)
	}
	for _, tt := range []struct {
		schema []byte
		file   string
	}{
		{central, "nwes: {}"},
		{central, "news: {mode: warn}"},
		{central, "news: {width: 20}"},
		{central, "news: {help: yes please}"},
		{central, "news: {skip-label: ''}"},
		{central, "news: {skip-label: " + strings.Repeat("x", 51) + "}"},
		{central, "abi: {evidence: [" + strings.Repeat("x", 256) + "]}"},
		{central, "news: {sections: [{name: X}]}"},
		{central, "sweep: {full-at: 24}"},
		{repository, "repositories: ['*/*']"},
	} {
		if err := check(t, tt.schema, tt.file); err == nil {
			t.Errorf("the schema lets pass %s", tt.file)
		}
	}
}
