package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// null wants a field of the repository to be null, with or without an error there.
func (a answer) null(field, kind string) error {
	var found map[string]json.RawMessage
	if err := a.repository(&found); err != nil {
		return err
	}
	if value := string(found[field]); value != "null" {
		return differs("it is %.100s, not null", value)
	}
	switch {
	case kind == "" && len(a.Errors) > 0:
		return differs("it comes with an error: %s", a.problems())
	case kind == "":
		return nil
	case len(a.Errors) != 1 || a.Errors[0].Type != kind || fmt.Sprint(a.Errors[0].Path) != "[repository "+field+"]":
		return differs("the errors are %q, not one %s at %s", a.problems(), kind, field)
	}
	if string(found["id"]) == "" || string(found["id"]) == "null" {
		return differs("nothing else of the repository is given")
	}
	return nil
}

func (s *session) missingFile(ctx context.Context) (string, error) {
	missing := map[string]any{"settings:String!": "HEAD:acceptance/no-such-file"}
	answer, err := s.ask(ctx, "id settings:object(expression:$settings){__typename}", missing)
	if err != nil {
		return "", err
	}
	return "", answer.null("settings", "")
}

func (s *session) missingPath(ctx context.Context) (string, error) {
	missing := map[string]any{"head:GitObjectID!": s.tip, "path:String!": "acceptance/no-such-file"}
	answer, err := s.ask(ctx, "id head:object(oid:$head){...on Commit{oid f0:file(path:$path){mode}}}", missing)
	if err != nil {
		return "", err
	}
	var found struct {
		Head *struct {
			Oid string
			F0  *struct{ Mode int }
		}
	}
	if err := answer.repository(&found); err != nil {
		return "", err
	}
	switch {
	case found.Head == nil || found.Head.Oid != s.tip:
		return "", differs("the commit isn't given: %q", answer.problems())
	case found.Head.F0 != nil:
		return "", differs("the file is there")
	case len(answer.Errors) != 1 || answer.Errors[0].Type != "NOT_FOUND" || fmt.Sprint(answer.Errors[0].Path) != "[repository head f0]":
		return "", differs("the errors are %q, not one NOT_FOUND at the file", answer.problems())
	}
	return "", nil
}

func (s *session) missingLabel(ctx context.Context) (string, error) {
	answer, err := s.ask(ctx, "id label(name:$label){id}", map[string]any{"label:String!": labelPrefix + "none " + s.names})
	if err != nil {
		return "", err
	}
	return "", answer.null("label", "")
}

func (s *session) labelCase(ctx context.Context) (string, error) {
	name := labelPrefix + "case " + s.names
	id, err := s.newLabel(ctx, name)
	if err != nil {
		return "", err
	}
	var found struct{ Label *struct{ ID, Name string } }
	answer, err := s.ask(ctx, "label(name:$label){id name}", map[string]any{"label:String!": strings.ToUpper(name)})
	if err == nil {
		err = answer.repository(&found)
	}
	switch {
	case err != nil:
		return "", err
	case found.Label == nil:
		return "", differs("it finds none")
	case found.Label.ID != id || found.Label.Name != name:
		return "", differs("it finds %q", found.Label.Name)
	}
	return "", nil
}

func (s *session) missingRef(ctx context.Context) (string, error) {
	missing := map[string]any{"ref:String!": "refs/heads/" + branchPrefix + "none"}
	answer, err := s.ask(ctx, "id tip0:ref(qualifiedName:$ref){target{oid}}", missing)
	if err != nil {
		return "", err
	}
	if err := answer.null("tip0", ""); err != nil {
		return "", err
	}
	raw, err := s.rest(ctx, "GET", "git/ref/heads/"+branchPrefix+"none", nil)
	if err == nil && raw.status != 404 {
		err = differs("the REST API answers %d", raw.status)
	}
	return "", err
}

func (s *session) missingIssue(ctx context.Context) (string, error) {
	const none = 1_999_999_999
	for _, field := range []string{"issueOrPullRequest(number:$number){__typename}", "pullRequest(number:$number){id}"} {
		answer, err := s.ask(ctx, "id maybe0:"+field, map[string]any{"number:Int!": none})
		if err == nil {
			err = answer.null("maybe0", "NOT_FOUND")
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}
