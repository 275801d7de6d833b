package actor

import "sync/atomic"

// A gate is where goroutines wait for something that changes under a mutex, which guards the gate too.
type gate struct {
	n       int // of those that wait
	ch      chan struct{}
	actors  int         // of those that are another actor's handlers
	woken   atomic.Bool // one that waits is about to look, and so these hold up nobody: it changes under the mutex, and is read without
	handler *strand     // that waits here with its turn given up
}

// enter adds one that waits, and returns what it waits for. The mutex is held, and released for the wait.
func (g *gate) enter(actor bool) <-chan struct{} {
	if g.ch == nil {
		g.ch = make(chan struct{}, 1)
	}
	g.n++
	if actor {
		g.actors++
		g.woken.Store(len(g.ch) > 0)
	}
	return g.ch
}

// leave ends a wait.
func (g *gate) leave(actor bool) {
	g.n--
	if actor {
		g.actors--
	}
	if g.actors > 0 {
		g.woken.Store(false)
	}
}

// open lets one that waits look again. Who has looked, and found what it wanted, opens the gate for the next.
func (g *gate) open() {
	if g.n > 0 {
		if g.actors > 0 {
			g.woken.Store(true) // first: who opens the gate may wait for one of them next
		}
		knock(g.ch)
	}
	if st := g.handler; st != nil {
		g.handler = nil
		st.recall()
	}
}
