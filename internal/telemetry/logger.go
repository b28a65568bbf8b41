package telemetry

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// Version is the version of the program.
const Version = "0.1.0"

// Every record says which application wrote it.
const (
	appName    = "mission-control"
	appVersion = Version
)

// Format is how a record is written.
type Format string

// The formats.
const (
	Text Format = "text"
	JSON Format = "json"
)

// ParseFormat reads LOG_FORMAT: json in any case, and everything else is text.
func ParseFormat(text string) Format {
	if strings.EqualFold(strings.TrimSpace(text), string(JSON)) {
		return JSON
	}
	return Text
}

// Options are what NewLogger works from.
type Options struct {
	Level  slog.Level // the least that is written
	Format Format
	UTC    bool // times of the text format; those of JSON are always UTC
}

// NewLogger returns a logger that writes one record per call to w.
func NewLogger(w io.Writer, o Options) *slog.Logger {
	h := &handler{out: &output{w: w}, level: o.Level, logger: "app", write: textWriter(o.UTC)}
	if o.Format == JSON {
		h.write = writeJSON
	}
	return slog.New(h)
}

// loggerKey is the attribute that names a logger.
const loggerKey = "logger"

// Named returns a logger whose records carry a logger's name, such as
// app.core.error_handling.
func Named(l *slog.Logger, name string) *slog.Logger {
	return l.With(slog.String(loggerKey, name))
}

// AtLeast returns a logger that drops what is below level, for libraries that
// say more than is wanted.
func AtLeast(l *slog.Logger, level slog.Level) *slog.Logger {
	return slog.New(leveled{l.Handler(), level})
}

type leveled struct {
	slog.Handler
	least slog.Level
}

func (h leveled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.least && h.Handler.Enabled(ctx, level)
}

func (h leveled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return leveled{h.Handler.WithAttrs(attrs), h.least}
}

func (h leveled) WithGroup(name string) slog.Handler {
	return leveled{h.Handler.WithGroup(name), h.least}
}

// output keeps records that are written at the same time apart.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *output) write(line []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.w.Write(line)
	return err
}
