//go:build race

package actor

// checksGoroutines says that handlers which may give up their turn are held to their goroutine: under the race detector always, else in isolation.
const checksGoroutines = true
