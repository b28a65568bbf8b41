package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Caller is a scope that knows who calls. Keys of one caller are nothing to another.
type Caller interface{ Caller() string }

var typeCaller = reflect.TypeFor[Caller]()

const (
	idempotencyKey      = "Idempotency-Key"
	idempotencyReplayed = "Idempotency-Replayed"
	maxKeySize          = 255
	// maxKeptAnswer bounds what is kept of an answer. Of a larger one it is only
	// known that it was given.
	maxKeptAnswer = 1 << 20
	// settleWithin bounds the write that follows a request.
	settleWithin = 5 * time.Second
)

// KeyRefusal is the detail of a refusal because of the key of a request.
type KeyRefusal struct {
	Message string `json:"message"`
	Code    string `json:"code"`
}

var (
	keyBusy = mc.Conflict(KeyRefusal{
		"A request with this Idempotency-Key is still being worked on. Repeat it a little later.", "idempotency_in_progress"})
	keyUnknown = mc.Conflict(KeyRefusal{
		"The request with this Idempotency-Key was carried out, but what it was answered is not kept. Look at what there is; use another key for another try.", "idempotency_answer_unknown"})
	keyReused = mc.Unprocessable(KeyRefusal{
		"This Idempotency-Key was used for another request.", "idempotency_key_reused"})
)

// keyErrors are the refusals of operations that can be repeated under a key.
var keyErrors = []ErrorDoc{
	{Status: http.StatusConflict, Code: "idempotency_in_progress", Detail: keyBusy.Detail, When: "a request with the same Idempotency-Key has not been answered yet"},
	{Status: http.StatusConflict, Code: "idempotency_answer_unknown", Detail: keyUnknown.Detail, When: "the request was carried out under the same Idempotency-Key; its answer shows a secret, failed afterwards, is too large or was lost"},
	{Status: http.StatusUnprocessableEntity, Code: "idempotency_key_reused", Detail: keyReused.Detail, When: "the Idempotency-Key was used for another path, query or body within a day"},
}

// once surrounds the answering of a request that carries a key: the first one is
// carried out, a repetition is answered as that was.
func (r *Router) once(op *operation, caller Caller, body *requestBody, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		key, err := keyOf(req)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		standing, claim, kept, err := r.keys.Claim(req.Context(), caller.Caller(), key, fingerprint(req, body))
		switch {
		case err != nil:
			r.fail(w, req, err)
		case standing == store.Busy:
			w.Header().Set("Retry-After", wholeSeconds(retryAfter))
			r.fail(w, req, keyBusy)
		case standing == store.Reused:
			r.fail(w, req, keyReused)
		case standing == store.Unknown:
			r.fail(w, req, keyUnknown)
		case standing == store.Answered:
			w.Header().Set(idempotencyReplayed, "true")
			replay(w, kept)
		default:
			if !op.SecretAnswer {
				claim.Render = render
			}
			r.carryOut(w, req, claim, answer)
		}
	}
}

// carryOut answers the request of a claim and keeps the answer if it is final.
// If not, the key is free again, unless there was an effect.
func (r *Router) carryOut(w http.ResponseWriter, req *http.Request, claim *store.Claim, answer http.HandlerFunc) {
	ctx, over := req.Context(), false
	settle := func(do func(ctx context.Context) error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
		defer cancel()
		if err := do(ctx); err != nil {
			r.log.LogAttrs(ctx, slog.LevelWarn, "idempotency_key_unsettled", slog.String("error", err.Error()))
		}
	}
	release := func(ctx context.Context) error { return r.keys.Release(ctx, claim) }
	defer func() {
		if !over { // it panics
			settle(release)
		}
	}()
	held := &heldAnswer{header: w.Header()}
	answer(held, req.WithContext(store.WithClaim(ctx, claim)))
	over = true
	if held.final() {
		settle(func(ctx context.Context) error { return r.keys.Settle(ctx, claim, held.keep(claim.Render != nil)) })
	} else {
		settle(release)
	}
	w.WriteHeader(held.status)
	_, _ = w.Write(held.body.Bytes()) // a client that is gone is no error of ours
}

// heldAnswer holds an answer back until it is kept.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is that of the real answer.
func (h *heldAnswer) Header() http.Header { return h.header }

// WriteHeader takes the status.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

func (h *heldAnswer) Write(b []byte) (int, error) { return h.body.Write(b) }

// final reports whether the same request would always be answered so: not when
// it was the caller, the moment or the server that was wrong.
func (h *heldAnswer) final() bool {
	switch h.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return h.status < http.StatusInternalServerError
}

// keep is the answer as it is kept. A success that shows a secret and one that
// is too large are kept as given, but unknown.
func (h *heldAnswer) keep(shown bool) store.Answer {
	refused := h.status >= http.StatusBadRequest
	if !shown && !refused || h.body.Len() > maxKeptAnswer {
		return store.Answer{}
	}
	return store.Answer{Status: h.status, ETag: h.header.Get("ETag"), Body: h.body.String()}
}

// render makes what is kept of a success before it is sent.
func render(v any) (store.Answer, error) {
	buf := new(bytes.Buffer)
	if err := encodeJSON(buf, v); err != nil || buf.Len() > maxKeptAnswer {
		return store.Answer{}, err
	}
	a := store.Answer{Status: statusOf(v), Body: buf.String()}
	if versioned, ok := v.(mc.Versioned); ok {
		a.ETag = versioned.ETag()
	}
	return a, nil
}

func replay(w http.ResponseWriter, a store.Answer) {
	h := w.Header()
	if a.ETag != "" {
		h.Set("ETag", a.ETag)
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body)) // a client that is gone is no error of ours
}

// keyOf reads the key of a request: printable ASCII, not empty, of a sane length.
func keyOf(req *http.Request) (string, error) {
	values := req.Header.Values(idempotencyKey)
	key := values[0]
	clean := len(values) == 1 && key != "" && len(key) <= maxKeySize
	for _, c := range []byte(key) {
		clean = clean && ' ' <= c && c <= '~'
	}
	if !clean {
		return "", mc.Invalid("one key of 1 to 255 printable ASCII characters is expected", "header", "idempotency-key")
	}
	return key, nil
}

// fingerprint tells one request from another: what is asked for, and with what.
func fingerprint(req *http.Request, body *requestBody) string {
	sum := sha256.New()
	for _, part := range []string{req.Method, req.URL.Path, req.URL.RawQuery} {
		sum.Write([]byte(part))
		sum.Write([]byte{0})
	}
	if body != nil {
		sum.Write(body.raw)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
