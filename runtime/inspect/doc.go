// Package inspect shows the actors of procs over HTTP, as JSON. It reads only, holds nothing up, and needs no help of the actors: a handler that
// hangs is shown as any other.
//
//	http.ListenAndServe("localhost:6060", inspect.Handler(p))
//
// The routes and the fields are stable; docs/introspection.md of the module describes them. Whoever can reach the handler can read
// what actors have published and logged: give it an address of its own, or a handler of yours in front.
package inspect
