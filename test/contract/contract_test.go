package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const document = `{
 "paths": {
  "/tasks": {
   "get": {"operationId": "list_tasks", "tags": ["tasks"], "x-llm-intent": "tasks",
    "parameters": [
     {"name": "limit", "in": "query", "required": false, "schema": {"type": "integer", "maximum": 200}},
     {"name": "X-Agent-Token", "in": "header", "required": false, "schema": {"type": "string"}}],
    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Task"}}}}}},
   "post": {"operationId": "create_task", "tags": ["tasks"],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Task"}}}},
    "responses": {"200": {}, "422": {}}}
  },
  "/health": {"get": {"operationId": "health", "tags": ["health"], "responses": {"200": {}}}}
 },
 "components": {
  "securitySchemes": {"User": {"type": "http"}},
  "schemas": {
   "Task": {"type": "object", "required": ["title"], "properties": {
    "title": {"type": "string", "minLength": 1},
    "status": {"type": "string", "enum": ["inbox", "done"], "default": "inbox"},
    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}}},
   "Tag": {"type": "object", "properties": {"name": {"type": "string"}}}
  }
 }
}`

func parse(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// change replaces one piece of the document, which must be there once.
func change(t *testing.T, from, to string) object {
	t.Helper()
	if strings.Count(document, from) != 1 {
		t.Fatalf("%q is not in the document once", from)
	}
	return parse(t, strings.Replace(document, from, to, 1))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to string
		want           []string
	}{
		{"the same", `"paths"`, `"paths"`, nil},
		{"operation id", `"create_task"`, `"make_task"`, []string{"POST /tasks: operationId is make_task, not create_task"}},
		{"agent hint", `"x-llm-intent": "tasks",`, ``, []string{"GET /tasks: x-llm-intent is null, not tasks"}},
		{"default", `, "default": "inbox"`, ``, []string{"schema Task/status: default is missing (there: inbox)"}},
		{
			"type list for anyOf", `{"anyOf": [{"type": "string"}, {"type": "null"}]}`, `{"type": ["string", "null"]}`,
			[]string{
				`schema Task/note: anyOf is missing (there: [{"type":"string"},{"type":"null"}])`,
				`schema Task/note: type is not in the contract (here: ["string","null"])`,
			},
		},
		{"schema behind two references", `{"name": {"type": "string"}}`, `{}`, []string{"schema Tag: property name is missing"}},
		{"enum in another order", `["inbox", "done"]`, `["done", "inbox"]`, nil},
		{"enum value gone", `["inbox", "done"]`, `["inbox"]`, []string{`schema Task/status: enum is ["inbox"], not ["inbox","done"]`}},
		{"stricter object", `"required": ["title"]`, `"required": ["title"], "additionalProperties": false`, []string{"schema Task: additionalProperties is not in the contract (here: false)"}},
		{"property more", `"title": {`, `"runtime": {"type": "string"}, "title": {`, nil},
		{"prose more", `"minLength": 1`, `"minLength": 1, "description": "What is to be done."`, nil},
		{"status gone", `, "422": {}`, ``, []string{"POST /tasks: status 422 is not declared"}},
		{"status more", `, "422": {}`, `, "422": {}, "404": {}`, nil},
		{"header in another case", `"X-Agent-Token"`, `"x-agent-token"`, nil},
		{"parameter gone", `"limit"`, `"size"`, []string{"GET /tasks: parameter query limit is missing"}},
		{"body optional", `"requestBody": {"required": true`, `"requestBody": {"required": false`, []string{"POST /tasks: body: required is false, not true"}},
		{"schema renamed", `"Tag": {`, `"Label": {`, []string{"schema Tag: is missing"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := compare(parse(t, document), change(t, test.from, test.to))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCutLeavesWhatIsBuilt(t *testing.T) {
	t.Parallel()
	contract := parse(t, document)
	ours := parse(t, `{"paths": {
	 "/tasks": {"get": {"security": [{"Agent": []}]}},
	 "/health": {"get": {"security": []}},
	 "/ours": {"get": {}, "post": {}}},
	 "components": {"securitySchemes": {"Agent": {"type": "apiKey"}}}}`)
	built, missing, additional := cut(contract, ours)
	if built != 2 || missing != 1 || additional != 2 {
		t.Errorf("%d built, %d missing, %d additional", built, missing, additional)
	}
	if has(get(get(contract, "paths"), "/tasks"), "post") {
		t.Error("POST /tasks is not built, and still there")
	}
	// What the contract leaves unsaid is taken from ours, but the probes are open.
	list := get(get(get(contract, "paths"), "/tasks"), "get")
	if diff := cmp.Diff([]any{object{"Agent": []any{}}}, list["security"]); diff != "" {
		t.Errorf("security of the list (-want +got):\n%s", diff)
	}
	if has(get(get(get(contract, "paths"), "/health"), "get"), "security") {
		t.Error("the probe has a security")
	}
	schemes := get(get(contract, "components"), "securitySchemes")
	if !has(schemes, "Agent") || !has(schemes, "User") {
		t.Errorf("schemes: %v", schemes)
	}
}

func TestCutRemovesEmptyPaths(t *testing.T) {
	t.Parallel()
	contract := parse(t, document)
	cut(contract, parse(t, `{"paths": {"/tasks": {"post": {}}}}`))
	if _, ok := get(contract, "paths")["/health"]; ok {
		t.Error("/health has no operation left, and is still there")
	}
}
