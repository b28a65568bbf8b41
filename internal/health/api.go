package health

import (
	"context"
	"net/http"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
)

// Register declares the probes.
func (f *Feature) Register(r *httpapi.Router, _ *access.Guards) {
	tag := []string{"health"}
	well := map[string]any{"well": HealthStatusResponse{OK: true}}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/health", Name: "health", Tags: tag,
		Summary:          "Is the server alive?",
		Description:      "Answers as soon as the server does, whatever the state of what it depends on.",
		ResponseExamples: well,
	}, httpapi.Open(), f.alive)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/healthz", Name: "healthz", Tags: tag,
		Summary:          "Is the server alive? (second name)",
		Description:      "The same as /health, under the name that some supervisors ask for.",
		ResponseExamples: well,
	}, httpapi.Open(), f.alive)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/readyz", Name: "readyz", Tags: tag,
		Summary:          "Is the server ready for requests?",
		Description:      "Asks the database, and Redis where it is in use, and wants an answer within a second. What fails is named in checks.",
		Errors:           []httpapi.ErrorDoc{{Status: http.StatusServiceUnavailable, When: "something that the server depends on does not answer; checks says what, and why", Schema: HealthStatusResponse{}}},
		ResponseExamples: well,
	}, httpapi.Open(), f.ready)
}

// HealthStatusResponse is the answer of a probe.
type HealthStatusResponse struct {
	OK     bool              `json:"ok"`
	Checks map[string]string `json:"checks,omitempty" doc:"What fails, by name, and why; absent when nothing does."`
}

// StatusCode tells supervisors, which do not read bodies.
func (h HealthStatusResponse) StatusCode() int {
	if h.OK {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

func (f *Feature) alive(context.Context, struct{}, *httpapi.None) (HealthStatusResponse, error) {
	return HealthStatusResponse{OK: true}, nil
}

func (f *Feature) ready(ctx context.Context, _ struct{}, _ *httpapi.None) (HealthStatusResponse, error) {
	failed := f.Ready(ctx)
	return HealthStatusResponse{OK: len(failed) == 0, Checks: failed}, nil
}
