package actor

// A gate is where goroutines wait for something that changes under a mutex, which guards the gate too.
type gate struct {
	n       int // of those that wait
	ch      chan struct{}
	handler *strand // that waits here with its turn given up
}

// enter adds one that waits, and returns what it waits for. The mutex is held, and released for the wait.
func (g *gate) enter() <-chan struct{} {
	if g.ch == nil {
		g.ch = make(chan struct{}, 1)
	}
	g.n++
	return g.ch
}

// leave ends a wait.
func (g *gate) leave() { g.n-- }

// open lets one that waits look again. Who has looked, and found what it wanted, opens the gate for the next.
func (g *gate) open() {
	if g.n > 0 {
		knock(g.ch)
	}
	if st := g.handler; st != nil {
		g.handler = nil
		st.recall()
	}
}
