// Package views holds the read models that several features answer with: what
// an agent, a board and a tag look like on the wire.
//
// Features do not import each other, so what more than one of them shows lives
// here. A read model that only one feature shows belongs to that feature; how
// rows are loaded is not this package's business.
package views
