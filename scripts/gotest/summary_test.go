package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		events     string
		failOnSkip bool
		exitedWell bool
		ok         bool
		shows      []string
		hides      []string
	}{
		{
			name: "passing tests are counted, their output is not shown",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"chatter\n"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestX/sub"}
{"Action":"pass","Package":"a","Elapsed":1.25}
{"Action":"skip","Package":"no-tests"}`,
			exitedWell: true, ok: true,
			shows: []string{"ok   a 1.2s, 2 tests", "\n2 passed, 0 failed\n"},
			hides: []string{"chatter", "no-tests"},
		},
		{
			name: "a failing test shows its output",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Output":"coverage\n"}
{"Action":"fail","Package":"a","Elapsed":1}`,
			shows: []string{"got 1, want 2", "FAIL a TestX", "0 passed, 1 failed\n"},
			hides: []string{"(the package)"},
		},
		{
			name: "a panic fails the test that was running",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"panic: oh\n"}
{"Action":"fail","Package":"a","Elapsed":1}`,
			shows: []string{"panic: oh", "FAIL a TestX (did not end)", "0 passed, 1 failed\n"},
		},
		{
			name: "a package that does not build fails",
			events: `{"Action":"build-output","ImportPath":"a [a.test]","Output":"a.go:1: undefined: x\n"}
{"Action":"build-fail","ImportPath":"a [a.test]"}
{"Action":"output","Package":"a","Output":"FAIL\ta [build failed]\n"}
{"Action":"fail","Package":"a","Elapsed":0}`,
			shows: []string{"undefined: x", "FAIL a (the package)", "0 passed, 1 failed\n"},
		},
		{
			name:       "lines that are no events are shown",
			events:     "flag provided but not defined: -x",
			shows:      []string{"flag provided", "FAIL go test itself", "0 passed, 1 failed\n"},
			exitedWell: false,
		},
		{
			name: "a skipped test is named",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"no database\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Elapsed":1}`,
			exitedWell: true, ok: true,
			shows: []string{"no database", "SKIP a TestX", "0 passed, 0 failed\n"},
		},
		{
			name: "a skipped test fails where nothing may be missing",
			events: `{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Elapsed":1}`,
			exitedWell: true, failOnSkip: true,
			shows: []string{"FAIL a TestX", "0 passed, 1 failed\n"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := newSummary(&out)
			if err := summarize(strings.NewReader(test.events), s); err != nil {
				t.Fatal(err)
			}
			if got := s.finish(test.failOnSkip, test.exitedWell); got != test.ok {
				t.Errorf("success %t, want %t", got, test.ok)
			}
			for _, text := range test.shows {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%q is not in\n%s", text, out.String())
				}
			}
			for _, text := range test.hides {
				if strings.Contains(out.String(), text) {
					t.Errorf("%q is in\n%s", text, out.String())
				}
			}
		})
	}
}
