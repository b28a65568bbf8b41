// Package templates renders the Markdown files that tell an agent who it is,
// where it works and how it calls Mission Control, and the short messages that
// wake it or clean up after it.
//
// It decides which files an agent gets and what they say. Writing them to a
// gateway, and everything else that does I/O, is not its business.
package templates
