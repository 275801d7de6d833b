// Package actor runs typed actors: the public API, and the core that dispatches work cells to generated code.
//
// A program starts a proc with NewProc and spawns actors in it with the functions that actorgen writes for them. An
// actor handles one message at a time, in the order in which they were sent; its handlers are ordinary methods that take a
// *Context or a context.Context. Calls wait for their answer no longer than their context lives, casts return when they
// are accepted. A failed actor is restarted with a new state, stopped, or fails its parent: see OnFailure. What was
// accepted and then lost is told to its sender: see Undelivered.
//
// Errors are *Error values with a Code; programs branch on ErrStopped, ErrNotFound, ErrMailboxFull and ErrUnreachable, and on
// their own error types, which travel between procs.
//
// Names that begin with Gen are for generated code, and Transport, Link, Peer, Envelope and what belongs to them for packages
// that connect procs, as runtime/remote does. Programs have no use for either.
package actor
