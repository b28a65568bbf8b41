// Command settings writes the table of settings, as package config documents
// them, into the Markdown files that it is given: all of them between the lines
// <!-- settings --> and <!-- /settings -->, or only some groups where the first
// line names them, as in <!-- settings: Server, Database -->.
//
// "make generate" runs it.
package main

//go:generate go run . ../../README.md ../../docs/configuration.md

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"missioncontrol/internal/config"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := update(path); err != nil {
			fmt.Fprintf(os.Stderr, "settings: %s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func update(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := render(old)
	if err != nil || bytes.Equal(text, old) {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

var place = regexp.MustCompile(`(?s)(<!-- settings(?:: ([^\n]*?))? -->\n).*?(<!-- /settings -->)`)

var errNoPlace = errors.New("has no <!-- settings --> to fill")

// render returns the text with its tables of settings as they should be.
func render(text []byte) ([]byte, error) {
	if !place.Match(text) {
		return nil, errNoPlace
	}
	return place.ReplaceAllFunc(text, func(found []byte) []byte {
		part := place.FindSubmatch(found)
		return slices.Concat(part[1], []byte(table(string(part[2]))), part[3])
	}), nil
}

// headLines is how many lines stand above the rows of config.Markdown.
const headLines = 2

// table is config.Markdown, as far as it is about the groups; no groups: all.
func table(groups string) string {
	lines := strings.SplitAfter(config.Markdown(), "\n")
	shown := slices.Clone(lines[:headLines])
	for i, row := range config.Table() {
		if groups == "" || slices.Contains(strings.Split(groups, ", "), row.Group) {
			shown = append(shown, lines[headLines+i])
		}
	}
	return strings.Join(shown, "")
}
