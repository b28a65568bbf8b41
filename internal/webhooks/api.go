package webhooks

import (
	"context"
	"net/http"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

const path = "/api/v1/boards/{board_id}/webhooks"

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"board-webhooks"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path, Name: "list_board_webhooks", Tags: tag,
		Summary:          "List a board's webhooks",
		Description:      "Lists the addresses at which outside events become work on the board, newest first. Secrets are not shown.",
		ResponseExamples: map[string]any{"webhooks": httpapi.NewPage([]WebhookRead{exampleWebhook}, 1, examplePage)},
	}, g.Board(access.Read), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path, Name: "create_board_webhook", Tags: tag, SecretBody: true,
		Summary:         "Create a webhook",
		Description:     "Adds an address to which others post. With a secret they have to sign what they post.",
		Errors:          []httpapi.ErrorDoc{errForeignAgent},
		RequestExamples: createExamples, ResponseExamples: webhookExamples,
	}, g.Board(access.Write), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}", Name: "get_board_webhook", Tags: tag,
		Summary:     "Get a webhook",
		Description: "Returns a webhook of the board, without its secret.",
		Errors:      []httpapi.ErrorDoc{errNoWebhook}, ResponseExamples: webhookExamples,
	}, g.Board(access.Read), f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: path + "/{webhook_id}", Name: "update_board_webhook", Tags: tag,
		Summary:         "Change a webhook",
		Description:     "Changes the fields that are sent. A null secret, header or agent is taken away.",
		Errors:          []httpapi.ErrorDoc{errNoWebhook, errForeignAgent},
		RequestExamples: changeExamples, ResponseExamples: webhookExamples,
	}, g.Board(access.Write), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: path + "/{webhook_id}", Name: "delete_board_webhook", Tags: tag,
		Summary:     "Delete a webhook",
		Description: "Removes a webhook with its payloads. What the board remembers of them stays.",
		Errors:      []httpapi.ErrorDoc{errNoWebhook},
	}, g.Board(access.Write), f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path + "/{webhook_id}", Name: "ingest_board_webhook", Tags: tag, Success: http.StatusAccepted,
		Summary:          "Call a webhook",
		Description:      ingestDescription(),
		Errors:           f.ingestErrors(),
		ResponseExamples: map[string]any{"taken": exampleIngest},
	}, g.WebhookSender(), f.ingest)
	f.registerPayloads(r, g, tag)
}

func (f *Feature) registerPayloads(r *httpapi.Router, g *access.Guards, tag []string) {
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}/payloads", Name: "list_board_webhook_payloads", Tags: tag,
		Summary:          "List a webhook's payloads",
		Description:      "Lists what calls of a webhook brought, newest first.",
		Errors:           []httpapi.ErrorDoc{errNoWebhook},
		ResponseExamples: map[string]any{"payloads": httpapi.NewPage([]PayloadRead{examplePayload}, 1, examplePage)},
	}, g.Board(access.Read), f.payloads)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}/payloads/{payload_id}", Name: "get_board_webhook_payload", Tags: tag,
		Summary:     "Get a payload",
		Description: "Returns what one call of a webhook brought.",
		Errors:      []httpapi.ErrorDoc{errNoPayload}, ResponseExamples: payloadExamples,
	}, g.Board(access.Read), f.payload)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path + "/{webhook_id}/payloads/{payload_id}/redeliver", Name: "redeliver_board_webhook_payload", Tags: tag, Success: http.StatusAccepted,
		Summary:          "Deliver a payload again",
		Description:      "Tells the agent of the webhook, or the lead, once more of a payload, whatever came of it before.",
		Errors:           []httpapi.ErrorDoc{errNoPayload, httpapi.Refusal(http.StatusConflict, nobodyToTell, "the board has no such agent, or no gateway that could reach it")},
		ResponseExamples: map[string]any{"taken": exampleIngest},
	}, g.Board(access.Write), f.redeliver)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}/deliveries", Name: "list_board_webhook_deliveries", Tags: tag,
		Summary:          "List a webhook's deliveries",
		Description:      "Lists the messages that tell agents of payloads, newest first: how often each was tried, and what came of it.",
		Errors:           []httpapi.ErrorDoc{errNoWebhook},
		ResponseExamples: map[string]any{"deliveries": httpapi.NewPage([]DeliveryRead{exampleDelivery}, 1, examplePage)},
	}, g.Board(access.Read), f.deliveries)
}

// RegisterForAgents declares what agents may see of payloads, as part of their
// own API.
func (f *Feature) RegisterForAgents(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/boards/{board_id}/webhooks/{webhook_id}/payloads/{payload_id}", Name: "get_webhook_payload",
		Tags:        []string{"agent", "agent-lead", "agent-worker"},
		Summary:     "Read a webhook's payload",
		Description: "Returns what one call of a webhook brought; with max_chars no more of it than fits.",
		Errors:      []httpapi.ErrorDoc{errNoPayload}, ResponseExamples: payloadExamples, Hints: payloadHints,
	}, g.AgentBoard(), f.payload)
}

type (
	webhookInput struct {
		ID mc.ID `path:"webhook_id"`
	}
	createInput struct{ Body WebhookCreate }
	changeInput struct {
		webhookInput
		Body WebhookUpdate
	}
	ingestInput struct{ Body *httpapi.RawBody }
	shortened   struct {
		MaxChars *int `query:"max_chars" minimum:"1" maximum:"1000000" doc:"A payload whose text is longer becomes the beginning of its text."`
	}
	payloadsInput struct {
		webhookInput
		httpapi.PageQuery
		shortened
	}
	payloadInput struct {
		webhookInput
		PayloadID mc.ID `path:"payload_id"`
		shortened
	}
	redeliverInput struct {
		webhookInput
		PayloadID mc.ID `path:"payload_id"`
	}
	deliveriesInput struct {
		webhookInput
		PayloadID *mc.ID            `query:"payload_id" doc:"Only deliveries of this payload."`
		State     *mc.DeliveryState `query:"state" doc:"Only deliveries in this state."`
		httpapi.PageQuery
	}
)

func (s shortened) apply(p mc.WebhookPayload) PayloadRead {
	if s.MaxChars != nil {
		p = p.Shortened(*s.MaxChars)
	}
	return payloadView(p)
}

func (f *Feature) list(ctx context.Context, b access.Board, in *httpapi.PageQuery) (httpapi.Page[WebhookRead], error) {
	webhooks, total, err := f.store.Webhooks(ctx, b.Board.ID, in.Limit, in.Offset)
	return httpapi.NewPage(views.Each(webhooks, f.view), total, *in), err
}

func (f *Feature) create(ctx context.Context, b access.Board, in *createInput) (WebhookRead, error) {
	w, err := f.Create(ctx, b.Board, in.Body)
	return f.view(w), err
}

func (f *Feature) get(ctx context.Context, b access.Board, in *webhookInput) (WebhookRead, error) {
	w, err := f.store.Webhook(ctx, b.Board.ID, in.ID)
	return f.view(w), err
}

func (f *Feature) change(ctx context.Context, b access.Board, in *changeInput) (WebhookRead, error) {
	w, err := f.Change(ctx, b.Board, in.ID, in.Body)
	return f.view(w), err
}

func (f *Feature) remove(ctx context.Context, b access.Board, in *webhookInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, b.Board, in.ID)
}

func taken(p mc.WebhookPayload) IngestRead {
	return IngestRead{OK: true, BoardID: p.BoardID, WebhookID: p.WebhookID, PayloadID: p.ID}
}

func (f *Feature) ingest(ctx context.Context, call access.WebhookCall, in *ingestInput) (IngestRead, error) {
	p, err := f.Ingest(ctx, call, in.Body)
	return taken(p), err
}

func (f *Feature) payloads(ctx context.Context, b access.Board, in *payloadsInput) (page httpapi.Page[PayloadRead], err error) {
	w, err := f.store.Webhook(ctx, b.Board.ID, in.ID)
	if err != nil {
		return page, err
	}
	payloads, total, err := f.store.WebhookPayloads(ctx, w, in.Limit, in.Offset)
	return httpapi.NewPage(views.Each(payloads, in.apply), total, in.PageQuery), err
}

func (f *Feature) payload(ctx context.Context, b access.Board, in *payloadInput) (PayloadRead, error) {
	p, err := f.store.WebhookPayload(ctx, b.Board.ID, in.ID, in.PayloadID)
	return in.apply(p), err
}

func (f *Feature) redeliver(ctx context.Context, b access.Board, in *redeliverInput) (IngestRead, error) {
	p, err := f.Redeliver(ctx, b.Board, in.ID, in.PayloadID)
	return taken(p), err
}

func (f *Feature) deliveries(ctx context.Context, b access.Board, in *deliveriesInput) (page httpapi.Page[DeliveryRead], err error) {
	if _, err := f.store.Webhook(ctx, b.Board.ID, in.ID); err != nil {
		return page, err
	}
	deliveries, total, err := f.store.WebhookDeliveries(ctx, in.ID, in.PayloadID, in.State, in.Limit, in.Offset)
	return httpapi.NewPage(views.Each(deliveries, deliveryView), total, in.PageQuery), err
}
