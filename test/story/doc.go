// Package story plays what the documentation promises against the program as
// it is shipped: the README's tour, command by command as it is printed there,
// with examples/agent.sh and with a gateway, and the walkthroughs of
// /openapi.json.
//
// It knows nothing of the program's inside. Whether each rule and each answer
// is right is the business of the features' own tests and of the contract's
// recordings.
package story
