package telemetry

import (
	"log/slog"
	"strconv"
	"strings"
)

// Levels of the contract that log/slog does not have.
const (
	LevelTrace    = slog.Level(-6)
	LevelCritical = slog.Level(12)
)

// ParseLevel reads LOG_LEVEL: a name in any case, or a number on the
// contract's scale (DEBUG is 10, INFO 20, ...). Anything else is INFO.
func ParseLevel(text string) slog.Level {
	text = strings.ToUpper(strings.TrimSpace(text))
	switch text {
	case "TRACE":
		return LevelTrace
	case "DEBUG":
		return slog.LevelDebug
	case "WARNING", "WARN":
		return slog.LevelWarn
	case "ERROR":
		return slog.LevelError
	case "CRITICAL", "FATAL":
		return LevelCritical
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return slog.LevelInfo
	}
	return fromContract(int(n))
}

// fromContract turns 5, 10, 20, 30, 40, 50 into the levels of log/slog, whose
// steps are 4 instead of 10. What lies between is rounded up: a limit above a
// level leaves that level out.
func fromContract(n int) slog.Level {
	const info, step, slogStep = 20, 10, 4
	n = (n - info) * slogStep
	if n > 0 {
		n += step - 1
	}
	return slog.Level(n / step)
}

// LevelName is the contract's name of a level; one between two is called by
// the lower.
func LevelName(l slog.Level) string {
	switch {
	case l >= LevelCritical:
		return "CRITICAL"
	case l >= slog.LevelError:
		return "ERROR"
	case l >= slog.LevelWarn:
		return "WARNING"
	case l >= slog.LevelInfo:
		return "INFO"
	case l >= slog.LevelDebug:
		return "DEBUG"
	}
	return "TRACE"
}
