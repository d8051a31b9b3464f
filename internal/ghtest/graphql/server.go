package graphql

import (
	"encoding/json"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Server answers the GraphQL API.
type Server struct {
	world *world.World
	front *api.Front
}

// New makes one; limits, faults and the record are those of the front.
func New(w *world.World, f *api.Front) *Server { return &Server{w, f} }

// Routes is the one endpoint.
func (s *Server) Routes() []api.Route { return []api.Route{{Pattern: "POST /graphql", Run: s.post}} }

func (s *Server) post(c *api.Call) (any, error) {
	if c.Actor.Anonymous() || c.Actor.App {
		return nil, world.Unauthorized("This endpoint requires you to be authenticated.")
	}
	var in request
	if err := json.Unmarshal(c.Data, &in); err != nil {
		return nil, &world.Refusal{Status: 400, Message: "Problems parsing JSON"}
	}
	e, op, err := in.parse()
	if err != nil {
		return obj{"errors": []obj{{"message": err.Error()}}}, nil
	}
	e.holes = s.front.Faults.Holes()
	if err := e.charge(s.front, c, op); err != nil {
		return nil, err
	}
	v := view{w: s.world, front: s.front, c: c, sight: &sight{stale: op.Operation == ast.Query && s.world.Weather.Stale > 0}}
	root, cost := v.query(), api.Cost{Points: 1}
	if op.Operation == ast.Mutation {
		root, cost = v.mutation(), api.Cost{Points: 5, Content: len(op.SelectionSet)}
	}
	if err := s.front.Pace(c, cost); err != nil {
		return nil, err
	}
	data := e.object(root, []ast.SelectionSet{op.SelectionSet}, nil)
	out := obj{}
	if !e.invalid {
		out["data"] = data
	}
	if e.errs != nil {
		out["errors"] = e.errs
	}
	return out, nil
}

// request is the body of a query.
type request struct {
	Query         *string        `json:"query"`
	Variables     map[string]any `json:"variables"`
	OperationName string         `json:"operationName"`
}

// parse makes an execution of one operation; an error is in GitHub's words.
func (in request) parse() (*execution, *ast.OperationDefinition, error) {
	if in.Query == nil {
		return nil, nil, unable("", "A query attribute must be specified and must be a string.")
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: *in.Query}, maxTokens)
	if err != nil {
		return nil, nil, err
	}
	op := doc.Operations.ForName(in.OperationName)
	if op == nil {
		return nil, nil, unable("", "An operation name is required")
	}
	e := &execution{vars: in.Variables, fragments: doc.Fragments}
	if e.vars == nil {
		e.vars = map[string]any{}
	}
	e.defaults(op)
	return e, op, nil
}
