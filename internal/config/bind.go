package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is one field of Settings that has a variable.
type setting struct {
	reflect.StructField
	group string
	value reflect.Value
}

func (f setting) name() string { return f.Tag.Get("env") }

// eachSetting visits the fields of s that have a variable, in their order.
func eachSetting(s *Settings, visit func(setting) error) error {
	groups := reflect.ValueOf(s).Elem()
	for i := range groups.NumField() {
		group, name := groups.Field(i), groups.Type().Field(i).Tag.Get("group")
		for j := range group.NumField() {
			field := group.Type().Field(j)
			if field.Tag.Get("env") == "" {
				continue
			}
			if err := visit(setting{field, name, group.Field(j)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// bind fills the fields from their variables or defaults. Texts are taken as
// they are, blank ones too; for every other type a blank value counts as unset,
// so that the next source is asked.
func bind(s *Settings, src sources) error {
	return eachSetting(s, func(f setting) error {
		value, ok := src.lookupFilled(f.name())
		if f.isText() {
			value, ok = src.lookup(f.name())
		}
		if !ok {
			if value, ok = f.Tag.Lookup("default"); !ok {
				return nil
			}
		}
		return f.set(value)
	})
}

// isText tells free text, lists included, from what has a form.
func (f setting) isText() bool {
	kind := f.value.Kind()
	return kind == reflect.Slice || kind == reflect.String && f.Tag.Get("enum") == ""
}

func (f setting) set(text string) error {
	switch f.value.Interface().(type) {
	case bool:
		b, ok := parseBool(strings.TrimSpace(text))
		if !ok {
			return f.wrong("must be true or false", text)
		}
		f.value.SetBool(b)
	case time.Duration:
		return f.setDuration(text)
	case int, int64:
		return f.setInt(text)
	case []string:
		f.value.Set(reflect.ValueOf(splitList(text)))
	default: // string and types made of it
		if enum := f.Tag.Get("enum"); enum != "" && !slices.Contains(strings.Split(enum, ","), text) {
			return f.wrong("must be "+oneOf(enum), text)
		}
		f.value.SetString(text)
	}
	return nil
}

// oneOf names the values of an enum: "a, b or c".
func oneOf(enum string) string {
	names := strings.Split(enum, ",")
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func (f setting) setInt(text string) error {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	low, high := f.bound("min", math.MinInt64), f.bound("max", math.MaxInt64)
	if err != nil || float64(n) < low || float64(n) > high || f.value.OverflowInt(n) {
		return f.wrong("must be a whole number"+f.bounds(), text)
	}
	f.value.SetInt(n)
	return nil
}

func (f setting) setDuration(text string) error {
	unit, name := time.Second, "seconds"
	switch f.Tag.Get("unit") {
	case "ms":
		unit, name = time.Millisecond, "milliseconds"
	case "d":
		unit, name = 24*time.Hour, "days"
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	d := n * float64(unit)
	if err != nil || math.IsNaN(n) || n < f.bound("min", 0) || d >= math.MaxInt64 {
		return f.wrong("must be a number of "+name+f.bounds(), text)
	}
	f.value.SetInt(int64(d))
	return nil
}

func (f setting) bound(tag string, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(f.Tag.Get(tag), 64); err == nil {
		return n
	}
	return otherwise
}

func (f setting) bounds() string {
	low, high := f.Tag.Get("min"), f.Tag.Get("max")
	switch {
	case high != "":
		return fmt.Sprintf(" from %s to %s", low, high)
	case low != "":
		return " of at least " + low
	}
	return ""
}

// wrong says what the value must be and, quoted and cut, what it was. Only
// values with a form come here, never secrets.
func (f setting) wrong(must, text string) error {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return wrong(f.name(), "%s, not %q.", must, text)
}

func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on", "t", "y":
		return true, true
	case "0", "false", "no", "off", "f", "n":
		return false, true
	}
	return false, false
}

// splitList takes a list apart at its commas; blank entries are dropped.
func splitList(text string) []string {
	var list []string
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}
