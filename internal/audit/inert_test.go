package audit

import "testing"

func TestInert(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " ": " ", "Ann": "Ann", "a=b": "a=b", "é": "é", "2026-03-01T12:00:00": "2026-03-01T12:00:00", `{"a":1}`: `{"a":1}`,
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "  =1": "'  =1", "＝1": "'＝1", "'=1": "'=1",
	} {
		if got := inert(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
