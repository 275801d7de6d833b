// Package model holds what a run of actorgen found, as plain structs with positions: packages, their
// annotations, actors with handlers, and the types that handlers speak of. It knows nothing of syntax trees
// or of the type checker: package load fills it, package check judges it, package emit writes from it.
package model
