package object

// obj is a JSON object.
type obj = map[string]any
