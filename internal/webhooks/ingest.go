package webhooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

const disabled = "Webhook is disabled."

func tooLarge(most int64) string {
	return fmt.Sprintf("Payload exceeds maximum size of %d bytes.", most)
}

// Ingest takes a call: it is read only once the webhook is known to want it,
// and believed only once its signature was checked. Whatever comes of it is one
// transaction: payload, memory and the message to the agent.
func (f *Feature) Ingest(ctx context.Context, call access.WebhookCall, body *httpapi.RawBody) (mc.WebhookPayload, error) {
	var none mc.WebhookPayload
	w, err := f.store.Webhook(ctx, call.Board.ID, call.WebhookID)
	if err != nil {
		return none, err
	}
	if !w.Enabled {
		return none, httpapi.StatusError(http.StatusGone, disabled)
	}
	raw, err := body.Read(f.cfg.Reading)
	if errors.Is(err, httpapi.ErrBodyTooLarge) {
		return none, httpapi.StatusError(http.StatusRequestEntityTooLarge, tooLarge(f.cfg.Reading.Most))
	}
	if err != nil {
		return none, err
	}
	sent := mc.WebhookCall{Header: body.Header().Get, Body: raw}
	if err := f.checkSignature(ctx, w, sent); err != nil {
		return none, err
	}
	p := payloadOf(ctx, w, sent, body.Header())
	f.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "webhook.ingest.received",
		lineOf(p, slog.String("source_ip", httpapi.ClientAddr(ctx)), slog.String("content_type", body.Header().Get("Content-Type")))...)
	return f.keep(ctx, call.Board, w, p, sent.DeliveryID(w.DeliveryIDHeader))
}

func (f *Feature) checkSignature(ctx context.Context, w mc.Webhook, sent mc.WebhookCall) error {
	if !w.HasSecret {
		return nil
	}
	secret, err := f.store.WebhookSecret(ctx, w.ID)
	if err != nil || secret == nil || *secret == "" { // taken away meanwhile
		return err
	}
	return sent.CheckSignature(*secret, w.SignatureHeader)
}

func payloadOf(ctx context.Context, w mc.Webhook, sent mc.WebhookCall, header http.Header) mc.WebhookPayload {
	p := mc.WebhookPayload{ID: mc.NewID(), BoardID: w.BoardID, WebhookID: w.ID, Payload: sent.Payload()}
	p.Headers = mc.KeptHeaders(slices.Collect(maps.Keys(header)), func(name string) string { return strings.Join(header.Values(name), ", ") }, w.SignatureHeader)
	if addr := httpapi.ClientAddr(ctx); addr != "" {
		p.SourceIP = &addr
	}
	if contentType := header.Get("Content-Type"); contentType != "" {
		p.ContentType = mc.Ref(strings.ToValidUTF8(contentType, "\uFFFD"))
	}
	return p
}

// keep writes a payload and what follows from it, unless the call is a
// repetition: then it is answered with what the first one brought.
func (f *Feature) keep(ctx context.Context, board mc.Board, w mc.Webhook, p mc.WebhookPayload, deliveryID string) (mc.WebhookPayload, error) {
	mine, enqueued := p.ID, false
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		p.ID, p.ReceivedAt, enqueued = mine, tx.Tick(), false
		if deliveryID != "" {
			receipt := mc.WebhookReceipt{WebhookID: w.ID, DeliveryID: deliveryID, PayloadID: p.ID, ReceivedAt: p.ReceivedAt}
			first, err := tx.ClaimWebhookReceipt(ctx, receipt, tx.Now().Add(-rememberedFor))
			if err != nil {
				return err
			}
			if p.ID = first; first != mine {
				return nil
			}
		}
		if err := tx.InsertWebhookPayload(ctx, p); err != nil {
			return err
		}
		if err := tx.InsertBoardMemory(ctx, mc.WebhookMemory(w, p, tx.Tick())); err != nil {
			return err
		}
		told, err := f.tell(ctx, tx, board, w, p)
		enqueued = told
		return err
	})
	switch {
	case err != nil:
		return p, err
	case p.ID != mine:
		f.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "webhook.ingest.repeated", lineOf(p)...)
	default:
		f.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "webhook.ingest.persisted", lineOf(p)...)
		f.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "webhook.ingest.enqueued", lineOf(p, slog.Bool("enqueued", enqueued))...)
	}
	return p, nil
}

// tell queues the message to the agent of a webhook, if there is one that can
// be reached.
func (f *Feature) tell(ctx context.Context, tx *store.Tx, board mc.Board, w mc.Webhook, p mc.WebhookPayload) (bool, error) {
	agents, err := tx.AgentsOfBoard(ctx, board.ID)
	if err != nil {
		return false, err
	}
	target := mc.WebhookTarget(w, agents)
	if target == nil {
		return false, nil
	}
	return f.notify.QueueAny(ctx, tx, notify.Message{
		To: *target, Label: target.Name, Text: mc.WebhookMessage(w, p, board), Record: mc.WebhookRecord(p, *target), Board: board, Payload: &p,
	})
}

// lineOf is what a log line tells of a payload: ids, and never its content.
func lineOf(p mc.WebhookPayload, more ...slog.Attr) []slog.Attr {
	return append([]slog.Attr{
		slog.String("board_id", p.BoardID.String()), slog.String("webhook_id", p.WebhookID.String()), slog.String("payload_id", p.ID.String()),
	}, more...)
}
