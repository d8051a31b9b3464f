package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config/yamlfile"
)

// decoder walks a file along the types of this package and writes down every
// fault. The YAML package's own decoder stops at the first kind of fault and
// gives no columns.
type decoder struct {
	yamlfile.File
	marks map[string]yamlfile.Mark // of every setting in the file, as "news.sections[2].name"

	expressions, globs int // work on those read so far
}

func newDecoder(file string) *decoder {
	return &decoder{File: yamlfile.File{Name: file}, marks: map[string]yamlfile.Mark{}}
}

// decode sets what the file sets in v, a pointer to Config or Rules.
func decode(file string, data []byte, v any) yamlfile.Faults {
	d := newDecoder(file)
	d.decode(data, v)
	return d.Faults.Sorted()
}

func (d *decoder) decode(data []byte, v any) {
	root, ok := d.Document(data)
	if ok && root != nil {
		d.value(root, reflect.ValueOf(v).Elem(), setting{})
	}
	if d.Hopeless() && len(d.Faults) == 0 {
		d.Faults = append(d.Faults, d.Unread())
	}
	if ok {
		switch c := v.(type) {
		case *Config:
			d.check(&c.Rules)
			c.Warnings = d.Warnings.Sorted()
		case *Rules:
			d.check(c)
			d.operatorOnly()
			c.Warnings = d.Warnings.Sorted()
		}
	}
}

// setting is the name of a setting, for people, and the jsonschema tag of its
// field: its limits, by which the schema is written too.
type setting struct{ name, tag string }

// limits are the values that the tag has for a key.
func (s setting) limits(key string) []string {
	var values []string
	for part := range strings.SplitSeq(s.tag, ",") {
		if k, v, _ := strings.Cut(part, "="); k == key {
			values = append(values, v)
		}
	}
	return values
}

// number is a limit that is a number.
func (s setting) number(key string) (n int, found bool) {
	for _, v := range s.limits(key) {
		if n, err := strconv.Atoi(v); err == nil {
			return n, true
		}
	}
	return 0, false
}

func (d *decoder) value(n *yaml.Node, v reflect.Value, s setting) {
	at := yamlfile.At(n)
	d.marks[s.name] = at
	name := s.name
	if name == "" {
		name = "the file"
	}
	if v.Kind() == reflect.Pointer { // a setting that may be left out
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	want := map[reflect.Kind]yaml.Kind{reflect.Struct: yaml.MappingNode, reflect.Slice: yaml.SequenceNode}[v.Kind()]
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.Fault(at, "%s uses an anchor: write the value out", name)
	case n.Style&yaml.TaggedStyle != 0:
		d.Fault(at, "%s has the tag %s: remove it", name, n.Tag)
	case n.ShortTag() == "!!null":
		d.Fault(at, "%s has no value: give it one, or remove it", name)
	case want == yaml.MappingNode && n.Kind != want:
		d.Fault(at, "%s isn't a group of settings: write KEY: VALUE lines", name)
	case want == yaml.SequenceNode && n.Kind != want:
		d.Fault(at, "%s isn't a list: start each item with a hyphen", name)
	case want == 0 && n.Kind != yaml.ScalarNode:
		d.Fault(at, "%s is a group or a list: expected a single value", name)
	case want == yaml.MappingNode:
		d.group(n, v, s)
	case want == yaml.SequenceNode:
		d.list(n, v, s)
	default:
		d.scalar(n, v, s)
	}
}

// fields are the settings in a struct.
func fields(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous || keyOf(f) == "-" })
}

// keyOf is the key of a setting in a file.
func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

func keysOf(all []reflect.StructField) (keys []string) {
	for _, f := range all {
		keys = append(keys, keyOf(f))
	}
	return keys
}

// field finds a setting by its key.
func field(all []reflect.StructField, key string) (reflect.StructField, bool) {
	i := slices.IndexFunc(all, func(f reflect.StructField) bool { return keyOf(f) == key })
	if i < 0 {
		return reflect.StructField{}, false
	}
	return all[i], true
}

func (s setting) field(f reflect.StructField) setting {
	name := keyOf(f)
	if s.name != "" {
		name = s.name + "." + name
	}
	return setting{name, f.Tag.Get("jsonschema")}
}

const faultCentral = "only the bot's operator can set %s, in the central file: remove it here"

func (d *decoder) group(n *yaml.Node, v reflect.Value, s setting) {
	lines, all := map[string]int{}, fields(v.Type()) // once: a file may have many keys
	known := keysOf(all)
	for i := 0; i+1 < len(n.Content) && !d.Hopeless(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f, is := field(all, key.Value)
		switch {
		case key.Kind != yaml.ScalarNode:
			d.Fault(yamlfile.At(key), "the key isn't a word: write KEY: VALUE")
		case lines[key.Value] > 0:
			d.Fault(yamlfile.At(key), "%s is set twice, first on line %d: remove one", yamlfile.Quote(key.Value), lines[key.Value])
		case is:
			d.value(value, v.FieldByIndex(f.Index), s.field(f))
		case s.name == "" && central(key.Value):
			d.Fault(yamlfile.At(key), faultCentral, yamlfile.Quote(key.Value))
		default:
			d.Fault(yamlfile.At(key), "%s isn't a setting: %s", yamlfile.Quote(key.Value), advice(key.Value, known))
		}
		lines[key.Value] = key.Line
	}
	for _, f := range all {
		if lines[keyOf(f)] == 0 && s.field(f).limits("required") != nil {
			d.Fault(yamlfile.At(n), "%s has no %s: add it", s.name, keyOf(f))
		}
	}
}

// central reports whether a key is one of the central file. It is asked about
// keys that Rules does not have.
func central(key string) bool {
	_, found := field(fields(reflect.TypeFor[Config]()), key)
	return found
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, s setting) {
	if least, found := s.number("minItems"); found && len(n.Content) < least {
		d.Fault(yamlfile.At(n), "%s has %d items: at least %d are needed", s.name, len(n.Content), least)
	}
	if most, found := s.number("maxItems"); found && len(n.Content) > most {
		d.Fault(yamlfile.At(n), "%s has %d items: at most %d are allowed", s.name, len(n.Content), most)
		return
	}
	v.SetZero() // a list replaces the one before
	unique, lines := s.limits("uniqueItems") != nil, map[string]int{}
	for i, item := range n.Content {
		if d.Hopeless() {
			return
		}
		at := setting{fmt.Sprintf("%s[%d]", s.name, i), s.tag}
		if first, found := lines[item.Value]; found && unique && item.Kind == yaml.ScalarNode {
			d.Fault(yamlfile.At(item), "%s repeats line %d: remove one", at.name, first)
			continue
		}
		lines[item.Value] = item.Line
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(item, element, at)
		v.Set(reflect.Append(v, element))
	}
}
