package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// writeJSON writes the JSON format: one object per line, its fixed fields first.
func writeJSON(e entry) []byte {
	module, function, line := source(e.pc)
	o := objectWriter{buf: make([]byte, 0, 512)}
	o.member("timestamp", e.time.UTC().Format("2006-01-02T15:04:05.000000-07:00"))
	o.member("level", LevelName(e.level))
	o.member("logger", e.logger)
	o.member("message", e.message)
	o.member("app", appName)
	o.member("version", appVersion)
	o.member("module", module)
	o.member("function", function)
	o.member("line", line)
	for _, f := range e.blocks {
		o.member(f.key, f.value.String())
	}
	for _, f := range e.fields {
		o.member(f.key, plain(f.value))
	}
	return append(o.buf, '}', '\n')
}

// source tells where a record was logged, in the contract's words: the file is
// the module.
func source(pc uintptr) (module, function string, line int) {
	if pc == 0 {
		return "", "", 0
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	module = strings.TrimSuffix(filepath.Base(frame.File), ".go")
	_, function, _ = strings.Cut(frame.Function[strings.LastIndexByte(frame.Function, '/')+1:], ".")
	return module, function, frame.Line
}

// plain returns a value as encoding/json should see it.
func plain(v slog.Value) any {
	switch v.Kind() {
	case slog.KindDuration:
		return v.Duration().String()
	case slog.KindTime:
		return v.Time().UTC().Format(time.RFC3339Nano)
	}
	if err, ok := v.Any().(error); ok {
		return fmt.Sprint(err)
	}
	return v.Any()
}

// objectWriter writes an object's members in their order.
type objectWriter struct{ buf []byte }

func (o *objectWriter) member(key string, value any) {
	separator := byte(',')
	if len(o.buf) == 0 {
		separator = '{'
	}
	o.buf = append(o.buf, separator)
	o.buf = append(o.buf, encode(key)...)
	o.buf = append(o.buf, ':')
	o.buf = append(o.buf, encode(value)...)
}

// encode writes a value without blanks; one that JSON cannot express becomes a text.
func encode(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return encode(fmt.Sprintf("%+v", value))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
