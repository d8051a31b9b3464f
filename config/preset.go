package config

import (
	_ "embed"
	"fmt"
)

//go:embed cpython.yml
var preset []byte

// Preset is the built-in preset, "cpython".
func Preset() *Config {
	c := &Config{}
	if faults := decode("cpython.yml", preset, c); len(faults) > 0 {
		panic(fmt.Sprintf("the built-in preset is wrong: %v", faults)) // a test holds it right
	}
	return c
}

// Parse reads the central file; name is what faults call it. The error is of
// type yamlfile.Faults and has all of them.
func Parse(name string, data []byte) (*Config, error) {
	c := Preset()
	if faults := decode(name, data, c); len(faults) > 0 {
		return nil, faults
	}
	return c, nil
}

// Override reads a repository's own file, which may change what Rules holds,
// and gives the settings that are in force there. The error is of type yamlfile.Faults
// and has all of them.
func (c *Config) Override(name string, data []byte) (Rules, error) {
	rules := c.Rules // lists are replaced, never changed in place: a flat copy will do
	if faults := decode(name, data, &rules); len(faults) > 0 {
		return Rules{}, faults
	}
	return rules, nil
}
