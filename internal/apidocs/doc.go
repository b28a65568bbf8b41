// Package apidocs serves the pages on which people read and try the HTTP API:
// Swagger UI and ReDoc, with everything they load, from the binary alone.
//
// The pages only show a document; making that document is not its business.
// What comes from other projects lies in thirdparty with its licences and is
// renewed by scripts/update-apidocs.sh.
package apidocs
