package actor

import "fmt"

// fairReturns is how many handlers in a row get the turn back while messages wait.
const fairReturns = 8

// suspend gives up the turn, before a wait for st.turn that recall and give end. It is false, and there is nothing to wait for, if the actor has gone on,
// or ended, without the handler.
func (st *strand) suspend() bool {
	c, w := st.core, st.w
	if uint32(c.runs.Load()>>16) != w.sched.tick.Load() {
		c.spend(w.sched)
	}
	if w.labelled {
		w.unlabel()
	}
	more := c.unsettled || c.self.hasTaken()
	sd := c.side.Load()
	s := c.lock()
	if st.limbo != nil {
		c.unlock(s)
		return false
	}
	c.running.Store(nil)
	st.holds = false
	st.out, st.since = true, w.sched.tick.Load()
	if st.recalled {
		s = c.lineUp(sd, st, s)
	}
	switch mail := more || s&(queued|closing) != 0; {
	case sd.strands.first != nil && !c.unsettled && s&alarm == 0 && (!mail || c.returns < fairReturns):
		c.unlock(c.give(sd, s))
	case mail || s&(alarm|returning) != 0:
		c.unlock(s)
		c.proc.sched.schedule(c, w)
	default:
		c.unlock(s &^ held)
	}
	w.block()
	w.away()
	return true
}

// lineUp puts a strand behind those that want the turn back. It is called under the lock, and returns the state to unlock with.
func (c *core) lineUp(sd *side, st *strand, s uint32) uint32 {
	if last := sd.strands.last; last != nil {
		last.behind = st
	} else {
		sd.strands.first = st
	}
	sd.strands.last = st
	c.flags.Or(lookReturning)
	return s | returning
}

// give hands the turn to the first strand that wants it back. It is called under the lock, with the turn, and returns the state to unlock with.
func (c *core) give(sd *side, s uint32) uint32 {
	st := sd.strands.first
	if sd.strands.first = st.behind; st.behind == nil {
		sd.strands.last = nil
		s &^= returning
		c.flags.And(^lookReturning)
	}
	st.behind = nil
	c.returns++
	st.turn <- struct{}{} // it has room
	return s
}

// handOver gives the turn to a strand that wants it back, if one does, or keeps it for a message whose time it is. It is called with the turn.
func (c *core) handOver(mail bool) bool {
	if mail && c.returns >= fairReturns {
		c.returns = 0
		return false
	}
	sd := c.side.Load()
	s := c.lock()
	if sd.strands.first == nil {
		c.unlock(s)
		return false
	}
	c.unlock(c.give(sd, s))
	return true
}

// recall asks for the turn on behalf of a strand whose wait is over. It gets it at once if nobody has it, or else before the actor's next message, and its
// goroutine need not run before.
func (st *strand) recall() {
	if st.claim() {
		st.turn <- struct{}{} // it has room
	}
}

// claim is true if the turn is free: then it is the strand's. Otherwise it comes by st.turn. If the strand has yet to give it up, suspend knows that it wants it
// back. There is one claim a wait that counts.
func (st *strand) claim() (free bool) {
	c := st.core
	s := c.lock()
	if st.recalled {
		c.unlock(s)
		return false
	}
	st.recalled = true
	switch {
	case !st.out:
		c.unlock(s)
	case st.limbo != nil:
		c.unlock(s)
		st.limbo.ask(st)
	case s&held == 0:
		c.unlock(s | held)
		return true
	default:
		c.unlock(c.lineUp(c.side.Load(), st, s))
		c.resume()
	}
	return false
}

// regain is called once st.turn has given the turn back.
func (st *strand) regain() {
	c := st.core
	st.w.back()
	s := c.lock()
	st.out, st.recalled = false, false
	if l := st.limbo; l != nil {
		c.unlock(s)
		if !l.let(st) { // it was the actor's, from before
			c.passOn()
			l.ask(st)
			<-st.turn
		}
		return
	}
	c.running.Store(&st.cx)
	c.unlock(s)
	st.holds = true
	st.w.unblock()
	if st.w.sched.news(c, st.op) {
		c.begin(st.w, st.op, false)
	}
}

// resume takes the turn back, for a strand that has noticed itself that its wait is over.
func (st *strand) resume() {
	if !st.out {
		return
	}
	if !st.claim() {
		<-st.turn
	}
	st.regain()
}

// passOn is for a turn that was given to a strand which the actor has meanwhile gone on, or ended, without.
func (c *core) passOn() {
	if c.isDoomed() {
		c.self.dropTaken()
		return
	}
	c.proc.sched.schedule(c, nil)
}

// wait begins a wait for what: it is an error while another one is open, on another goroutine than the handler's where that is looked at, and once the
// incarnation has ended. done ends it.
func (st *strand) wait(what *string) error {
	if st.isOver() {
		return st.errEnded(*what)
	}
	if st.goroutine != 0 && goroutineID() != st.goroutine {
		return NewError(CodeMisuse, fmt.Sprintf("%s: only the goroutine of %s waits with its context: others use ctx.Detach()", *what,
			st.core.kind().what(st.op)), nil)
	}
	if !st.waits.CompareAndSwap(nil, what) {
		first := "for something else"
		if w := st.waits.Load(); w != nil {
			first = *w
		}
		return NewError(CodeMisuse, fmt.Sprintf("%s: %s waits already, in %s: one goroutine waits with a handler's context, others use ctx.Detach()",
			*what, st.core.kind().what(st.op), first), nil)
	}
	return nil
}

// done ends a wait.
func (st *strand) done() { st.waits.Store(nil) }

// breathe gives up the turn for a moment if the handler has long gone on without having to wait, and others want the turn. It does nothing for another
// handler of the actor, which uses the session in its own turn.
func (st *strand) breathe() {
	if st.core.running.Load() != &st.cx {
		return
	}
	if st.passed++; st.passed < fairShare {
		return
	}
	st.passed = 0
	if st.core.st.Load()&(queued|alarm|returning) != 0 {
		st.core.returns = fairReturns // a message that waits goes first
		st.suspend()
		st.resume()
	}
}

// isOver tells whether the incarnation has ended. It is false for nil, a handler that keeps its turn.
func (st *strand) isOver() bool { return st != nil && st.ending.Load() }

// over is closed when the incarnation ends, nil for a handler that keeps its turn.
func (st *strand) over() <-chan struct{} {
	if st == nil {
		return nil
	}
	return st.ended
}

// finish ends the context and the waits of a strand whose incarnation ends. The caller has set finished, and cause.
func (st *strand) finish() {
	st.ending.Store(true) // first, so that who is woken by one of the other two finds that it is over, and its context ended
	st.cx.end(st.cause)
	close(st.ended)
	if st.call != nil && st.call.session != nil {
		st.call.session.alert()
	}
}

// hasStrands tells whether handlers are left that have given up their turn. It is called under the lock, or with the turn.
func (c *core) hasStrands() bool {
	sd := c.side.Load()
	return sd != nil && sd.strands.all != nil
}

// yielding returns the strand that gives up its turn for a call, nil for other contexts.
func (c *Context) yielding() *strand {
	if c == nil || c.strand == nil || !c.strand.reentrant {
		return nil
	}
	return c.strand
}
