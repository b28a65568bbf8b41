package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"reflect"
	"time"
)

// Download is a file that is written piece by piece, as it may be larger than
// what should be held in memory.
type Download struct {
	ContentType string
	FileName    string // proposed to who saves it
	// Write sends the content. An error that comes before the first piece was sent
	// is answered like any other; a later one breaks the connection off, so that
	// nobody takes a part for the whole.
	Write func(w io.Writer) error
}

// DownloadHandler prepares a download, or refuses as any handler does.
type DownloadHandler[S, I any] func(ctx context.Context, scope S, in *I) (Download, error)

// pieceSize is how much of a download is held before it is sent.
const pieceSize = 64 << 10

// RegisterDownload adds an operation that answers with a file of one of these
// content types.
func RegisterDownload[S, I any](r *Router, op Op, contentTypes []string, guard Guard[S], handle DownloadHandler[S, I]) {
	plan := planInput(reflect.TypeFor[I]())
	entry := newOperation(op, guard.Auth, guard.Errors, guard.Limit, guard.Path, plan)
	entry.download = contentTypes
	r.add(entry, func(w http.ResponseWriter, req *http.Request) {
		scope, in, _, err := admit[S, I](w, req, guard, plan)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		file, err := handle(caused(req.Context(), scope), scope, in)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		r.send(w, req, file)
	})
}

func (r *Router) send(w http.ResponseWriter, req *http.Request, file Download) {
	rc := http.NewResponseController(w)
	defer func() { _ = rc.SetWriteDeadline(time.Time{}) }() // the connection may serve other requests
	pieces := &pieceWriter{w: w, rc: rc, file: file}
	out := bufio.NewWriterSize(pieces, pieceSize)
	err := file.Write(out)
	if err == nil {
		pieces.head() // also of an empty file
		err = out.Flush()
	}
	switch {
	case err == nil:
	case !pieces.begun:
		r.fail(w, req, err)
	default:
		r.log.LogAttrs(req.Context(), slog.LevelWarn, "download_broken_off", slog.String("error", err.Error()))
		panic(http.ErrAbortHandler)
	}
}

// pieceWriter sends the head with the first piece, and each piece with a deadline.
type pieceWriter struct {
	w     http.ResponseWriter
	rc    *http.ResponseController
	file  Download
	begun bool
}

func (p *pieceWriter) head() {
	if p.begun {
		return
	}
	p.begun = true
	h := p.w.Header()
	h.Set("Content-Type", p.file.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.file.FileName}))
	h.Set("Cache-Control", "no-store")
	p.w.WriteHeader(http.StatusOK)
}

func (p *pieceWriter) Write(b []byte) (int, error) {
	p.head()
	// A server without deadlines on this connection, as in a test, is no reason to stop.
	_ = p.rc.SetWriteDeadline(time.Now().Add(writeWithin))
	n, err := p.w.Write(b)
	if err != nil {
		return n, fmt.Errorf("send a piece: %w", err)
	}
	return n, nil
}
