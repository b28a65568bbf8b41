// Package provision brings agents to life on their gateways and takes them away
// again: the agent itself, its files and session, its token, the message that
// wakes it, and the wait for its first sign of life.
//
// A run of the lifecycle has two halves. Begin writes down, in a transaction,
// what is about to happen, together with the job that finishes it should this
// process not; Finish talks to the gateway and writes down the outcome. Between
// the two nothing is locked: the agent's lifecycle generation is the lease, and
// whoever finds it raised stops, because a newer run owns the agent.
//
// What the files say is the business of package templates, who may ask for all
// this that of the features.
package provision
