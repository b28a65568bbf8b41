package templates

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// operation is a line of testdata/operations.txt: method, path and the names of
// the query, as the API's description has them.
type operation struct {
	method string
	path   []string
	query  []string
}

func (o operation) matches(method, path string) bool {
	segments := strings.Split(path, "/")
	return o.method == method && slices.EqualFunc(o.path, segments, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}

func operations(t *testing.T) []operation {
	t.Helper()
	b, err := os.ReadFile("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []operation
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		all = append(all, operation{method: fields[0], path: strings.Split(fields[1], "/"), query: fields[2:]})
	}
	return all
}

var mention = regexp.MustCompile("(GET|POST|PUT|PATCH|DELETE) \"?(?:https://mc\\.example\\.com|\\$BASE_URL)?(/[^\\s\"?`)',]*)(?:\\?([^\\s\"`)',]*))?")

// Every call that a file tells an agent to make exists, with its method and query.
func TestMentionedOperationsExist(t *testing.T) {
	t.Parallel()
	known := operations(t)
	used := map[int]bool{}
	for _, kind := range kinds() {
		for name, content := range rendered(t, input(kind)) {
			mentions := mention.FindAllStringSubmatch(content, -1)
			for _, m := range mentions {
				i := slices.IndexFunc(known, func(o operation) bool { return o.matches(m[1], m[2]) })
				if i < 0 {
					t.Errorf("%s %s: no operation %s %s", kind, name, m[1], m[2])
					continue
				}
				used[i] = true
				query, err := url.ParseQuery(m[3])
				if err != nil {
					t.Error(err)
				}
				for parameter := range query {
					if !slices.Contains(known[i].query, parameter) {
						t.Errorf("%s %s: %s %s has no parameter %s", kind, name, m[1], m[2], parameter)
					}
				}
			}
			var found int
			for _, m := range mentions {
				found += strings.Count(m[2], "/api/v1")
			}
			if all := strings.Count(content, "/api/v1"); all != found {
				t.Errorf("%s %s: %d of %d paths are named without a method", kind, name, all-found, all)
			}
		}
	}
	for i, o := range known {
		if !used[i] {
			t.Errorf("testdata/operations.txt: no file names %s %s", o.method, strings.Join(o.path, "/"))
		}
	}
}
