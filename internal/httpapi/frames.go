package httpapi

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"
)

const (
	// writeWithin is how long a client may take to receive a frame before it is cut off.
	writeWithin = 10 * time.Second
	// maxBuffered bounds what catching up gathers before it is written.
	maxBuffered = 64 << 10
)

// eventWriter writes frames with a deadline each. Between two flushes it holds
// no buffer: most streams are idle, and there are many.
type eventWriter struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	buf *bytes.Buffer
}

func newEventWriter(w http.ResponseWriter) *eventWriter {
	return &eventWriter{w: w, rc: http.NewResponseController(w)}
}

var errNoFlush = errors.New("the connection cannot carry an event stream")

// check reports, before anything is answered, whether frames can be sent one by one.
func (e *eventWriter) check() error {
	for w := e.w; ; {
		switch t := w.(type) {
		case http.Flusher, interface{ FlushError() error }:
			return nil
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return errNoFlush
		}
	}
}

// head answers at once, with a first comment, so that the client knows it is connected.
func (e *eventWriter) head() error {
	h := e.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "keep-alive")
	h.Set("X-Accel-Buffering", "no")
	e.comment("ping - " + time.Now().UTC().Format(time.RFC3339))
	return e.flush()
}

func (e *eventWriter) buffer() *bytes.Buffer {
	if e.buf == nil {
		e.buf = buffers.Get().(*bytes.Buffer)
		e.buf.Reset()
	}
	return e.buf
}

// event adds a frame.
func (e *eventWriter) event(ev Event) error {
	buf := e.buffer()
	buf.WriteString("event: ")
	buf.WriteString(ev.Name)
	buf.WriteString("\r\nid: ")
	buf.Write(strconv.AppendInt(buf.AvailableBuffer(), ev.ID, 10))
	buf.WriteString("\r\ndata: ")
	buf.Write(ev.Data)
	buf.WriteString("\r\n\r\n")
	if buf.Len() >= maxBuffered {
		return e.flush()
	}
	return nil
}

// comment adds a line that clients pass over.
func (e *eventWriter) comment(text string) {
	buf := e.buffer()
	buf.WriteString(": ")
	buf.WriteString(text)
	buf.WriteString("\r\n\r\n")
}

// flush writes what was added.
func (e *eventWriter) flush() error {
	if e.buf == nil {
		return nil
	}
	buf := e.buf
	e.buf = nil
	defer func() {
		if buf.Cap() <= maxPooledBuffer {
			buffers.Put(buf)
		}
	}()
	// A server without deadlines on this connection, as in a test, is no reason to stop.
	_ = e.rc.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := e.w.Write(buf.Bytes()); err != nil {
		return err
	}
	return e.rc.Flush()
}
