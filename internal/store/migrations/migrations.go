// Package migrations holds the schema as SQL, one folder per engine, in
// numbered steps that are never changed once released. A change of the schema
// is a new step with the same name in both folders.
package migrations

import "embed"

// Files contains the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
