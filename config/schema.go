package config

import (
	_ "embed"
	"slices"
)

// The schemas are written from the types by the tests, so that the program does
// not carry the tools for it.
var (
	//go:embed schema.json
	schema []byte
	//go:embed repository-schema.json
	repositorySchema []byte
)

// Schema is the JSON schema of the central file, for editors. It knows less
// than Parse: what formats mean, and what settings must not share.
func Schema() []byte { return slices.Clone(schema) }

// RepositorySchema is the JSON schema of RepositoryFile.
func RepositorySchema() []byte { return slices.Clone(repositorySchema) }
