package config

import (
	"fmt"
	"strings"
)

// Row documents one setting.
type Row struct {
	Group   string // headline that it stands under
	Name    string // of the variable
	Default string // what it is when unset; empty for nothing
	Derived bool   // Default describes a value that is worked out, instead of being it
	Meaning string
}

// Table documents every setting, in the order in which they are checked.
func Table() []Row {
	var rows []Row
	_ = eachSetting(&Settings{}, func(f setting) error {
		shown, derived := f.Tag.Lookup("shown")
		if !derived {
			shown = f.Tag.Get("default")
		}
		rows = append(rows, Row{f.group, f.name(), shown, derived, f.Tag.Get("help")})
		return nil
	})
	return rows
}

// Markdown is the table of settings for the documentation.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, row := range Table() {
		shown := row.Default
		if shown != "" && !row.Derived {
			shown = "`" + shown + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.Name, shown, row.Meaning)
	}
	return b.String()
}

// Help is the table of settings for the command line's help. Lines are
// indented, which keeps kong from joining them.
func Help() string {
	var b strings.Builder
	b.WriteString("Settings come from the environment, the file given by --env-file, and .env in the working directory, in that order. " +
		"Nothing has to be set. For numbers, switches and choices an empty value counts as unset.\n")
	group := ""
	for _, row := range Table() {
		if row.Group != group {
			group = row.Group
			fmt.Fprintf(&b, "\n%s:\n\n", group)
		}
		fmt.Fprintf(&b, "  %s", row.Name)
		if row.Default != "" {
			fmt.Fprintf(&b, " (%s)", row.Default)
		}
		fmt.Fprintf(&b, "\n      %s\n", row.Meaning)
	}
	return b.String()
}

// defaultOf returns the default in the tag of a variable's field.
func defaultOf(name string) (value string) {
	_ = eachSetting(&Settings{}, func(f setting) error {
		if f.name() == name {
			value = f.Tag.Get("default")
		}
		return nil
	})
	return value
}
