package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/internal/pull"
)

// decoder walks a file along the types of this package and writes down every
// fault. The YAML package's own decoder stops at the first kind of fault and
// gives no columns.
type decoder struct {
	file   string
	marks  map[string]mark // of every setting in the file, as "news.sections[2].name"
	faults Faults

	warnings Faults

	expressions, globs int // work on those read so far
}

// decode sets what the file sets in v, a pointer to Config or Rules.
func decode(file string, data []byte, v any) Faults {
	d := &decoder{file: file, marks: map[string]mark{}}
	d.decode(data, v)
	return d.faults.sorted()
}

func (d *decoder) decode(data []byte, v any) {
	root, ok := d.document(data)
	if ok && root != nil {
		d.value(root, reflect.ValueOf(v).Elem(), setting{})
	}
	if d.hopeless() && len(d.faults) == 0 {
		d.fault(d.lastWrong(), faultHopeless, maxWrong)
	}
	if ok {
		switch c := v.(type) {
		case *Config:
			d.check(&c.Rules)
			c.Warnings = d.warnings.sorted()
		case *Rules:
			d.check(c)
			d.operatorOnly()
			c.Warnings = d.warnings.sorted()
		}
	}
}

// maxWrong is how many faults end the reading of a file.
const maxWrong = 2000

func (d *decoder) hopeless() bool { return len(d.faults)+len(d.warnings) >= maxWrong }

// faultHopeless says that a file wasn't read to its end: a fault even where all before
// it are warnings.
const faultHopeless = "the file has more than %d faults and warnings: fix those above first"

// lastWrong is where the last warning is, the end of what was read of a hopeless file.
func (d *decoder) lastWrong() mark {
	if len(d.warnings) == 0 {
		return mark{1, 1}
	}
	last := d.warnings[len(d.warnings)-1]
	return mark{last.Line, last.Col}
}

func (d *decoder) fault(at mark, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: d.file, Line: at.line, Col: at.col, Message: fmt.Sprintf(format, args...)})
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
	at := markOf(n)
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
		d.fault(at, "%s uses an anchor: write the value out", name)
	case n.Style&yaml.TaggedStyle != 0:
		d.fault(at, "%s has the tag %s: leave it out", name, n.Tag)
	case n.ShortTag() == "!!null":
		d.fault(at, "%s has no value: give it one, or leave it out", name)
	case want == yaml.MappingNode && n.Kind != want:
		d.fault(at, "%s is not a group of settings: write KEY: VALUE lines", name)
	case want == yaml.SequenceNode && n.Kind != want:
		d.fault(at, "%s is not a list: start each item with a hyphen", name)
	case want == 0 && n.Kind != yaml.ScalarNode:
		d.fault(at, "%s is a group or a list: want a single value", name)
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

// field finds a setting by its key.
func field(t reflect.Type, key string) (reflect.StructField, bool) {
	all := fields(t)
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

func (d *decoder) group(n *yaml.Node, v reflect.Value, s setting) {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !d.hopeless(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f, known := field(v.Type(), key.Value)
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fault(markOf(key), "a key that is not a word: write KEY: VALUE")
		case lines[key.Value] > 0:
			d.fault(markOf(key), "%s is given twice, first in line %d: take one away", quote(key.Value), lines[key.Value])
		case known:
			d.value(value, v.FieldByIndex(f.Index), s.field(f))
		case s.name == "" && central(key.Value):
			d.fault(markOf(key), "%s is for the operator of the bot to decide, in the central file: leave it out here", quote(key.Value))
		default:
			d.fault(markOf(key), "%s is not a setting: %s", quote(key.Value), advice(key.Value, v.Type()))
		}
		lines[key.Value] = key.Line
	}
	for _, f := range fields(v.Type()) {
		if lines[keyOf(f)] == 0 && s.field(f).limits("required") != nil {
			d.fault(markOf(n), "%s has no %s: add it", s.name, keyOf(f))
		}
	}
}

// central tells whether a key is one of the central file. It is asked about
// keys that Rules does not have.
func central(key string) bool {
	_, found := field(reflect.TypeFor[Config](), key)
	return found
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, s setting) {
	if least, found := s.number("minItems"); found && len(n.Content) < least {
		d.fault(markOf(n), "%s has %d items: at least %d are needed", s.name, len(n.Content), least)
	}
	if most, found := s.number("maxItems"); found && len(n.Content) > most {
		d.fault(markOf(n), "%s has %d items: at most %d are allowed", s.name, len(n.Content), most)
		return
	}
	v.SetZero() // a list replaces the one before
	unique, lines := s.limits("uniqueItems") != nil, map[string]int{}
	for i, item := range n.Content {
		if d.hopeless() {
			return
		}
		at := setting{fmt.Sprintf("%s[%d]", s.name, i), s.tag}
		if first, found := lines[item.Value]; found && unique && item.Kind == yaml.ScalarNode {
			d.fault(markOf(item), "%s repeats line %d: take one away", at.name, first)
			continue
		}
		lines[item.Value] = item.Line
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(item, element, at)
		v.Set(reflect.Append(v, element))
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, s setting) {
	var err error
	switch v.Kind() {
	case reflect.Bool:
		if n.ShortTag() != "!!bool" {
			err = fmt.Errorf("is %s: want true or false", quote(n.Value))
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int:
		var i int
		i, err = s.integer(n)
		v.SetInt(int64(i))
	default:
		if why := d.spent(n.Value, s); why != "" {
			d.fault(markOf(n), "%s comes after %s", s.name, why)
			return
		}
		err = s.text(n)
		v.SetString(d.taken(n, s))
	}
	if err != nil {
		d.fault(markOf(n), "%s %v", s.name, err)
	}
}

// spent counts the work on expressions and globs, and says what is too much of it.
func (d *decoder) spent(value string, s setting) string {
	switch formats := s.limits("format"); {
	case slices.Contains(formats, "regexp"):
		if d.expressions > maxExpressionWork {
			return "too many or too large expressions: use globs, and smaller repetitions"
		}
		d.expressions += expressionCost(value)
	case slices.Contains(formats, "glob"):
		if d.globs > maxGlobWork {
			return "globs that stand for too much text: write less in braces, or fewer globs"
		}
		d.globs += globCost(value)
	}
	return ""
}

// taken is the text as GitHub takes it, and as the bot will find it there.
func (d *decoder) taken(n *yaml.Node, s setting) string {
	most, _ := s.number("maxLength")
	if !slices.Contains(s.limits("format"), "description") || utf8.RuneCountInString(n.Value) > most {
		return n.Value
	}
	text := pull.Describe(n.Value, most)
	if text != n.Value {
		at := markOf(n)
		d.warnings = append(d.warnings, Fault{d.file, at.line, at.col, fmt.Sprintf(warningDescription, s.name, quote(text))})
	}
	return text
}

func (s setting) integer(n *yaml.Node) (int, error) {
	least, _ := s.number("minimum")
	most, _ := s.number("maximum")
	i, err := strconv.Atoi(n.Value)
	if n.ShortTag() != "!!int" || err != nil || strconv.Itoa(i) != n.Value || i < least || i > most {
		return 0, fmt.Errorf("is %s: want a whole number from %d to %d", quote(n.Value), least, most)
	}
	return i, nil
}

// maxLength of a string whose tag says nothing, in characters: that of a status
// context, and of a file's name in a git checkout.
const maxLength = 255

// text checks a string. What looks like a number is a string as it is written:
// 3.10 is not 3.1.
func (s setting) text(n *yaml.Node) error {
	value := n.Value
	if choices := s.limits("enum"); choices != nil && !slices.Contains(choices, value) {
		return fmt.Errorf("is %s: want %s", quote(value), strings.Join(choices, " or "))
	}
	if n.ShortTag() == "!!bool" {
		return fmt.Errorf("is %s, which YAML takes for true or false: put it in quotes", value)
	}
	most, limited := s.number("maxLength")
	if !limited {
		most = maxLength
	}
	switch length := utf8.RuneCountInString(value); {
	case value == "":
		return errors.New("is empty: give it a value, or leave it out")
	case length > most:
		return fmt.Errorf("has %d characters: at most %d are allowed", length, most)
	case strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("has a line break or another character that does not print: take it away")
	case strings.TrimSpace(value) != value:
		return errors.New("starts or ends with a space: take it away")
	}
	for _, format := range s.limits("format") {
		if err := formats[format](value); err != nil {
			return fmt.Errorf("is %s, which %w", quote(value), err)
		}
	}
	return nil
}
