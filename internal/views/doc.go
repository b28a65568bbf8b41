// Package views holds the read models that several features answer with: what
// an agent, a board, a task and the like look like on the wire.
//
// Features do not import each other, so what more than one of them shows lives
// here. A read model that only one feature shows belongs to that feature. Which
// rows are shown is the feature's business; what is to be shown of a task beyond
// its row is loaded here, so that every feature shows it alike.
package views
