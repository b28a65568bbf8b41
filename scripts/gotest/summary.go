package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // instead of Package, of build output
	Test       string
	Elapsed    float64 // seconds
	Output     string
}

// testID names a test; with an empty test, the package itself.
type testID struct{ pkg, test string }

// summary shows packages as they end and counts tests.
type summary struct {
	out             io.Writer
	output          map[testID]*strings.Builder // of tests that have not ended
	passedIn        map[string]int              // by package
	passed          int
	failed, skipped []string
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, output: map[testID]*strings.Builder{}, passedIn: map[string]int{}}
}

func (s *summary) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		s.printf("%s", line)
		return
	}
	id := testID{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		s.printf("%s", e.Output)
	case "output":
		if s.output[id] == nil {
			s.output[id] = &strings.Builder{}
		}
		s.output[id].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
		} else {
			s.endTest(e)
		}
		delete(s.output, id)
	}
}

func (s *summary) endTest(e event) {
	switch e.Action {
	case "pass":
		s.passed++
		s.passedIn[e.Package]++
	case "fail":
		s.failed = append(s.failed, e.Package+" "+e.Test)
		s.printf("%s", s.text(testID{e.Package, e.Test}))
	case "skip":
		s.skipped = append(s.skipped, e.Package+" "+e.Test)
		s.printf("%s", s.text(testID{e.Package, e.Test}))
	}
}

func (s *summary) endPackage(e event) {
	switch e.Action {
	case "pass":
		s.printf("ok   %s %.1fs, %d tests\n", e.Package, e.Elapsed, s.passedIn[e.Package])
	case "fail":
		// Tests that never ended: a panic, a time limit, an exit.
		for _, id := range slices.SortedFunc(maps.Keys(s.output), compareIDs) {
			if id.pkg == e.Package && id.test != "" {
				s.failed = append(s.failed, id.pkg+" "+id.test+" (did not end)")
				s.printf("%s", s.text(id))
				delete(s.output, id)
			}
		}
		s.printf("%sFAIL %s %.1fs\n", s.text(testID{pkg: e.Package}), e.Package, e.Elapsed)
		if !slices.ContainsFunc(s.failed, func(name string) bool { return strings.HasPrefix(name, e.Package+" ") }) {
			s.failed = append(s.failed, e.Package+" (the package)")
		}
	}
}

// finish prints what is to be repaired, and the counts; it reports success.
func (s *summary) finish(failOnSkip, exitedWell bool) bool {
	for _, name := range s.skipped {
		s.printf("SKIP %s\n", name)
	}
	if failOnSkip {
		s.failed = append(s.failed, s.skipped...)
	}
	if !exitedWell && len(s.failed) == 0 {
		s.failed = append(s.failed, "go test itself")
	}
	for _, name := range s.failed {
		s.printf("FAIL %s\n", name)
	}
	s.printf("%d passed, %d failed\n", s.passed, len(s.failed))
	return len(s.failed) == 0
}

func (s *summary) text(id testID) string {
	if s.output[id] == nil {
		return ""
	}
	return s.output[id].String()
}

func (s *summary) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
}

func compareIDs(a, b testID) int {
	return strings.Compare(a.pkg+" "+a.test, b.pkg+" "+b.test)
}
