package httpapi

import (
	"math"
	"strconv"
	"strings"

	"missioncontrol/internal/mc"
)

// fault is what is wrong with one value: the type of error in the contract's
// words, and a message.
type fault struct{ kind, msg string }

func (f *fault) at(loc []any, input any) mc.FieldError {
	return mc.FieldError{Type: f.kind, Loc: loc, Msg: f.msg, Input: input}
}

var (
	faultMissing   = &fault{"missing", "Field required"}
	faultString    = &fault{"string_type", "Input should be a valid string"}
	faultUnclean   = &fault{"value_error", "Value error, text must not hold NUL characters or lone surrogates"}
	faultIntType   = &fault{"int_type", "Input should be a valid integer"}
	faultIntParse  = &fault{"int_parsing", "Input should be a valid integer, unable to parse string as an integer"}
	faultIntFloat  = &fault{"int_from_float", "Input should be a valid integer, got a number with a fractional part"}
	faultIntSize   = &fault{"int_parsing_size", "Input should be an integer of at most 64 bits"}
	faultFloat     = &fault{"float_type", "Input should be a valid number"}
	faultFloatText = &fault{"float_parsing", "Input should be a valid number, unable to parse string as a number"}
	faultBool      = &fault{"bool_type", "Input should be a valid boolean"}
	faultBoolText  = &fault{"bool_parsing", "Input should be a valid boolean, unable to interpret input"}
	faultUUID      = &fault{"uuid_type", "Input should be a UUID"}
	faultUUIDText  = &fault{"uuid_parsing", "Input should be a valid UUID"}
	faultTime      = &fault{"datetime_type", "Input should be a valid datetime"}
	faultTimeText  = &fault{"datetime_from_date_parsing", "Input should be a valid datetime or date"}
	faultList      = &fault{"list_type", "Input should be a valid list"}
	faultObject    = &fault{"dict_type", "Input should be a valid dictionary"}
	faultModel     = &fault{"model_attributes_type", "Input should be a valid dictionary or object to extract fields from"}
)

// boolWords are the texts that stand for a boolean, in lower case.
var boolWords = map[string]bool{
	"1": true, "true": true, "t": true, "yes": true, "y": true, "on": true,
	"0": false, "false": false, "f": false, "no": false, "n": false, "off": false,
}

func boolFromText(s string) (bool, *fault) {
	b, ok := boolWords[strings.ToLower(s)]
	if !ok {
		return false, faultBoolText
	}
	return b, nil
}

// intFromText reads "3", " 3 ", "+3", "03", "1_0" and "3.0", not "1e1" or "".
func intFromText(s string) (int64, *fault) {
	s = strings.TrimSpace(s)
	whole, frac, dotted := strings.Cut(s, ".")
	if dotted && strings.Trim(frac, "0") != "" {
		return 0, faultIntParse
	}
	digits := strings.TrimLeft(whole, "+-")
	if digits == "" || len(whole)-len(digits) > 1 || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return 0, faultIntParse
	}
	digits = strings.ReplaceAll(digits, "_", "")
	if strings.Trim(digits, "0123456789") != "" {
		return 0, faultIntParse
	}
	if whole[0] == '-' {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, faultIntSize
	}
	return n, nil
}

func intFromJSON(v jsonValue) (int64, *fault) {
	switch v.kind {
	case jsonBool:
		if v.text == "true" {
			return 1, nil
		}
		return 0, nil
	case jsonString:
		return intFromText(v.text)
	case jsonNumber:
		if strings.Trim(v.text, "-0123456789") == "" {
			n, err := strconv.ParseInt(v.text, 10, 64)
			if err != nil {
				return 0, faultIntSize
			}
			return n, nil
		}
		f, err := strconv.ParseFloat(v.text, 64)
		if err != nil || math.Abs(f) >= 1<<63 {
			return 0, faultIntSize
		}
		if f != math.Trunc(f) {
			return 0, faultIntFloat
		}
		return int64(f), nil
	}
	return 0, faultIntType
}

func floatFromJSON(v jsonValue) (float64, *fault) {
	text := v.text
	switch v.kind {
	case jsonBool:
		n, f := intFromJSON(v)
		return float64(n), f
	case jsonString:
		text = strings.ReplaceAll(strings.TrimSpace(text), "_", "")
	case jsonNumber:
	default:
		return 0, faultFloat
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(text, "xXpP") {
		return 0, faultFloatText
	}
	return f, nil
}

func boolFromJSON(v jsonValue) (bool, *fault) {
	switch v.kind {
	case jsonBool:
		return v.text == "true", nil
	case jsonString:
		return boolFromText(v.text)
	case jsonNumber:
		if f, err := strconv.ParseFloat(v.text, 64); err == nil && (f == 0 || f == 1) {
			return f == 1, nil
		}
		return false, faultBoolText
	}
	return false, faultBool
}

func timeFromJSON(v jsonValue) (mc.Time, *fault) {
	var t mc.Time
	var err error
	switch v.kind {
	case jsonString:
		t, err = mc.ParseTime(v.text)
	case jsonNumber:
		var f float64
		if f, err = strconv.ParseFloat(v.text, 64); err == nil {
			t, err = mc.TimeOfUnix(f)
		}
	default:
		return t, faultTime
	}
	if err != nil {
		return t, faultTimeText
	}
	return t, nil
}

func idFromText(s string) (mc.ID, *fault) {
	id, ok := mc.ParseID(s)
	if !ok {
		return id, faultUUIDText
	}
	return id, nil
}
