package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/telemetry"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Request("list_boards", http.MethodGet, 200, 20*time.Millisecond)
	m.Request("list_boards", http.MethodGet, 204, 20*time.Millisecond)
	m.Request("", "BREW", 404, time.Millisecond)
	m.Job("provision", telemetry.Retried, time.Second)
	m.GatewayCall("sessions.patch", telemetry.OK, time.Second)
	closed := m.StreamOpened("tasks")
	m.StreamOpened("tasks")
	closed()
	m.StreamDropped("tasks")

	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`mission_control_http_request_duration_seconds_count{method="GET",operation="list_boards",status="2xx"} 2`,
		`mission_control_http_request_duration_seconds_count{method="other",operation="none",status="4xx"} 1`,
		`mission_control_job_duration_seconds_count{kind="provision",outcome="retried"} 1`,
		`mission_control_gateway_call_duration_seconds_count{call="sessions.patch",outcome="ok"} 1`,
		`mission_control_streams_open{stream="tasks"} 1`,
		`mission_control_streams_dropped_total{stream="tasks"} 1`,
		`go_goroutines `,
	} {
		if !strings.Contains(answer.Body.String(), "\n"+want) {
			t.Errorf("missing: %s", want)
		}
	}
}
