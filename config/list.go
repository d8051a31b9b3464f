package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Setting is one setting and its value, as a file would have it on one line.
type Setting struct{ Name, Value string }

// List returns all settings but the label rules, in the order of the files: a group's
// settings are named "group.setting".
func (r *Rules) List() ([]Setting, error) {
	text, err := yaml.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("listing the settings: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("listing the settings: %w", err)
	}
	var all []Setting
	var walk func(name string, n *yaml.Node) error
	walk = func(name string, n *yaml.Node) error {
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if err := walk(strings.TrimPrefix(name+"."+n.Content[i].Value, "."), n.Content[i+1]); err != nil {
					return err
				}
			}
			return nil
		}
		if name == "labels.rules" {
			return nil
		}
		onOneLine(n)
		value, err := yaml.Marshal(n)
		all = append(all, Setting{name, strings.Join(strings.Fields(string(value)), " ")})
		return err
	}
	for _, n := range document.Content {
		if err := walk("", n); err != nil {
			return nil, fmt.Errorf("listing the settings: %w", err)
		}
	}
	return all, nil
}

// onOneLine writes a value on one line.
func onOneLine(n *yaml.Node) {
	n.Style |= yaml.FlowStyle
	for _, part := range n.Content {
		onOneLine(part)
	}
}
