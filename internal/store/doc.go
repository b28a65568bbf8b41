// Package store keeps the state of Mission Control, in SQLite or in
// PostgreSQL, from the same code.
//
// Queries live in one file per entity, as SQL with ? placeholders next to the
// type they return, in methods of Reader: *Store has them on the read pool, *Tx
// on the transaction. Everything that changes a row goes through Write, the
// unit of work: rows, activity events, announcements for streams and jobs are
// committed together or not at all.
//
// What a row means, and who may see or change it, is not its business.
package store
