package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compile reads a file of JSON schemas and gives the one at a place within it.
func compile(t *testing.T, path, at string) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	strict(document)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json" + at)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// strict has Kubernetes' schemas refuse unknown fields, as its server does.
func strict(document any) {
	root, _ := document.(map[string]any)
	components, _ := root["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for _, schema := range schemas {
		if s, ok := schema.(map[string]any); ok && s["properties"] != nil && s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
	}
}

// asJSON turns what YAML decodes into what JSON has.
func asJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestKubernetesSchemas holds the manifests to Kubernetes' own schemas.
func TestKubernetesSchemas(t *testing.T) {
	dir := os.Getenv("CONCORDE_KUBERNETES")
	if dir == "" {
		t.Skip("CONCORDE_KUBERNETES is not set: it names the directory with the OpenAPI files of a version of Kubernetes (.ci/run downloads " +
			"them)")
	}
	for _, path := range kubernetesFiles(t) {
		for _, object := range decode[map[string]any](t, path) {
			group, version, found := strings.Cut(object["apiVersion"].(string), "/")
			file, pkg := filepath.Join("apis", group, version+".json"), strings.TrimSuffix(group, ".k8s.io")
			if !found {
				file, pkg, version = filepath.Join("api", group+".json"), "core", group
			}
			schema := compile(t, filepath.Join(dir, file), "#/components/schemas/io.k8s.api."+pkg+"."+version+"."+object["kind"].(string))
			if err := schema.Validate(asJSON(t, object)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			object["surprise"] = true
			if schema.Validate(asJSON(t, object)) == nil {
				t.Errorf("%s: the schema of %s lets everything pass", path, object["kind"])
			}
		}
	}
}

// TestComposeSchema holds compose.yml to the schema of the Compose specification.
func TestComposeSchema(t *testing.T) {
	path := os.Getenv("CONCORDE_COMPOSE")
	if path == "" {
		t.Skip("CONCORDE_COMPOSE is not set: it names the file compose-spec.json (.ci/run downloads it)")
	}
	schema := compile(t, path, "")
	file := decode[map[string]any](t, "deploy/compose.yml")[0]
	if err := schema.Validate(asJSON(t, file)); err != nil {
		t.Error(err)
	}
	file["surprise"] = true
	if schema.Validate(asJSON(t, file)) == nil {
		t.Error("the schema lets everything pass")
	}
}
