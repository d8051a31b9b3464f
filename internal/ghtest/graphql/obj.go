package graphql

// obj is a JSON object.
type obj = map[string]any
