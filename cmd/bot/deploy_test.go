package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

// read gives a file of the repository, by its path from the root.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// decode reads all documents of a YAML file.
func decode[T any](t *testing.T, path string) (documents []T) {
	t.Helper()
	for d := yaml.NewDecoder(strings.NewReader(read(t, path))); ; {
		var v T
		switch err := d.Decode(&v); err {
		case nil:
			documents = append(documents, v)
		case io.EOF:
			return documents
		default:
			t.Fatalf("%s: %v", path, err)
		}
	}
}

// commandLine is kong's, with the names of all environment variables that it and the
// credentials read.
func commandLine(t *testing.T) (*kong.Kong, []string) {
	t.Helper()
	parser, err := kong.New(&cli{}, words, kong.Name("bot"), kong.Exit(func(int) { t.Error("kong exits") }))
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`GITHUB_[A-Z_]+`).FindAllString(serveCmd{}.Help(), -1)
	for _, command := range parser.Model.Leaves(false) {
		for _, flag := range command.Flags {
			known = append(known, flag.Envs...)
		}
	}
	return parser, known
}

// runs checks that the bot takes arguments and variables as a package gives them.
func runs(t *testing.T, where string, args []string, variables []string) {
	t.Helper()
	parser, known := commandLine(t)
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%s: bot %v: %v", where, args, err)
	}
	for _, name := range variables {
		if !slices.Contains(known, name) {
			t.Errorf("%s: the bot doesn't read %s", where, name)
		}
	}
	if len(variables) == 0 {
		t.Errorf("%s sets no variables", where)
	}
}

func TestUnitFile(t *testing.T) {
	text := read(t, "deploy/concorde.service")
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/bot (.*)$`).FindStringSubmatch(text)
	if start == nil {
		t.Fatal("the unit doesn't start /usr/local/bin/bot")
	}
	var variables []string
	for _, v := range regexp.MustCompile(`(?m)^Environment=([A-Z_]+)=`).FindAllStringSubmatch(text, -1) {
		variables = append(variables, v[1])
	}
	runs(t, "concorde.service", strings.Fields(start[1]), variables)
}

func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	command := regexp.MustCompile(`(?m)^CMD \["(.*)"\]$`).FindStringSubmatch(text)
	environment := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(text)
	if command == nil || environment == nil {
		t.Fatal("the Dockerfile has no CMD or no ENV")
	}
	var variables []string
	for _, pair := range strings.Fields(environment[1]) {
		if name, _, _ := strings.Cut(pair, "="); name != "PATH" && name != "HOME" {
			variables = append(variables, name)
		}
	}
	runs(t, "Dockerfile", strings.Split(command[1], `", "`), variables)
	if !regexp.MustCompile(`(?m)^USER [1-9]\d*:[1-9]\d*$`).MatchString(text) {
		t.Error("the image runs as root, or as a user that Kubernetes can't tell from root")
	}
	for _, from := range regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`^scratch$|:\d+\.\d+`).MatchString(from[1]) {
			t.Errorf("FROM %s names no version", from[1])
		}
	}
	toolchain := regexp.MustCompile(`golang:(\d+\.\d+)\.`).FindStringSubmatch(text)
	if toolchain == nil || !strings.Contains(read(t, "go.mod"), "\ngo "+toolchain[1]+".") {
		t.Errorf("the image is built with Go %v, unlike go.mod", toolchain)
	}
}

func TestComposeFile(t *testing.T) {
	file := decode[struct {
		Services map[string]struct{ Environment map[string]string }
	}](t, "deploy/compose.yml")[0]
	var variables []string
	for name := range file.Services["bot"].Environment {
		variables = append(variables, name)
	}
	runs(t, "compose.yml", []string{"serve"}, variables)
}

// kubernetesFiles are the objects that kustomization.yaml names, which are all there.
func kubernetesFiles(t *testing.T) []string {
	t.Helper()
	listed := decode[struct{ Resources []string }](t, "deploy/kubernetes/kustomization.yaml")[0].Resources
	paths, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != len(listed)+1 { // and itself
		t.Errorf("there are %d files, and kustomization.yaml lists %d", len(paths), len(listed))
	}
	for i, name := range listed {
		listed[i] = "deploy/kubernetes/" + name
	}
	return listed
}

// container is what the tests look at of one.
type container struct {
	Args      []string
	Env       []struct{ Name string }
	Startup   probe `yaml:"startupProbe"`
	Liveness  probe `yaml:"livenessProbe"`
	Readiness probe `yaml:"readinessProbe"`
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

// TestKubernetesDeployments: the arguments and variables are the bot's, and the probes ask
// for pages that it has.
func TestKubernetesDeployments(t *testing.T) {
	kubernetesFiles(t)
	pages := (&bot{serveCmd: &serveCmd{}, registry: prometheus.NewRegistry()}).routes()
	for _, name := range []string{"receive.yaml", "work.yaml"} {
		program := decode[struct {
			Spec struct {
				Template struct {
					Spec struct{ Containers []container }
				}
			}
		}](t, "deploy/kubernetes/"+name)[0].Spec.Template.Spec.Containers[0]
		var variables []string
		for _, v := range program.Env {
			variables = append(variables, v.Name)
		}
		runs(t, name, program.Args, variables)
		for _, p := range []probe{program.Startup, program.Liveness, program.Readiness} {
			if _, page := pages.Handler(httptest.NewRequest(http.MethodGet, p.HTTPGet.Path, nil)); page == "" {
				t.Errorf("%s probes %s, which the bot doesn't have", name, p.HTTPGet.Path)
			}
		}
	}
}

// TestIngress: the public gets to what GitHub needs, and to nothing else.
func TestIngress(t *testing.T) {
	paths := regexp.MustCompile(`path: (/\S*)`).FindAllStringSubmatch(read(t, "deploy/kubernetes/ingress.yaml"), -1)
	if len(paths) != 1 || paths[0][1] != "/webhook" {
		t.Errorf("the public gets to %v", paths)
	}
}

func TestPreCommitHooks(t *testing.T) {
	parser, _ := commandLine(t)
	hooks := decode[[]struct {
		ID, Entry, Language string
		PassFilenames       *bool `yaml:"pass_filenames"`
	}](t, ".pre-commit-hooks.yaml")[0]
	for _, hook := range hooks {
		words := strings.Fields(hook.Entry)
		if hook.PassFilenames == nil {
			words = append(words, ".github/concorde.yml", ".github/labeler.yml")
		}
		if _, err := parser.Parse(words[1:]); err != nil || words[0] != "bot" || hook.Language != "golang" {
			t.Errorf("%s: %s (%s): %v", hook.ID, hook.Entry, hook.Language, err)
		}
	}
	if len(hooks) != 2 {
		t.Errorf("there are %d hooks", len(hooks))
	}
}

// TestActionsArePinned: what workflows use is named by its commit, since whoever owns a tag
// can move it.
func TestActionsArePinned(t *testing.T) {
	for _, path := range []string{"action.yml", ".github/workflows/ci.yml"} {
		decode[map[string]any](t, path)
		used := regexp.MustCompile(`(?m)^ *- uses: (.*)$`).FindAllStringSubmatch(read(t, path), -1)
		for _, use := range used {
			if !regexp.MustCompile(`^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`).MatchString(use[1]) {
				t.Errorf("%s uses %s", path, use[1])
			}
		}
		if len(used) == 0 {
			t.Errorf("%s uses nothing", path)
		}
	}
	if !strings.Contains(read(t, ".github/workflows/ci.yml"), " .ci/run\n") {
		t.Error("CI doesn't run .ci/run")
	}
}
