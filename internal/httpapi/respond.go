package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// MaxBodyBytes is the largest request body that is read.
const MaxBodyBytes = 16 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooledBuffer keeps one large answer from pinning its memory for ever.
const maxPooledBuffer = 1 << 20

// writeJSON answers with a compact document. It is encoded first, so that a
// value that cannot be encoded becomes a clean 500.
func (r *Router) writeJSON(w http.ResponseWriter, req *http.Request, status int, v any) {
	buf, done := borrowBuffer()
	defer done()
	writeBody(w, r.encode(req, buf, status, v), buf)
}

// writeTagged is writeJSON with an entity tag, or 304 when the client has just
// that body already.
func (r *Router) writeTagged(w http.ResponseWriter, req *http.Request, v any) {
	buf, done := borrowBuffer()
	defer done()
	status := r.encode(req, buf, http.StatusOK, v)
	if status == http.StatusOK {
		tag := entityTag(buf.Bytes())
		h := w.Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache") // kept by the client alone, and never shown without asking
		if noneMatch(req.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	writeBody(w, status, buf)
}

func borrowBuffer() (buf *bytes.Buffer, done func()) {
	buf = buffers.Get().(*bytes.Buffer)
	buf.Reset()
	return buf, func() {
		if buf.Cap() <= maxPooledBuffer {
			buffers.Put(buf)
		}
	}
}

// encode writes v into the buffer and returns the status to answer with.
func (r *Router) encode(req *http.Request, buf *bytes.Buffer, status int, v any) int {
	err := encodeJSON(buf, v)
	if err == nil {
		return status
	}
	r.log.LogAttrs(req.Context(), slog.LevelError, "response_validation_error", slog.String("error", err.Error()))
	buf.Reset()
	status = http.StatusInternalServerError
	_ = encodeJSON(buf, ErrorBody{Detail: phrase(status), RequestID: RequestID(req.Context())})
	return status
}

func writeBody(w http.ResponseWriter, status int, buf *bytes.Buffer) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // a client that is gone is no error of ours
}

func encodeJSON(buf *bytes.Buffer, v any) error {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // the encoder's newline
	return nil
}

// readWithin is how long a client may take to send a body.
const readWithin = time.Minute

func readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	if req.ContentLength > MaxBodyBytes {
		return nil, errTooLarge
	}
	rc := http.NewResponseController(w)
	// A server without deadlines on this connection, as in a test, is no reason to refuse.
	_ = rc.SetReadDeadline(time.Now().Add(readWithin))
	defer func() { _ = rc.SetReadDeadline(time.Time{}) }()
	raw, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, MaxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, &statusError{http.StatusBadRequest, "There was an error parsing the body"}
	}
	return raw, nil
}

var errTooLarge = &statusError{http.StatusRequestEntityTooLarge, "Request body too large"}
