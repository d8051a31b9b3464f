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

	"github.com/concorde-bot/concorde/config/yamlfile"
	"github.com/concorde-bot/concorde/internal/pull"
)

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, s setting) {
	var err error
	switch v.Kind() {
	case reflect.Bool:
		if n.ShortTag() != "!!bool" {
			err = fmt.Errorf("is %s: expected true or false", yamlfile.Quote(n.Value))
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int:
		var i int
		i, err = s.integer(n)
		v.SetInt(int64(i))
	default:
		if why := d.spent(n.Value, s); why != "" {
			d.Fault(yamlfile.At(n), "%s comes after %s", s.name, why)
			return
		}
		err = s.text(n)
		v.SetString(d.taken(n, s))
	}
	if err != nil {
		d.Fault(yamlfile.At(n), "%s %v", s.name, err)
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
			return "globs that expand to too much text: use fewer or shorter braces, or fewer globs"
		}
		d.globs += globCost(value)
	}
	return ""
}

const warningDescription = "%s has emoji or other characters that GitHub doesn't allow in a label's description: it becomes %s"

// taken is the text as GitHub takes it, and as the bot will find it there.
func (d *decoder) taken(n *yaml.Node, s setting) string {
	most, _ := s.number("maxLength")
	if !slices.Contains(s.limits("format"), "description") || utf8.RuneCountInString(n.Value) > most {
		return n.Value
	}
	text := pull.Describe(n.Value, most)
	if text != n.Value {
		d.Warn(yamlfile.At(n), warningDescription, s.name, yamlfile.Quote(text))
	}
	return text
}

func (s setting) integer(n *yaml.Node) (int, error) {
	least, _ := s.number("minimum")
	most, _ := s.number("maximum")
	i, err := strconv.Atoi(n.Value)
	if n.ShortTag() != "!!int" || err != nil || strconv.Itoa(i) != n.Value || i < least || i > most {
		return 0, fmt.Errorf("is %s: expected a whole number from %d to %d", yamlfile.Quote(n.Value), least, most)
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
		return fmt.Errorf("is %s: want %s", yamlfile.Quote(value), strings.Join(choices, " or "))
	}
	if n.ShortTag() == "!!bool" {
		return fmt.Errorf("is %s, which YAML reads as true or false: put it in quotes", value)
	}
	return s.characters(value)
}

// characters checks what a string is made of.
func (s setting) characters(value string) error {
	most, limited := s.number("maxLength")
	if !limited {
		most = maxLength
	}
	switch length := utf8.RuneCountInString(value); {
	case value == "":
		return errors.New("is empty: give it a value, or remove it")
	case length > most:
		return fmt.Errorf("has %d characters: at most %d are allowed", length, most)
	case strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("has a line break or another unprintable character: remove it")
	case strings.TrimSpace(value) != value:
		return errors.New("starts or ends with a space: remove it")
	}
	for _, format := range s.limits("format") {
		if err := formats[format](value); err != nil {
			return fmt.Errorf("is %s, which %w", yamlfile.Quote(value), err)
		}
	}
	return nil
}
