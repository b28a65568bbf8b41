package server_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/config"
	"missioncontrol/internal/server"
)

// operations lists what the document describes, by operation id.
func operations(t *testing.T) map[string]*huma.Operation {
	t.Helper()
	out := map[string]*huma.Operation{}
	for path, item := range server.Document(config.Defaults()).Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			if out[op.OperationID] != nil {
				t.Errorf("%s is described twice, also at %s", op.OperationID, path)
			}
			out[op.OperationID] = op
		}
	}
	return out
}

func TestEveryOperationIsExplained(t *testing.T) {
	t.Parallel()
	ops := operations(t)
	if len(ops) < 60 {
		t.Fatalf("only %d operations", len(ops))
	}
	for id, op := range ops {
		if op.Summary == "" || op.Description == "" || len(op.Tags) == 0 {
			t.Errorf("%s has no summary, description or tag", id)
		}
		if op.Extensions["x-auth"] == nil {
			t.Errorf("%s does not say who may call it", id)
		}
		if op.Security == nil {
			t.Errorf("%s does not say how to authenticate", id)
		}
		if len(op.Security) > 0 && op.Extensions["x-errors"] == nil {
			t.Errorf("%s does not say what it refuses", id)
		}
		forAgents := slices.ContainsFunc(op.Security, func(s map[string][]string) bool { return s["AgentToken"] != nil })
		wantsLimit := forAgents || strings.HasPrefix(id, "ingest_")
		if limited := op.Extensions["x-ratelimit-policy"] != nil; limited != wantsLimit {
			t.Errorf("%s: for agents %v, limited %v", id, forAgents, limited)
		}
		if limited := op.Responses["429"]; wantsLimit && (limited == nil || limited.Headers["Retry-After"] == nil) {
			t.Errorf("%s does not declare the headers of its limit", id)
		}
	}
}

func TestAgentsCanChooseOperations(t *testing.T) {
	t.Parallel()
	for id, op := range operations(t) {
		if !slices.Contains(op.Tags, "agent") {
			continue
		}
		for _, key := range []string{"x-llm-intent", "x-required-actor", "x-when-to-use", "x-when-not-to-use", "x-prerequisites", "x-side-effects", "x-negative-guidance", "x-routing-policy", "x-routing-policy-examples"} {
			raw, err := json.Marshal(op.Extensions[key])
			if err != nil || strings.Trim(string(raw), `[]"nul`) == "" { // null, [] or ""
				t.Errorf("%s has no %s", id, key)
			}
		}
	}
}

func TestEveryTagIsDescribed(t *testing.T) {
	t.Parallel()
	described := map[string]bool{}
	for _, tag := range server.Document(config.Defaults()).Tags {
		described[tag.Name] = tag.Description != ""
	}
	for id, op := range operations(t) {
		for _, tag := range op.Tags {
			if !described[tag] {
				t.Errorf("%s has the tag %s, which the document does not describe", id, tag)
			}
		}
	}
}

// What belongs to a kind of operation is declared once and for all of the kind.
func TestHeadersOfTheWire(t *testing.T) {
	t.Parallel()
	for path, item := range server.Document(config.Defaults()).Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "PUT": item.Put, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			name := method + " " + path
			takes := func(header string) bool {
				return slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "header" && p.Name == header && !p.Required })
			}
			succeeds := op.Responses["200"]
			if succeeds == nil {
				succeeds = op.Responses["202"]
			}
			secretBody := strings.HasSuffix(path, "webhooks") || strings.Contains(path, "/auth/password")
			if keyed := method == "POST" && len(op.Security) > 0 && !secretBody; takes("Idempotency-Key") != keyed ||
				keyed && (op.Responses["409"] == nil || op.Responses["422"] == nil || succeeds.Headers["Idempotency-Replayed"] == nil) {
				t.Errorf("%s: takes a key %t", name, takes("Idempotency-Key"))
			}
			if conditional := takes("If-Match"); conditional != (op.Responses["412"] != nil) || conditional && (op.Responses["200"].Headers["ETag"] == nil || op.Responses["400"] == nil) {
				t.Errorf("%s: takes a version %t", name, conditional)
			}
			if takes("If-None-Match") != (op.Responses["304"] != nil) {
				t.Errorf("%s: knows what is held %t", name, takes("If-None-Match"))
			}
		}
	}
	ops := operations(t)
	for _, id := range []string{
		"update_board_api_v1_boards__board_id__patch", "update_task_api_v1_boards__board_id__tasks__task_id__patch",
		"update_approval_api_v1_boards__board_id__approvals__approval_id__patch", "update_task_api_v1_agent_boards__board_id__tasks__task_id__patch", "update_agent_api_v1_agents__agent_id__patch",
	} {
		if op := ops[id]; op == nil || op.Responses["412"] == nil {
			t.Errorf("%s takes no version", id)
		}
	}
	for _, id := range []string{"get_board_api_v1_boards__board_id__get", "get_agent_api_v1_agents__agent_id__get"} {
		if op := ops[id]; op == nil || op.Responses["304"] == nil {
			t.Errorf("%s does not know what is held", id)
		}
	}
}
