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
		if limited := op.Extensions["x-ratelimit-policy"] != nil; limited != forAgents {
			t.Errorf("%s: for agents %v, limited %v", id, forAgents, limited)
		}
		if limited := op.Responses["429"]; forAgents && (limited == nil || limited.Headers["Retry-After"] == nil) {
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
