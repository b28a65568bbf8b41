package telemetry

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// handler collects what a record says and leaves the writing to a format.
type handler struct {
	out    *output
	level  slog.Level
	write  func(entry) []byte
	logger string
	fields []field
	prefix string // of the groups that were opened, with a dot at its end
}

// field is an attribute; those of groups have names with dots.
type field struct {
	key   string
	value slog.Value
}

// entry is a record, complete.
type entry struct {
	time    time.Time
	level   slog.Level
	logger  string
	message string
	pc      uintptr
	fields  []field
	blocks  []field // exception and stack: texts of several lines
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	e := entry{time: r.Time, level: r.Level, logger: h.logger, message: r.Message, pc: r.PC}
	if info := Request(ctx); info != (RequestInfo{}) {
		e.fields = append(e.fields,
			field{"request_id", slog.StringValue(info.ID)},
			field{"method", slog.StringValue(info.Method)},
			field{"path", slog.StringValue(info.Path)})
	}
	for _, f := range h.fields {
		e.add(f)
	}
	r.Attrs(func(a slog.Attr) bool {
		eachField(h.prefix, a, e.add)
		return true
	})
	return h.out.write(h.write(e))
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clone := *h
	clone.fields = slices.Clone(h.fields)
	for _, a := range attrs {
		eachField(h.prefix, a, func(f field) {
			if f.key == loggerKey {
				clone.logger = f.value.String()
				return
			}
			clone.fields = append(clone.fields, f)
		})
	}
	return &clone
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	clone := *h
	if name != "" {
		clone.prefix += name + "."
	}
	return &clone
}

// eachField visits an attribute, or the attributes of a group.
func eachField(prefix string, a slog.Attr, visit func(field)) {
	value := a.Value.Resolve()
	switch {
	case value.Kind() == slog.KindGroup:
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, inner := range value.Group() {
			eachField(prefix, inner, visit)
		}
	case a.Key != "":
		visit(field{prefix + a.Key, value})
	}
}

// fixed are the names that the formats themselves use.
var fixed = []string{"timestamp", "level", "logger", "message", "app", "version", "module", "function", "line"}

// add adds a field. Of fields with one name the last counts, so that a name
// never stands twice in a record: the access log names method and path by
// itself. A field must not pass for a fixed one either.
func (e *entry) add(f field) {
	list := &e.fields
	if f.key == "exception" || f.key == "stack" {
		list = &e.blocks
	}
	if slices.Contains(fixed, f.key) {
		f.key += "_"
	}
	if i := slices.IndexFunc(*list, func(other field) bool { return other.key == f.key }); i >= 0 {
		(*list)[i] = f
		return
	}
	*list = append(*list, f)
}
