package openclaw

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const complete = `"channels":{"defaults":{"heartbeat":{"showOk":true,"showAlerts":true,"useIndicator":false}}},"tools":{"exec":{"host":"node"}}`

func TestMergeAgentConfig(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ answer, want string }{
		"empty config": {
			`{"config":{},"hash":"h"}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]},` +
				`"channels":{"defaults":{"heartbeat":{"showOk":false,"showAlerts":true,"useIndicator":true}}},"tools":{"exec":{"host":"gateway"}}}`,
		},
		"another agent": {
			`{"config":{"agents":{"list":[{"id":"main","model":1.0}],"defaults":{}},` + complete + `}}`,
			`{"agents":{"list":[{"id":"main","model":1.0},{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]}}`,
		},
		"nothing to do": {
			`{"config":{"agents":{"list":[{"heartbeat":{ "every" : "10m" },"id":"mc-1","workspace":"/w"}]},` + complete + `}}`,
			``,
		},
		"keeps members and order": {
			`{"config":{"agents":{"list":["odd",{"name":"<b>","heartbeat":{"every":"5m"},"id":"mc-1","workspace":"/old","big":12345678901234567890},{"id":"z"}]},` + complete + `}}`,
			`{"agents":{"list":["odd",{"name":"<b>","heartbeat":{"every":"10m"},"id":"mc-1","workspace":"/w","big":12345678901234567890},{"id":"z"}]}}`,
		},
		"takes members of the heartbeat away": {
			`{"config":{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"prompt":"x","every":"10m","model":"m"}}]},` + complete + `}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m","prompt":null,"model":null}}]}}`,
		},
		"heartbeat of another type": {
			`{"config":{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":"10m"}]},` + complete + `}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]}}`,
		},
		"fills in what channels miss": {
			`{"config":{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]},` +
				`"channels":{"x":{},"defaults":{"heartbeat":{"showOk":true,"more":1}}},"tools":{"exec":{"host":"gateway"}}}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]},"channels":{"defaults":{"heartbeat":{"showAlerts":true,"useIndicator":true}}}}`,
		},
		"host of nothing": {
			`{"config":{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]},` +
				`"channels":{"defaults":{"heartbeat":{"showOk":true,"showAlerts":false,"useIndicator":true}}},"tools":{"exec":{"host":"","ask":"off"}}}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]},"tools":{"exec":{"host":"gateway"}}}`,
		},
		"parsed instead of config": {
			`{"config":null,"parsed":{"agents":{"list":null},` + complete + `}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}}]}}`,
		},
		"first of two": {
			`{"config":{"agents":{"list":[{"id":"mc-1"},{"id":"mc-1"}]},` + complete + `}}`,
			`{"agents":{"list":[{"id":"mc-1","workspace":"/w","heartbeat":{"every":"10m"}},{"id":"mc-1"}]}}`,
		},
	} {
		patch, changed, err := MergeAgentConfig(json.RawMessage(tc.answer), AgentConfig{ID: "mc-1", Workspace: "/w", Heartbeat: json.RawMessage(`{"every":"10m"}`)})
		if err != nil || changed != (tc.want != "") {
			t.Errorf("%s: changed %v, %v", name, changed, err)
		}
		if diff := cmp.Diff(tc.want, string(patch)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMergeAgentConfigRefuses(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		``:                                   "config.get returned invalid payload",
		`null`:                               "config.get returned invalid payload",
		`[]`:                                 "config.get returned invalid payload",
		`"x"`:                                "config.get returned invalid payload",
		`{}`:                                 "invalid config",
		`{"config":[]}`:                      "invalid config",
		`{"config":"x","parsed":{}}`:         "invalid config",
		`{"parsed":7}`:                       "invalid config",
		`{"config":{"agents":{"list":{}}}}`:  "config agents.list is not a list",
		`{"config":{"agents":{"list":"x"}}}`: "config agents.list is not a list",
	} {
		_, changed, err := MergeAgentConfig(json.RawMessage(answer), AgentConfig{ID: "mc-1", Workspace: "/w", Heartbeat: json.RawMessage(`{}`)})
		if err == nil || err.Error() != want || changed {
			t.Errorf("%s: %v, want %s", answer, err, want)
		}
	}
	var e *Error
	if _, _, err := MergeAgentConfig(json.RawMessage(`{"config":{}}`), AgentConfig{ID: "mc-1", Workspace: "/w", Heartbeat: nil}); !errors.As(err, &e) || e.Kind != KindRequest {
		t.Errorf("without a heartbeat: %v", err)
	}
}

func FuzzMergeAgentConfig(f *testing.F) {
	f.Add([]byte(`{"config":{"agents":{"list":[{"id":"mc-1","workspace":"/old","heartbeat":{"a":1}}]}},"hash":"h"}`))
	f.Add([]byte(`{"parsed":{"channels":{"defaults":1},"tools":[]}}`))
	f.Add([]byte(`{"config":{"agents":7,"a":1,"a":2}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		patch, changed, err := MergeAgentConfig(answer, AgentConfig{ID: "mc-1", Workspace: "/w", Heartbeat: json.RawMessage(`{"every":"10m"}`)})
		if changed != (patch != nil) || err != nil && changed {
			t.Fatalf("%q: %q, %v, %v", answer, patch, changed, err)
		}
		if changed && json.Valid(answer) && !json.Valid(patch) {
			t.Errorf("%q: the patch %q is no JSON", answer, patch)
		}
	})
}
