package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/telemetry"
)

// at is the time of the records in these tests.
var at = time.Date(2026, 1, 31, 9, 30, 0, 123_456_789, time.UTC)

// emit logs one record at a fixed time and returns what was written.
func emit(t *testing.T, ctx context.Context, o telemetry.Options, with func(*slog.Logger) *slog.Logger, level slog.Level, msg string, args ...any) string {
	t.Helper()
	var out bytes.Buffer
	o.Level = telemetry.LevelTrace
	logger := telemetry.NewLogger(&out, o)
	if with != nil {
		logger = with(logger)
	}
	r := slog.NewRecord(at, level, msg, 0)
	r.Add(args...)
	if err := logger.Handler().Handle(ctx, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	text = telemetry.Options{Format: telemetry.Text, UTC: true}
	asJS = telemetry.Options{Format: telemetry.JSON}
)

func TestText(t *testing.T) {
	t.Parallel()
	request := telemetry.WithRequest(t.Context(), telemetry.RequestInfo{ID: "r1", Method: "GET", Path: "/api/v1/boards"})
	const head = "2026-01-31 09:30:00,123 "
	tests := []struct {
		name  string
		ctx   context.Context
		with  func(*slog.Logger) *slog.Logger
		level slog.Level
		msg   string
		args  []any
		want  string
	}{
		{"plain", t.Context(), nil, slog.LevelInfo, "app.lifecycle.started", nil, "INFO app app.lifecycle.started app=mission-control version=0.1.0"},
		{
			"request and name", request,
			func(l *slog.Logger) *slog.Logger { return telemetry.Named(l, "app.core.error_handling") },
			slog.LevelWarn, "http.request.slow", []any{"duration_ms", 1200, "client_ip", "::1"},
			"WARNING app.core.error_handling http.request.slow app=mission-control version=0.1.0 request_id=r1 method=GET path=/api/v1/boards duration_ms=1200 client_ip=::1",
		},
		{
			"a field wins over the request's", request, nil, telemetry.LevelTrace, "m", []any{"path", "/other", "x", 1},
			"TRACE app m app=mission-control version=0.1.0 request_id=r1 method=GET path=/other x=1",
		},
		{
			"groups and kinds", t.Context(), func(l *slog.Logger) *slog.Logger { return l.With("a", true).WithGroup("g") },
			telemetry.LevelCritical, "m",
			[]any{"d", 1500 * time.Millisecond, slog.Group("h", "f", 2.5), "at", at, "err", errors.New("no luck"), "nothing", nil, "empty", ""},
			`CRITICAL app m app=mission-control version=0.1.0 a=true g.d=1.5s g.h.f=2.5 g.at=2026-01-31T09:30:00.123456789Z g.err="no luck" g.nothing=<nil> g.empty=""`,
		},
		{
			"a field cannot pass for a fixed one", t.Context(), nil, slog.LevelDebug, "m", []any{"level", "ERROR", "version", "9"},
			"DEBUG app m app=mission-control version=0.1.0 level_=ERROR version_=9",
		},
		{
			"log injection", telemetry.WithRequest(t.Context(), telemetry.RequestInfo{ID: "a b=c\n", Method: "GET", Path: "/\r\n2026 ERROR"}), nil,
			slog.LevelError, "m\nforged", []any{"v", "x\x1b[2Jy", "w", "\xff\u202e", "u", `say "hi"`, "ü", "größe"},
			`ERROR app m\nforged app=mission-control version=0.1.0 request_id="a b=c\n" method=GET path="/\r\n2026 ERROR" v="x\x1b[2Jy" w="\xff\u202e" u="say \"hi\"" ü=größe`,
		},
		{
			"stack", t.Context(), nil, slog.LevelError, "unhandled_exception", []any{"stack", "main.go:1\n\tx()\x07\nINFO forged\n", "n", 1},
			"ERROR app unhandled_exception app=mission-control version=0.1.0 n=1\n  stack:\n    main.go:1\n      x()\\a\n    INFO forged",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(head+tt.want+"\n", emit(t, tt.ctx, text, tt.with, tt.level, tt.msg, tt.args...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextLocalTime(t *testing.T) {
	t.Parallel()
	got := emit(t, t.Context(), telemetry.Options{}, nil, slog.LevelInfo, "m")
	if want := at.Local().Format("2006-01-02 15:04:05") + ",123 INFO "; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want it to begin with %s", got, want)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithRequest(t.Context(), telemetry.RequestInfo{ID: "r\n1", Method: "GET", Path: "/ü?<>"})
	got := emit(t, ctx, asJS, func(l *slog.Logger) *slog.Logger { return telemetry.Named(l, "app.x") }, slog.LevelWarn, "m",
		"list", []string{"a", "b"}, "err", errors.New("bad"), "took", time.Second, "message", "forged", "nan", math.NaN(), "fn", func() {} == nil,
		"stack", "a\nb", "exception", "boom")
	want := `{"timestamp":"2026-01-31T09:30:00.123456+00:00","level":"WARNING","logger":"app.x","message":"m","app":"mission-control","version":"0.1.0",` +
		`"module":"","function":"","line":0,"stack":"a\nb","exception":"boom","request_id":"r\n1","method":"GET","path":"/ü?<>",` +
		`"list":["a","b"],"err":"bad","took":"1s","message_":"forged","nan":"NaN","fn":false}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJSONSource(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	telemetry.NewLogger(&out, asJS).Info("m")
	var got struct {
		Module, Function string
		Line             int
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Module != "logger_test" || got.Function != "TestJSONSource" || got.Line == 0 {
		t.Errorf("source is %+v", got)
	}
}

func TestParseLevel(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // the least level that is logged
		"TRACE": "TRACE", "debug": "DEBUG", "Info": "INFO", "WARNING": "WARNING", "warn": "WARNING", "error": "ERROR",
		"critical": "CRITICAL", "FATAL": "CRITICAL", "": "INFO", "loud": "INFO", "-5": "INFO", "1e3": "INFO",
		"0": "TRACE", "5": "TRACE", "6": "DEBUG", "10": "DEBUG", "11": "INFO", "20": "INFO", "21": "WARNING", "29": "WARNING", "30": "WARNING",
		"31": "ERROR", "40": "ERROR", "50": "CRITICAL", "51": "", "1000000": "", " 10 ": "DEBUG",
	}
	levels := []slog.Level{telemetry.LevelTrace, slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError, telemetry.LevelCritical}
	for in, want := range tests {
		logger := telemetry.NewLogger(&bytes.Buffer{}, telemetry.Options{Level: telemetry.ParseLevel(in)})
		got := ""
		for _, level := range levels {
			if logger.Enabled(t.Context(), level) {
				got = telemetry.LevelName(level)
				break
			}
		}
		if got != want {
			t.Errorf("LOG_LEVEL=%q logs from %q on, want %q", in, got, want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]telemetry.Format{"json": telemetry.JSON, "JSON": telemetry.JSON, "": telemetry.Text, "xml": telemetry.Text} {
		if got := telemetry.ParseFormat(in); got != want {
			t.Errorf("LOG_FORMAT=%q is %s", in, got)
		}
	}
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	quiet := telemetry.AtLeast(telemetry.NewLogger(&out, text), slog.LevelWarn)
	quiet.Info("dropped")
	quiet.With("a", 1).WithGroup("g").Info("dropped")
	quiet.Warn("kept")
	if got := out.String(); strings.Contains(got, "dropped") || !strings.Contains(got, "kept") {
		t.Errorf("log is %s", got)
	}
}

func TestLoggerConcurrent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := telemetry.NewLogger(&out, text)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { telemetry.Named(logger, "n").With("a", 1).Info("m", "b", strings.Repeat("x", 500)) })
	}
	wg.Wait()
	for line := range strings.Lines(out.String()) {
		if !strings.HasSuffix(line, " a=1 b="+strings.Repeat("x", 500)+"\n") {
			t.Errorf("torn: %s", line)
		}
	}
}

// FuzzText holds that no value can end its record or forge a field.
func FuzzText(f *testing.F) {
	f.Add("id\n2026", "a=b c")
	f.Add("\x00\u2028", "\"")
	f.Fuzz(func(t *testing.T, id, value string) {
		ctx := telemetry.WithRequest(t.Context(), telemetry.RequestInfo{ID: id, Method: "GET", Path: "/"})
		line := emit(t, ctx, text, nil, slog.LevelInfo, value, "v", value)
		if strings.Count(line, "\n") != 1 || strings.ContainsAny(line, "\r\x1b\u2028") {
			t.Errorf("not one line: %q", line)
		}
		if strings.Contains(value, " v=") && !strings.Contains(line, ` v="`) {
			t.Errorf("forged: %q", line)
		}
	})
}
