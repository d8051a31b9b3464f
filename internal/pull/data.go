package pull

import "encoding/json"

// Data is what a rule stores in a comment for itself, as Note.Data has it: v as JSON. v has
// only what JSON can hold; of anything else, nothing is stored.
func Data(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}
