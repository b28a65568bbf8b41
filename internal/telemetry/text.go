package telemetry

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// textWriter returns the writer of the text format,
//
//	2026-01-31 09:30:00,123 LEVEL logger message app=.. version=.. key=value
//
// A value that could be taken for something else is quoted and escaped, so
// that nothing a client sends can forge a field or a record. Stacks follow on
// lines that are indented, which no record's first line is.
func textWriter(utc bool) func(entry) []byte {
	return func(e entry) []byte {
		at := e.time.Local()
		if utc {
			at = e.time.UTC()
		}
		buf := at.AppendFormat(make([]byte, 0, 256), "2006-01-02 15:04:05,000")
		buf = fmt.Appendf(buf, " %s %s %s app=%s version=%s", LevelName(e.level), escape(e.logger), escape(e.message), appName, appVersion)
		for _, f := range e.fields {
			buf = append(append(append(buf, ' '), quote(f.key)...), '=')
			buf = appendValue(buf, f.value)
		}
		for _, f := range e.blocks {
			buf = append(buf, "\n  "+f.key+":"...)
			for line := range strings.Lines(strings.TrimSpace(f.value.String())) {
				line = strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "  ")
				buf = append(buf, "\n    "+escape(line)...)
			}
		}
		return append(buf, '\n')
	}
}

func appendValue(buf []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return strconv.AppendInt(buf, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(buf, v.Uint64(), 10)
	case slog.KindBool:
		return strconv.AppendBool(buf, v.Bool())
	case slog.KindTime:
		return v.Time().UTC().AppendFormat(buf, time.RFC3339Nano)
	default:
		return append(buf, quote(v.String())...)
	}
}

// quote returns a text as it is if it is plainly one word, otherwise in quotes.
func quote(text string) string {
	special := func(r rune) bool { return r == ' ' || r == '"' || r == '=' || unprintable(r) }
	if text == "" || strings.ContainsFunc(text, special) {
		return strconv.Quote(text)
	}
	return text
}

// escape returns a text with its line ends and control characters escaped.
func escape(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

// unprintable tells characters that move a terminal's cursor, end a line or are
// invisible. Broken UTF-8 arrives here as RuneError.
func unprintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
