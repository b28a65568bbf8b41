package openclaw_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

// TestCallsAsTheContractHasThem checks what goes over the wire.
func TestCallsAsTheContractHasThem(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := openclawtest.Client(t).Gateway(g.Endpoint())
	ctx := t.Context()
	hash := func() string {
		raw, err := gw.ConfigGet(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Hash string }
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Hash
	}
	if err := gw.AgentsCreate(ctx, "mc-1", "/w"); err != nil {
		t.Fatal(err)
	}
	h := hash()
	g.ForgetCalls()
	for _, call := range []func() error{
		func() error { return gw.Health(ctx) },
		func() error { return gw.ConfigPatch(ctx, `{"a":1}`, h) },
		func() error { return gw.AgentsUpdate(ctx, "mc-1", "Name", "/w2") },
		func() error { return gw.FilesSet(ctx, "mc-1", "TOOLS.md", "<a> & b") },
		func() error { _, err := gw.FilesList(ctx, "mc-1"); return err },
		func() error { _, _, err := gw.FilesGet(ctx, "mc-1", "TOOLS.md"); return err },
		func() error { _, err := gw.SessionsPatch(ctx, "agent:mc-1:main", ""); return err },
		func() error { _, err := gw.SessionsList(ctx); return err },
		func() error { return gw.SendMessage(ctx, "agent:mc-1:main", "Name", "hello", true) },
		func() error {
			return gw.ChatSend(ctx, openclaw.Chat{SessionKey: "agent:mc-1:main", Message: "again", IdempotencyKey: "key"})
		},
		func() error { _, err := gw.ChatHistory(ctx, "agent:mc-1:main", 0); return err },
		func() error { _, err := gw.ChatHistory(ctx, "agent:mc-1:main", 5); return err },
		func() error { return gw.SessionsReset(ctx, "agent:mc-1:main") },
		func() error { return gw.SessionsDelete(ctx, "agent:mc-1:main") },
		func() error { return gw.AgentsDelete(ctx, "mc-1") },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
	got := g.Calls()
	if key, _ := got[9].Params["idempotencyKey"].(string); len(key) != 36 {
		t.Errorf("the idempotency key is %q", key)
	}
	delete(got[9].Params, "idempotencyKey")
	const key = "agent:mc-1:main"
	type p = map[string]any
	want := []openclawtest.Call{
		{Method: "health", Params: p{}},
		{Method: "config.patch", Params: p{"raw": `{"a":1}`, "baseHash": h}},
		{Method: "agents.update", Params: p{"agentId": "mc-1", "name": "Name", "workspace": "/w2"}},
		{Method: "agents.files.set", Params: p{"agentId": "mc-1", "name": "TOOLS.md", "content": "<a> & b"}},
		{Method: "agents.files.list", Params: p{"agentId": "mc-1"}},
		{Method: "agents.files.get", Params: p{"agentId": "mc-1", "name": "TOOLS.md"}},
		{Method: "sessions.patch", Params: p{"key": key}},
		{Method: "sessions.list", Params: p{}},
		{Method: "sessions.patch", Params: p{"key": key, "label": "Name"}},
		{Method: "chat.send", Params: p{"sessionKey": key, "message": "hello", "deliver": true}},
		{Method: "chat.send", Params: p{"sessionKey": key, "message": "again", "deliver": false, "idempotencyKey": "key"}},
		{Method: "chat.history", Params: p{"sessionKey": key}},
		{Method: "chat.history", Params: p{"sessionKey": key, "limit": 5.0}},
		{Method: "sessions.reset", Params: p{"key": key}},
		{Method: "sessions.delete", Params: p{"key": key}},
		{Method: "agents.delete", Params: p{"agentId": "mc-1", "deleteFiles": true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := gw.ConfigSet(ctx, `{"agents":{"list":[]}}`, hash()); err != nil || len(g.Agents()) != 0 {
		t.Errorf("config.set: %v, agents %v", err, g.Agents())
	}
	if err := gw.ConfigPatch(ctx, `{}`, ""); err == nil || err.Error() != "config base hash required; re-run config.get and retry" {
		t.Errorf("without a hash: %v", err)
	}
	if err := gw.FilesDelete(ctx, "mc-1", "ROLE.md"); !openclaw.IsFileDeleteRefused(err) {
		t.Errorf("agents.files.delete: %v", err)
	}
}

func TestAgentsAndFiles(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := openclawtest.Client(t).Gateway(g.Endpoint())
	ctx := t.Context()
	if err := gw.AgentsCreate(ctx, "mc-1", "/w"); err != nil {
		t.Fatal(err)
	}
	if err := gw.AgentsCreate(ctx, "mc-1", "/w"); !openclaw.IsAlreadyExists(err) {
		t.Errorf("created twice: %v", err)
	}
	if err := gw.AgentsUpdate(ctx, "mc-2", "x", "/w"); !openclaw.IsMissingAgent(err) {
		t.Errorf("an unknown agent: %v", err)
	}
	if _, err := gw.FilesList(ctx, "mc-2"); !openclaw.IsMissingAgent(err) {
		t.Errorf("files of an unknown agent: %v", err)
	}
	files, err := gw.FilesList(ctx, "mc-1")
	if err != nil || len(files) != 8 || files[0] != (openclaw.File{Name: "AGENTS.md"}) || files[7] != (openclaw.File{Name: "MEMORY.md", Missing: true}) {
		t.Errorf("files %v, %v", files, err)
	}
	if err := gw.FilesSet(ctx, "mc-1", "TOOLS.md", "text"); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := gw.FilesGet(ctx, "mc-1", "TOOLS.md"); got != "text" || !ok || err != nil {
		t.Errorf("got %q, %v, %v", got, ok, err)
	}
	if _, ok, err := gw.FilesGet(ctx, "mc-1", "MEMORY.md"); ok || err != nil {
		t.Errorf("a missing file: %v, %v", ok, err)
	}
	if err := gw.FilesSet(ctx, "mc-1", "ROLE.md", "x"); !openclaw.IsUnsupportedFile(err) || openclaw.IsTransient(err) {
		t.Errorf("an unsupported file: %v", err)
	}
}

func TestMessagesAndSessions(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := openclawtest.Client(t).Gateway(g.Endpoint())
	ctx := t.Context()
	for range 2 {
		if err := gw.ChatSend(ctx, openclaw.Chat{SessionKey: "k", Message: "once", IdempotencyKey: "same"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := gw.SendMessage(ctx, "k", "Ada", "twice", true); err != nil {
		t.Fatal(err)
	}
	g.Say("k", "answer")
	want := []openclawtest.Message{{Role: "user", Text: "once"}, {Role: "user", Text: "twice", Deliver: true}, {Role: "assistant", Text: "answer"}}
	if diff := cmp.Diff(want, g.Messages("k")); diff != "" {
		t.Error(diff)
	}
	if history, err := gw.ChatHistory(ctx, "k", 2); err != nil || len(history) != 2 {
		t.Errorf("history %s, %v", history, err)
	}
	if history, err := gw.ChatHistory(ctx, "unknown", 0); err != nil || history == nil || len(history) != 0 {
		t.Errorf("history of an unknown session: %s, %v", history, err)
	}
	entry, err := gw.SessionsPatch(ctx, "k", "Eve")
	var session struct{ SessionID, Label string }
	if err != nil || json.Unmarshal(entry, &session) != nil || session.Label != "Eve" || session.SessionID == "" {
		t.Errorf("entry %s, %v", entry, err)
	}
	if sessions, err := gw.SessionsList(ctx); err != nil || len(sessions) != 1 {
		t.Errorf("sessions %s, %v", sessions, err)
	}
}

func TestFormsOfAnswers(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := openclawtest.Client(t).Gateway(g.Endpoint())
	ctx := t.Context()
	answer := func(method string, payload any) {
		g.Answer(method, 1, map[string]any{"type": "res", "ok": true, "payload": payload})
	}
	type m = map[string]any
	for _, tc := range []struct {
		payload any
		content string
		ok      bool
	}{
		{"text", "text", true}, {"", "", true}, {m{"content": "text"}, "text", true}, {m{"file": m{"content": "text"}}, "text", true},
		{m{"content": nil, "file": m{"content": "text"}}, "text", true}, {m{"content": 7, "file": "x"}, "", false}, {m{"file": m{"missing": true}}, "", false},
		{nil, "", false}, {[]any{}, "", false},
	} {
		answer("agents.files.get", tc.payload)
		if content, ok, err := gw.FilesGet(ctx, "main", "TOOLS.md"); content != tc.content || ok != tc.ok || err != nil {
			t.Errorf("%v: %q, %v, %v", tc.payload, content, ok, err)
		}
	}
	for _, tc := range []struct {
		payload any
		want    []openclaw.File
	}{
		{m{"files": []any{m{"path": "/w/AGENTS.md", "missing": true}, m{"name": "SOUL.md", "missing": "?"}, 7, m{}}}, []openclaw.File{{Name: "AGENTS.md", Missing: true}, {Name: "SOUL.md"}}},
		{[]any{m{"name": "SOUL.md"}}, []openclaw.File{{Name: "SOUL.md"}}},
		{m{"files": "?"}, []openclaw.File{}},
		{nil, []openclaw.File{}},
	} {
		answer("agents.files.list", tc.payload)
		files, err := gw.FilesList(ctx, "main")
		if diff := cmp.Diff(tc.want, files); diff != "" || err != nil {
			t.Errorf("%v: %v %s", tc.payload, err, diff)
		}
	}
	for _, tc := range []struct {
		payload any
		want    int
	}{{m{"sessions": []any{m{"key": "a"}}}, 1}, {[]any{m{}, "x"}, 2}, {m{"sessions": nil}, 0}, {"?", 0}} {
		answer("sessions.list", tc.payload)
		if sessions, err := gw.SessionsList(ctx); len(sessions) != tc.want || sessions == nil || err != nil {
			t.Errorf("%v: %s, %v", tc.payload, sessions, err)
		}
	}
	for _, tc := range []struct {
		payload any
		want    string
	}{{m{"ok": true, "entry": m{"a": 1}}, `{"a":1}`}, {m{"ok": true}, `{"ok":true}`}, {m{"entry": nil}, `{"entry":null}`}} {
		answer("sessions.patch", tc.payload)
		if entry, err := gw.SessionsPatch(ctx, "k", "l"); string(entry) != tc.want || err != nil {
			t.Errorf("%v: %s, %v", tc.payload, entry, err)
		}
	}
	g.Answer("health", 1, map[string]any{"error": map[string]any{"message": "legacy trouble"}})
	if err := gw.Health(ctx); err == nil || err.Error() != "legacy trouble" {
		t.Errorf("a legacy answer: %v", err)
	}
	g.Garbage("health", 1, "", "nonsense", "[]", `{"type":"res"}`, `{"type":"res","id":"another","ok":false}`)
	if err := gw.Health(ctx); err != nil {
		t.Errorf("among nonsense: %v", err)
	}
	var out struct{ OK bool }
	answer("health", []any{})
	if err := openclawtest.Client(t).Call(ctx, g.Endpoint(), "health", nil, &out); err == nil {
		t.Error("an answer of another form was taken")
	}
}

func TestCheckVersion(t *testing.T) {
	t.Parallel()
	touched := func(version any) map[string]any {
		return map[string]any{"meta": map[string]any{"lastTouchedVersion": version}}
	}
	for name, tc := range map[string]struct {
		version any
		config  map[string]any
		ok      bool
		message string
		calls   []string
	}{
		"recent":           {"2026.4.2", nil, true, "", nil},
		"old":              {"2026.1.2", nil, false, "Gateway version 2026.1.2 is not supported. Minimum supported version is 2026.02.9.", nil},
		"says nothing":     {nil, touched("2026.4.2"), true, "", []string{"config.get"}},
		"says nonsense":    {"dev", touched("2026.1.2"), false, "Gateway version 2026.1.2 is not supported. Minimum supported version is 2026.02.9.", []string{"config.get"}},
		"nobody knows":     {nil, map[string]any{}, false, "Unable to determine gateway version from runtime metadata. Minimum supported version is 2026.02.9.", []string{"config.get"}},
		"nonsense for all": {"dev", map[string]any{}, false, "Gateway reported an unsupported version format 'dev'. Minimum supported version is 2026.02.9.", []string{"config.get"}},
		"number":           {2026.4, map[string]any{}, false, "Gateway reported an unsupported version format '2026.4'. Minimum supported version is 2026.02.9.", []string{"config.get"}},
	} {
		g := openclawtest.Start(t)
		g.Set(func(o *openclawtest.Options) { o.Version = tc.version })
		if tc.config != nil {
			g.SetConfig(tc.config)
		}
		ok, message, err := openclaw.CheckVersion(t.Context(), openclawtest.Client(t), g.Endpoint(), "2026.02.9")
		if ok != tc.ok || message != tc.message || err != nil {
			t.Errorf("%s: %v, %q, %v", name, ok, message, err)
		}
		if diff := cmp.Diff(tc.calls, g.Methods()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.Version = "dev" })
	g.FailWith("config.get", 1, "missing scope: operator.read")
	c := openclawtest.Client(t)
	if ok, message, err := openclaw.CheckVersion(t.Context(), c, g.Endpoint(), ""); ok || message == "" || err != nil {
		t.Errorf("without a config: %v, %q, %v", ok, message, err)
	}
	g.Stop()
	if _, _, err := openclaw.CheckVersion(t.Context(), c, g.Endpoint(), ""); !openclaw.IsTransient(err) {
		t.Errorf("without a gateway: %v", err)
	}
}
