package mc

import "testing"

func TestOnboardingDialogue(t *testing.T) {
	t.Parallel()
	now, err := ParseTime("2026-03-01T09:30:00.000001")
	if err != nil {
		t.Fatal(err)
	}
	var o Onboarding
	if _, ok := o.Unanswered(); ok || o.Said() != nil {
		t.Error("an empty dialogue has something unanswered")
	}
	o.Messages = JSON(`[{"role":"user","content":"","extra":1.0}]`)
	if _, ok := o.Unanswered(); ok {
		t.Error("an empty message waits for an answer")
	}
	o.Say(OnboardingUser, `<"Ship">`, now)
	if text, ok := o.Unanswered(); !ok || text != `<"Ship">` {
		t.Errorf("got %q, %v", text, ok)
	}
	want := `[{"role":"user","content":"","extra":1.0},{"role":"user","content":"<\"Ship\">","timestamp":"2026-03-01T09:30:00.000001"}]`
	if string(o.Messages) != want || !o.UpdatedAt.Equal(now) {
		t.Errorf("got  %s\nwant %s", o.Messages, want)
	}
	o.Say(OnboardingAssistant, "What for?", now)
	if _, ok := o.Unanswered(); ok {
		t.Error("the agent has answered")
	}
}

func TestChoseFullAutonomy(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"": false, "balanced": false, "ask_first": false, "autonomous": true, " AUTONOMOUS ": true, "fully_autonomous": true, "Fully-Autonomous": true,
		"full_autonomy": true, "full autonomy": false, "acts fully autonomously": true, "semi-autonomous": false, "fully": false,
	} {
		if got := ChoseFullAutonomy("balanced", word); got != want {
			t.Errorf("%q: %v, want %v", word, got, want)
		}
	}
}

func TestZonedTime(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"2031-05-01": "2031-05-01T00:00:00", "2031-05-01T10:00": "2031-05-01T10:00:00", "2031-05-01T10:00:00.5": "2031-05-01T10:00:00.500000",
		"2031-05-01T10:00:00Z": "2031-05-01T10:00:00Z", "2031-05-01 10:00:00z": "2031-05-01T10:00:00Z", "2031-05-01T10:00:00+00:00": "2031-05-01T10:00:00Z",
		"2031-05-01T01:00:00+02:00": "2031-05-01T01:00:00+02:00", "2031-05-01T23:30:00-0530": "2031-05-01T23:30:00-05:30", "1700000000": "2023-11-14T22:13:20",
	} {
		if got, err := ZonedTime(sent); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", sent, got, err, want)
		}
	}
	if _, err := ZonedTime("soon"); err == nil {
		t.Error("soon is a time")
	}
}

func TestWithoutNulls(t *testing.T) {
	t.Parallel()
	sent := JSON(`{"b":1.0,"gone":null,"metrics":{"z":null,"a":1},"who":{"x":null},"text":"null"}`)
	if got := string(sent.WithoutNulls("who")); got != `{"b":1.0,"metrics":{"z":null,"a":1},"who":{},"text":"null"}` {
		t.Errorf("got %s", got)
	}
	if got := string(JSON(`[null]`).WithoutNulls()); got != `[null]` {
		t.Errorf("got %s", got)
	}
}
