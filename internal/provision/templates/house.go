package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
)

//go:embed text
var texts embed.FS

// renderFile renders one file of an agent: from the agent's own template if it
// has one, which replaces the whole file, else from the text of the house.
func renderFile(in Input, name string) (string, error) {
	if own := ownTemplate(in, name); own != "" {
		return render(own, Variables(in))
	}
	source, err := houseText(in, name)
	if err != nil {
		return "", err
	}
	return render(source, houseVariables(in))
}

func ownTemplate(in Input, name string) string {
	switch name {
	case identityFile:
		return trimmed(in.Agent.IdentityTemplate)
	case soulFile:
		return trimmed(in.Agent.SoulTemplate)
	}
	return ""
}

// houseText finds the text of a file, the most special one first.
func houseText(in Input, name string) (string, error) {
	for _, folder := range folders(in, name) {
		b, err := texts.ReadFile("text/" + folder + "/" + name)
		if !errors.Is(err, fs.ErrNotExist) {
			return string(b), err
		}
	}
	return "", fmt.Errorf("no text for %s", name)
}

func folders(in Input, name string) []string {
	kind := KindOf(in.Agent)
	switch {
	case name == bootstrapFile && kind != Lead:
		return []string{"inert"}
	case name == soulFile && kind == Worker && in.RoleSoul != nil && trimmed(&in.RoleSoul.Markdown) != "":
		return []string{"role"}
	case kind == Main:
		return []string{"main", "all"}
	}
	return []string{string(kind), "board", "all"}
}

// houseVariables are the variables of our own texts. As one text serves several
// kinds, all know the variables of boards, empty where there is no board, and the
// tag under which the API lists an agent's operations.
func houseVariables(in Input) map[string]string {
	values := Variables(sample(Lead))
	for name := range values {
		values[name] = ""
	}
	maps.Copy(values, Variables(in))
	values["role_tag"] = "agent-" + string(KindOf(in.Agent))
	return values
}
