package mc

import "testing"

func TestCheckHeartbeatConfig(t *testing.T) {
	t.Parallel()
	refused := func(keys string) error { return Invalid("unknown keys: "+keys, "body", "heartbeat_config") }
	for name, tc := range map[string]struct {
		sent string
		want error
	}{
		"null":        {`null`, nil},
		"absent":      {``, nil},
		"empty":       {`{}`, nil},
		"recorded":    {`{"every":"30m","target":"none"}`, nil},
		"the default": {string(DefaultHeartbeatConfig()), nil},
		"all known": {`{"every":"1m","target":"last","includeReasoning":true,"prompt":"p","model":"m","ackMaxChars":1,"activeHours":{"any":1},
			"session":"s","lightContext":true,"isolatedSession":true,"to":"t","accountId":"a","directPolicy":"d","suppressToolErrorWarnings":true}`, nil},
		"unknown ones": {`{"zeal":1,"every":"1m","Every":"2m"}`, refused("Every, zeal")},
		"a blank key":  {`{"":1}`, refused("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, CheckHeartbeatConfig(JSON(tc.sent)), tc.want)
		})
	}
}

func TestHeartbeatConfigs(t *testing.T) {
	t.Parallel()
	const standard = `{"every":"10m","target":"last","includeReasoning":false}`
	for name, tc := range map[string]struct{ sent, stored, effective string }{
		"null":    {`null`, standard, standard},
		"absent":  {``, standard, standard},
		"empty":   {`{}`, `{}`, standard},
		"own":     {`{"every":"5m"}`, `{"every":"5m"}`, `{"every":"5m","target":"last","includeReasoning":false}`},
		"more":    {`{"model":"m","target":"none"}`, `{"model":"m","target":"none"}`, `{"every":"10m","target":"none","includeReasoning":false,"model":"m"}`},
		"a null":  {`{"target":null}`, `{"target":null}`, `{"every":"10m","target":null,"includeReasoning":false}`},
		"numbers": {`{"ackMaxChars":1.0}`, `{"ackMaxChars":1.0}`, `{"every":"10m","target":"last","includeReasoning":false,"ackMaxChars":1.0}`},
	} {
		stored := HeartbeatConfigOrDefault(JSON(tc.sent))
		if string(stored) != tc.stored {
			t.Errorf("%s: stored %s, want %s", name, stored, tc.stored)
		}
		if got := EffectiveHeartbeat(stored); string(got) != tc.effective {
			t.Errorf("%s: effective %s, want %s", name, got, tc.effective)
		}
	}
}

func TestHeartbeatEvery(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		``:   `{"every":"2m","target":"last","includeReasoning":false}`,
		`{}`: `{"every":"2m","target":"last","includeReasoning":false}`,
		`{"target":"none","every":"1h","includeReasoning":true,"model":"m"}`: `{"every":"2m","target":"last","includeReasoning":true,"model":"m"}`,
	} {
		if got := HeartbeatEvery(JSON(own), "2m"); string(got) != want {
			t.Errorf("%s: %s, want %s", own, got, want)
		}
	}
	if got := HeartbeatEvery(nil, `"quoted" & <any>`); string(got) != `{"every":"\"quoted\" & <any>","target":"last","includeReasoning":false}` {
		t.Errorf("a text of any kind: %s", got)
	}
}
