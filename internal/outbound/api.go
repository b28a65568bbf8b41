package outbound

import (
	"context"
	"net/http"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

const path = "/api/v1/boards/{board_id}/outbound-webhooks"

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"outbound-webhooks"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path, Name: "list_outbound_webhooks", Tags: tag,
		Summary:     "List outbound webhooks",
		Description: "Lists the addresses that are told what happens on the board, newest first. Secrets are not shown.",
	}, g.Board(access.Read), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path, Name: "create_outbound_webhook", Tags: tag, SecretBody: true,
		Summary: "Create an outbound webhook",
		Description: "Adds an address that is called, with POST, for each event of the chosen types. With a secret calls are signed: X-Hub-Signature-256 is the HMAC-SHA256 of the body, " +
			"X-Mission-Control-Signature that of X-Mission-Control-Timestamp, a dot and the body. An answer that is not 2xx counts as a failure and is tried again; redirects are not followed. " +
			"X-Mission-Control-Delivery is the same in all tries. Calls come in no particular order; sequence tells it.",
		Errors:          []httpapi.ErrorDoc{httpapi.Refusal(http.StatusConflict, tooMany, "the board has as many already")},
		RequestExamples: createExamples, ResponseExamples: webhookExamples,
	}, g.Board(access.Write), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}", Name: "get_outbound_webhook", Tags: tag,
		Summary:     "Get an outbound webhook",
		Description: "Returns an address that is told of the board, without its secret.",
		Errors:      []httpapi.ErrorDoc{errNoWebhook}, ResponseExamples: webhookExamples,
	}, g.Board(access.Read), f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: path + "/{webhook_id}", Name: "update_outbound_webhook", Tags: tag,
		Summary:         "Change an outbound webhook",
		Description:     "Changes the fields that are sent. Calls that are on their way go to the new address.",
		Errors:          []httpapi.ErrorDoc{errNoWebhook},
		RequestExamples: changeExamples, ResponseExamples: webhookExamples,
	}, g.Board(access.Write), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: path + "/{webhook_id}", Name: "delete_outbound_webhook", Tags: tag,
		Summary:     "Delete an outbound webhook",
		Description: "Removes an address with all that is known of its calls.",
		Errors:      []httpapi.ErrorDoc{errNoWebhook},
	}, g.Board(access.Write), f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}/deliveries", Name: "list_outbound_webhook_deliveries", Tags: tag,
		Summary:     "List calls",
		Description: "Lists the calls of an address, newest first, and what came of them.",
		Errors:      []httpapi.ErrorDoc{errNoWebhook},
	}, g.Board(access.Read), f.deliveries)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path + "/{webhook_id}/deliveries/{delivery_id}", Name: "get_outbound_webhook_delivery", Tags: tag,
		Summary:     "Get a call",
		Description: "Returns what a call sends, and every try of it.",
		Errors:      []httpapi.ErrorDoc{errNoDelivery},
	}, g.Board(access.Read), f.delivery)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path + "/{webhook_id}/deliveries/{delivery_id}/redeliver", Name: "redeliver_outbound_webhook_delivery", Tags: tag, Success: http.StatusAccepted,
		Summary:     "Make a call again",
		Description: "Makes a call again, at once, whatever came of it before, and tries again as often as the first time.",
		Errors:      []httpapi.ErrorDoc{errNoDelivery},
	}, g.Board(access.Write), f.redeliver)
}

type (
	webhookInput struct {
		ID mc.ID `path:"webhook_id"`
	}
	createInput struct{ Body OutboundWebhookCreate }
	changeInput struct {
		webhookInput
		Body OutboundWebhookUpdate
	}
	deliveriesInput struct {
		webhookInput
		State *mc.DeliveryState `query:"state" doc:"Only calls in this state."`
		httpapi.PageQuery
	}
	deliveryInput struct {
		webhookInput
		DeliveryID mc.ID `path:"delivery_id"`
	}
)

func (f *Feature) list(ctx context.Context, b access.Board, in *httpapi.PageQuery) (httpapi.Page[OutboundWebhookRead], error) {
	webhooks, total, err := f.store.OutboundWebhooks(ctx, b.Board.ID, in.Limit, in.Offset)
	return httpapi.NewPage(views.Each(webhooks, view), total, *in), err
}

func (f *Feature) create(ctx context.Context, b access.Board, in *createInput) (OutboundWebhookRead, error) {
	w, err := f.Create(ctx, b.Board, in.Body)
	return view(w), err
}

func (f *Feature) get(ctx context.Context, b access.Board, in *webhookInput) (OutboundWebhookRead, error) {
	w, err := f.store.OutboundWebhook(ctx, b.Board.ID, in.ID)
	return view(w), err
}

func (f *Feature) change(ctx context.Context, b access.Board, in *changeInput) (OutboundWebhookRead, error) {
	w, err := f.Change(ctx, b.Board, in.ID, in.Body)
	return view(w), err
}

func (f *Feature) remove(ctx context.Context, b access.Board, in *webhookInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, b.Board, in.ID)
}

func (f *Feature) deliveries(ctx context.Context, b access.Board, in *deliveriesInput) (page httpapi.Page[OutboundDeliveryRead], err error) {
	if _, err := f.store.OutboundWebhook(ctx, b.Board.ID, in.ID); err != nil {
		return page, err
	}
	calls, total, err := f.store.OutboundDeliveries(ctx, in.ID, in.State, in.Limit, in.Offset)
	return httpapi.NewPage(views.Each(calls, deliveryView), total, in.PageQuery), err
}

func (f *Feature) delivery(ctx context.Context, b access.Board, in *deliveryInput) (detail OutboundDeliveryDetail, err error) {
	if _, err := f.store.OutboundWebhook(ctx, b.Board.ID, in.ID); err != nil {
		return detail, err
	}
	d, err := f.store.OutboundDelivery(ctx, in.ID, in.DeliveryID)
	if err != nil {
		return detail, err
	}
	attempts, err := f.store.OutboundAttempts(ctx, d.ID)
	return detailView(d, attempts), err
}

func (f *Feature) redeliver(ctx context.Context, b access.Board, in *deliveryInput) (OutboundDeliveryRead, error) {
	d, err := f.Redeliver(ctx, b.Board, in.ID, in.DeliveryID)
	return deliveryView(d), err
}
