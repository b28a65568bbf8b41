package story_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// readmeBase is the server's address in the README.
const readmeBase = "http://localhost:8000"

var tourBlock = regexp.MustCompile("(?s)<!-- tour: ([a-z-]+) -->\n```sh\n(.*?)```\n")

// tour returns the blocks of commands of the README's tour by their names, for
// a server at this address.
func tour(t *testing.T, base string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, found := range tourBlock.FindAllStringSubmatch(string(text), -1) {
		blocks[found[1]] = strings.ReplaceAll(found[2], readmeBase, base)
	}
	for _, name := range []string{"shorthand", "setup", "watch", "plan", "work", "gateway", "gateway-plan"} {
		if blocks[name] == "" {
			t.Fatalf("README.md has no block <!-- tour: %s -->", name)
		}
	}
	return blocks
}
