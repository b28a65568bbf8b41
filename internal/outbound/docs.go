package outbound

import (
	"net/http"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// What the OpenAPI document says of the operations beyond their declarations.

var (
	errNoWebhook  = httpapi.Refusal(http.StatusNotFound, nil, "there is no such outbound webhook on the board")
	errNoDelivery = httpapi.Refusal(http.StatusNotFound, nil, "there is no such outbound webhook on the board, or no such call of it")
)

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var webhookExamples = map[string]any{"webhook": OutboundWebhookRead{
	ID: mc.MustID("88888888-8888-4888-8888-88888888888b"), BoardID: mc.MustID("11111111-1111-4111-8111-111111111111"), URL: "https://hooks.example.com/board",
	Description: "Build status", Events: []mc.EventPattern{"task.*", "approval.created"}, Enabled: true, HasSecret: true, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}}

var createExamples = map[string]any{
	"signed": map[string]any{"url": "https://hooks.example.com/board", "description": "Build status", "events": []string{"task.*", "approval.created"}, "secret": "a long random text"},
}

var changeExamples = map[string]any{
	"enable_again": map[string]any{"enabled": true},
	"other_events": map[string]any{"events": []string{"task.status_changed"}},
}
