// Package mc is the kernel of Mission Control: its entities, value types,
// domain errors and the rules of the domain as pure functions.
//
// It does no I/O and imports nothing of ours, so every rule can be read and
// tested on its own. Struct tags named db give the column of a field; nothing
// here knows how rows are read or written.
package mc
