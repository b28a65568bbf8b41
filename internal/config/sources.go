package config

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/joho/godotenv"
)

// sources are the places settings come from, the strongest first, each with
// upper-case names.
type sources []map[string]string

func readSources(o Options) (sources, error) {
	src := sources{upperNames(o.Env)}
	if o.EnvFile != "" {
		layer, err := readEnvFile(o.EnvFile)
		if err != nil {
			return nil, &Error{Variable: "--env-file", Message: "--env-file cannot be read: " + err.Error()}
		}
		src = append(src, layer)
	}
	layer, err := readEnvFile(filepath.Join(o.Dir, ".env"))
	if errors.Is(err, fs.ErrNotExist) {
		return src, nil
	}
	if err != nil {
		return nil, &Error{Variable: ".env", Message: ".env cannot be read: " + err.Error()}
	}
	return append(src, layer), nil
}

// lookup returns the value of a variable, also a blank one.
func (s sources) lookup(name string) (string, bool) {
	for _, layer := range s {
		if value, ok := layer[name]; ok {
			return value, true
		}
	}
	return "", false
}

// lookupFilled returns the value of a variable that means nothing when it is
// blank: a blank one counts as unset.
func (s sources) lookupFilled(name string) (string, bool) {
	for _, layer := range s {
		if value := layer[name]; strings.TrimSpace(value) != "" {
			return value, true
		}
	}
	return "", false
}

// errNotEnvFile deliberately leaves out what the parser says: it quotes the
// file, which holds secrets.
var errNotEnvFile = errors.New("not a UTF-8 file of NAME=value lines")

func readEnvFile(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	values, err := godotenv.UnmarshalBytes(text)
	if err != nil || !utf8.Valid(text) {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errNotEnvFile}
	}
	return upperNames(values), nil
}

// upperNames makes names case-insensitive. A name that is written in upper
// case wins over its other spellings.
func upperNames(values map[string]string) map[string]string {
	upper := make(map[string]string, len(values))
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(values))) {
		upper[strings.ToUpper(name)] = values[name]
	}
	return upper
}
