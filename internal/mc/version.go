package mc

import (
	"strings"
	"time"
)

// Versioned is a read model that tells which version of its entity it shows.
type Versioned interface {
	// ETag is the strong entity tag of what is shown, with its quotes.
	ETag() string
}

// VersionTag is the entity tag of an entity that was last changed at a time:
// that time as it is on the wire, so that whoever holds an item of a list or a
// stream knows its tag.
func VersionTag(updated Time) string { return `"` + updated.String() + `"` }

// NextVersion is the time of a change of something that was last changed at
// before: now, or the microsecond after before when the clock says no later. So
// every version has a time of its own, and later ones have later times.
func NextVersion(before, now Time) Time {
	if now.After(before) {
		return now
	}
	return before.Add(time.Microsecond)
}

// Precondition is what a caller takes for granted about the entity it is about
// to change: that it is still of one of these versions. Nil takes nothing for
// granted; a precondition without versions is never met.
type Precondition struct{ Versions []Time }

// Check refuses an entity of another version. Current shows it as it is, for
// the caller to decide again; it is called only then.
func (p *Precondition) Check(version Time, current func() (Versioned, error)) error {
	return p.CheckSince(version, version, current)
}

// CheckSince is Check for an entity whose versions from since to latest differ
// in nothing that a caller could overwrite unknowingly: any of them will do.
func (p *Precondition) CheckSince(since, latest Time, current func() (Versioned, error)) error {
	if p == nil {
		return nil
	}
	for _, v := range p.Versions {
		if !v.Before(since) && !v.After(latest) {
			return nil
		}
	}
	shown, err := current()
	if err != nil {
		return err
	}
	return &Error{Kind: KindPrecondition, Detail: Stale{Message: staleMessage, Code: "precondition_failed", ETag: shown.ETag(), Current: shown}}
}

const staleMessage = "It was changed by somebody else since the version that If-Match names. Nothing was done."

// Stale is the detail of a refusal because an entity is not of the version that
// the caller took it for.
type Stale struct {
	Message string
	Code    string
	ETag    string    // of the entity as it is now
	Current Versioned // the entity as it is now
}

// versionNote separates, in an entity tag, the version from a note that tells
// apart how one version is shown at several times.
const versionNote = ";"

// VersionTagWith is VersionTag for what also depends on the time it is shown at.
func VersionTagWith(updated Time, note string) string {
	return `"` + updated.String() + versionNote + note + `"`
}

// VersionOf returns the version that a strong entity tag names, with its quotes
// and with or without a note. It reports false for tags that are no such.
func VersionOf(tag string) (Time, bool) {
	text, opened := strings.CutPrefix(tag, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	text, _, _ = strings.Cut(text, versionNote)
	t, err := ParseTime(text)
	return t, opened && closed && err == nil && t.String() == text
}
