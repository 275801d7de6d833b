package actor

import (
	"fmt"
	"slices"
)

// A StopMode says how an actor is to stop. The zero value is not a mode.
type StopMode uint8

// The modes of stopping. In each the actor accepts nothing more from the moment on.
const (
	// StopDrain handles everything that is queued, then stops.
	StopDrain StopMode = 1 + iota
	// StopNow ends after the message that is being handled. What is queued is answered with ErrStopped, or reported
	// undelivered.
	StopNow
	// StopKill waits for nothing: the running handler's context ends, its caller and all others get ErrStopped, and the
	// actor is over, without Cleanup. A handler that does not return goes on with a state that nobody uses
	// again; Shutdown's report names it.
	StopKill
)

// String returns "drain", "now" or "kill".
func (m StopMode) String() string {
	switch m {
	case StopDrain:
		return "drain"
	case StopNow:
		return "now"
	case StopKill:
		return "kill"
	}
	return fmt.Sprintf("stop mode %d", uint8(m))
}

// stop asks the actor to stop. A later request counts if its mode is stronger.
func (c *core) stop(mode StopMode, cause error) {
	if mode == StopKill {
		c.kill(cause)
		return
	}
	c.stopIf(mode, cause, nil)
}

// stopIf is stop under a condition, which is asked with the lock.
func (c *core) stopIf(mode StopMode, cause error, still func(s uint32) bool) {
	s := c.lock()
	if s&ended != 0 || still != nil && !still(s) {
		c.unlock(s)
		return
	}
	sd := c.sideOf()
	sd.mu.Lock()
	if mode > sd.stop {
		sd.stop, sd.stopCause = mode, cause
		if sd.step != stepNone && sd.outcome.State == StateStopped && !sd.finished { // not what it was told before
			sd.outcome.Cause = cause
		}
		sd.announce(c)
	}
	sd.mu.Unlock()
	bits := closing
	if mode == StopNow {
		bits |= alarm
	}
	c.unlock(s | bits | held)
	if mode == StopNow {
		c.flags.Or(lookAlarm)
	}
	switch {
	case s&held != 0:
		c.resume()
	case c.finishAtOnce(cause):
	default:
		c.proc.sched.schedule(c, nil)
	}
}

// finishAtOnce ends an idle actor that has neither children nor Cleanup. The caller has the turn.
func (c *core) finishAtOnce(cause error) bool {
	if _, ok := c.self.behavior().(Cleaner); ok || c.st.Load()&queued != 0 {
		return false
	}
	if _, none := c.awaitChildren(); !none {
		return false
	}
	sd := c.sideOf()
	sd.mu.Lock()
	busy := !sd.attached.noTasks(ofActor)
	sd.mu.Unlock()
	if busy || c.hasStrands() {
		return false
	}
	if sd.claim(Status{State: StateStopped, Cause: cause}) {
		c.consumed.Store(c.worked)
		s := c.lock()
		c.unlock(s | closing | ended)
		c.self.forget()
		c.over(sd)
	}
	return true
}

// finish ends the actor. The caller has the turn.
func (c *core) finish(outcome Status) {
	sd := c.sideOf()
	if !sd.claim(outcome) { // killed meanwhile: the rest is for whoever has the turn, as in turns
		c.self.dropTaken()
		return
	}
	c.consumed.Store(c.worked)
	s := c.lock()
	c.unlock(s | closing | ended)
	c.self.drop()
	c.self.forget()
	c.over(sd)
}

// claim makes the caller the one that ends the actor.
func (sd *side) claim(outcome Status) bool {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.finished {
		return false
	}
	sd.finished = true
	sd.outcome = outcome
	sd.stopTimer()
	return true
}

// kill ends the actor and its children without waiting for anything.
func (c *core) kill(cause error) { c.end(Status{State: StateStopped, Cause: cause}) }

// abandon ends an actor whose Cleanup hangs.
func (c *core) abandon(cause error) { c.end(Status{State: StateFailed, Cause: cause}) }

// end ends the actor without the turn. Whoever has the turn finds the actor doomed, and lets go of it.
func (c *core) end(outcome Status) {
	sd := c.sideOf()
	if !sd.claim(outcome) {
		return
	}
	c.flags.Or(doomed)
	s := c.lock()
	calls := c.calls
	for f := calls; f != nil; f = f.next {
		f.listed = false // nobody else answers it now, nor uses the frame again
	}
	c.calls = nil
	l, strands := sd.newLimbo()
	sd.strands.limbo = l
	some := unfinished(strands, outcome.Cause)
	c.unlock((s | closing | killed | ended | held) &^ returning)
	if cx := c.running.Swap(nil); cx != nil {
		c.proc.abandoned(c, cx.w)
		cx.end(outcome.Cause)
		cx.w.block() // its worker does not count while it is in the handler
		strands = slices.DeleteFunc(strands, func(st *strand) bool { return st == cx.strand })
		if l != nil {
			l.taken(cx.strand)
		}
	} else {
		l.leave()
	}
	if s&held == 0 {
		c.self.dropTaken()
	}
	for _, st := range strands {
		c.proc.abandoned(c, st.w)
	}
	for _, st := range some {
		st.finish()
	}
	for f := calls; f != nil; {
		next := f.next
		f.next, f.prev = nil, nil
		f.orphan(errGoneText(c))
		f = next
	}
	if sd.unpark() { // nobody else has the turn: what it had taken is the kill's to report, before what was queued behind it
		c.self.dropTaken()
	}
	c.self.dropQueue()
	for _, child := range c.children() {
		child.kill(NewError(CodeStopped, fmt.Sprintf("the parent %s was killed", c.label()), outcome.Cause))
	}
	if s&held == 0 {
		c.self.forget()
	}
	c.over(sd)
}

// over tells everybody that the actor has ended: its name is free; a parent that it fails hears of it while it still has
// the child; it is out of the tree; and then those get to know that wait for the end.
func (c *core) over(sd *side) {
	p := c.proc
	if sd.attached != nil { // nobody makes it any more, for the end is claimed
		c.stopIdleTimer(sd)
		c.endAttached(sd, ofActor)
		c.writeOffTasks(sd, ofActor)
	}
	c.leaveRegroup(sd)
	if c.name != "" {
		p.names.remove(c.name, c)
	}
	if sd.exposed.Swap(false) {
		p.serials.remove(c.serial)
	}
	// The outcome does not change any more: whoever calls this has claimed the end. Nor does the failure.
	f := sd.failure
	started := c.st.Load()&starting == 0 // else its Spawn returns the error
	failed := sd.outcome.State == StateFailed && started
	escalate := sd.escalate && failed && f != nil
	parent := c.parent // it does not change
	if !failed {
		f = nil // of a kill that came first
	}
	asked := false // the coordinator decides about the failure, or OnRootFailure has
	switch {
	case parent != nil && started:
		parent.childEnded(c, sd.outcome, f, escalate)
	case parent == nil && started:
		if failed {
			p.noteFailure(c, sd)
		}
		asked = p.rootEnded(c, sd)
	}
	p.dismiss(c)
	c.unlinkFromTree(sd)
	if escalate && parent == nil && !asked {
		p.rootFailed(c, f)
	}
}

// complete ends the end: whoever waits for it gets to know. It returns the monitors, which are to be told. It is called under tree.
func (sd *side) complete(c *core) *monitor {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	sd.announce(c)
	if sd.done == nil {
		sd.done = closedChannel
	} else {
		close(sd.done)
	}
	sd.over = true
	monitors := sd.monitors
	sd.monitors = nil
	return monitors
}

// cause tells why the actor was stopped, for contexts.
func (c *core) cause() error {
	sd := c.sideOf()
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.finished {
		return sd.outcome.Cause
	}
	return sd.stopCause
}

var closedChannel = func() chan struct{} {
	ch := make(chan struct{})
	close(ch)
	return ch
}()

// errGoneText is the error of messages for an actor that has stopped, or is stopping.
func errGoneText(c *core) *Error {
	e := &Error{Code: CodeStopped, Text: c.label() + " has stopped"}
	if sd := c.side.Load(); sd != nil {
		sd.mu.Lock()
		cause := sd.stopCause
		if sd.finished || sd.step != stepNone && !sd.restart {
			cause = sd.outcome.Cause
		}
		sd.mu.Unlock()
		if cause != nil {
			e.Text += ": " + cause.Error()
			e.cause = cause
		}
	}
	return e
}

func errGone(c *core, op uint16) *Error {
	e := errGoneText(c)
	e.Text = c.kind().what(op) + ": " + e.Text
	return e
}

func errFull(c *core, op uint16) *Error {
	return &Error{Code: CodeMailboxFull, Text: fmt.Sprintf("%s: the mailbox of %s is full (%d messages)", c.kind().what(op),
		c.label(), c.config.mailbox)}
}
