package main

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/test/load/floor"
)

// newFloor is a filled floor in this process.
func newFloor(t *testing.T, name string) *subject {
	t.Helper()
	f, err := floor.Open(t.Context(), filepath.Join(t.TempDir(), "floor.db"), "secret")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(f)
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &subject{name: name, api: newAPI(web.URL, "secret")}
	if s.world, err = seed(t.Context(), s.api, options{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// A server compared with itself: whatever is measured, nothing is refused and
// nothing differs.
func TestMeasuresEveryOperation(t *testing.T) {
	t.Parallel()
	ours, other := newFloor(t, "ours"), newFloor(t, "floor")
	differences, err := compareAnswers(t.Context(), ours, other)
	if err != nil || len(differences) > 0 {
		t.Fatalf("compareAnswers: %q, %v", differences, err)
	}
	o, err := parseOptions([]string{"-rounds", "2", "-each", "20ms", "-warmup", "0", "-connections", "2", "-streams", "5", "-events", "4"})
	if err != nil {
		t.Fatal(err)
	}
	r := &results{}
	subjects := []*subject{ours, other}
	if err := measureOperations(t.Context(), o, subjects, r); err != nil {
		t.Fatal(err)
	}
	if err := measureFanOut(t.Context(), o, subjects, r); err != nil {
		t.Fatal(err)
	}
	var measured []string
	for _, m := range r.Operations {
		measured = append(measured, m.Name)
		if m.Ratio <= 0 || len(m.Ratios) != 2 || m.Ours.Requests == 0 || m.Floor.P99 < m.Floor.P50 {
			t.Errorf("%s: %+v", m.Name, m)
		}
	}
	var want []string
	for _, op := range operations {
		want = append(want, op.name)
	}
	if diff := cmp.Diff(want, measured); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	for _, f := range []*fanOut{r.FanOut.Ours, r.FanOut.Floor} {
		if f.Lost != 0 || f.SinceRequest.P50 <= 0 || f.SinceRequest.Max < f.SinceAnswer.Max {
			t.Errorf("fan-out: %+v", f)
		}
	}
	var table strings.Builder
	if err := r.print(&table); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(want, "fan-out of 4 events to 5 streams") {
		if !strings.Contains(table.String(), name) {
			t.Errorf("no %s in\n%s", name, &table)
		}
	}
	var markdown strings.Builder
	if err := r.printMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	for _, name := range want {
		if !strings.Contains(markdown.String(), "| "+name+" |") {
			t.Errorf("no %s in\n%s", name, &markdown)
		}
	}
}

func TestStatusChangesAreNeverIdle(t *testing.T) {
	t.Parallel()
	w := &world{crew: "c", movable: []string{"a", "b"}}
	var got []string
	for _, op := range operations {
		for n := 0; op.name == "status change" && n < 7; n++ {
			r := op.request(w, n)
			got = append(got, r.path[len(r.path)-1:]+" "+string(r.body))
		}
	}
	want := []string{
		`a {"status": "in_progress"}`, `b {"status": "in_progress"}`, `a {"status": "review"}`, `b {"status": "review"}`,
		`a {"status": "inbox"}`, `b {"status": "inbox"}`, `a {"status": "in_progress"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWrongAnswersAreAnError(t *testing.T) {
	t.Parallel()
	s := newFloor(t, "floor")
	s.world.crew = s.world.movable[0] // no board
	for _, op := range operations {
		if op.name != "comment" {
			continue
		}
		if _, err := newLoad(s, op, 1).attack(t.Context(), 10*time.Millisecond); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("attack: %v", err)
		}
	}
}

func TestNoteFindsEvents(t *testing.T) {
	t.Parallel()
	a := newAudience(nil, 2, 13)
	a.note(1, []byte(`data: {"task": {"title": "bench-event-3."}, "comment": {"message": "bench-event-12."}}`))
	a.note(1, []byte(`data: {"message": "bench-event-12. and bench-event-99. and bench-event-x."}`))
	for n := range a.events {
		if heard := a.heard[n][1] != 0; heard != (n == 3 || n == 12) || a.heard[n][0] != 0 {
			t.Errorf("event %d: %v", n, a.heard[n])
		}
	}
	a.note(0, []byte("bench-event-12."))
	select {
	case <-a.reached[12]:
	default:
		t.Error("event 12 has reached both streams")
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	form(got, "", map[string]any{"total": 2, "items": []any{map[string]any{"id": "x"}, map[string]any{"id": nil}}, "tags": []any{}})
	want := map[string]bool{".total": true, ".items[0].id": true, ".items[1].id": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	var d []time.Duration
	for i := range 100 {
		d = append(d, time.Duration(100-i))
	}
	if got, want := spreadOf(d), (spread{P50: 51, P95: 96, P99: 100, Max: 100}); got != want {
		t.Errorf("spreadOf: %+v, want %+v", got, want)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Errorf("spreadOf nothing: %+v", got)
	}
	for _, tt := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 4}, 4}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(tt.of); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.of, got, tt.want)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-server", "http://localhost"}, {"-only", "("}, {"surplus"}, {"-unknown"}} {
		if _, err := parseOptions(args); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
