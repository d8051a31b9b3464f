package graphql

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// createCheckRun and updateCheckRun are the REST API's writes with GraphQL's names: capital letters for constants, and the lines
// of an annotation in its location.
func (v view) createCheckRun(input map[string]any) (node, error) {
	r, err := v.repoByID(input["repositoryId"])
	if err != nil {
		return nil, err
	}
	in := checkInput(input)
	in.HeadSHA = stringArg(input, "headSha")
	k, err := v.c.Actor.CreateCheck(r, in)
	return node{"checkRun": lazy(func() (any, error) { return v.checkRun(k), nil })}, err
}

func (v view) updateCheckRun(input map[string]any) (node, error) {
	r, err := v.repoByID(input["repositoryId"])
	if err != nil {
		return nil, err
	}
	kind, id := world.ParseNodeID(input["checkRunId"])
	for _, k := range r.Checks {
		if kind == "CR" && k.ID == id {
			err := v.c.Actor.UpdateCheck(r, k, checkInput(input))
			return node{"checkRun": lazy(func() (any, error) { return v.checkRun(k), nil })}, err
		}
	}
	return nil, noNode(input["checkRunId"])
}

func checkInput(input map[string]any) world.CheckInput {
	in := world.CheckInput{
		Name: optionalArg(input, "name"), DetailsURL: optionalArg(input, "detailsUrl"), ExternalID: optionalArg(input, "externalId"),
		Status: optionalArg(input, "status"), Conclusion: optionalArg(input, "conclusion"),
	}
	for _, constant := range []*string{in.Status, in.Conclusion} {
		if constant != nil {
			*constant = strings.ToLower(*constant)
		}
	}
	output, given := input["output"].(map[string]any)
	if !given {
		return in
	}
	in.Output = &world.CheckOutput{Title: optionalArg(output, "title"), Summary: optionalArg(output, "summary"), Text: optionalArg(output, "text")}
	all, _ := listArg(output["annotations"])
	for _, one := range all {
		a, _ := one.(map[string]any)
		at, _ := a["location"].(map[string]any)
		start, _ := intArg(at, "startLine")
		end, _ := intArg(at, "endLine")
		in.Output.Annotations = append(in.Output.Annotations, world.Annotation{
			Path: stringArg(a, "path"), StartLine: start, EndLine: end, AnnotationLevel: strings.ToLower(stringArg(a, "annotationLevel")),
			Message: stringArg(a, "message"), Title: optionalArg(a, "title"), RawDetails: optionalArg(a, "rawDetails"),
			StartColumn: optionalNumber(at, "startColumn"), EndColumn: optionalNumber(at, "endColumn"),
		})
	}
	return in
}
