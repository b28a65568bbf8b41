package mc

import (
	"encoding/json"
	"testing"
)

func TestFloatKeepsItsFraction(t *testing.T) {
	t.Parallel()
	for f, want := range map[Float]string{0: "0.0", 70: "70.0", 72.5: "72.5", 99.9: "99.9", 100: "100.0", 0.00001: "1e-05", 1e21: "1e+21"} {
		if got := f.String(); got != want {
			t.Errorf("%v is written %s, want %s", float64(f), got, want)
		}
		b, err := json.Marshal(struct{ F Float }{f})
		var back struct{ F float64 }
		if err != nil || json.Unmarshal(b, &back) != nil || Float(back.F) != f {
			t.Errorf("%v becomes %s, %v", float64(f), b, err)
		}
	}
}
