package actor

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// A strand is a handler that may give up its turn while it waits: a reentrant one, or that of a session. It has a goroutine, and a worker with it, to
// itself until it returns; while it waits the worker's place is another's.
type strand struct {
	cx        Context
	core      *core
	w         *worker
	op        uint16
	reentrant bool     // gives up the turn for calls, not in a session's stream alone
	call      *GenCall // what is answered; nil for a cast
	turn      chan struct{}
	ended     chan struct{} // closed when the incarnation ends: whatever the handler waits for, it goes on
	goroutine uint64        // its number, if that is checked
	passed    int           // waits that were over before they began, in a row
	holds     bool          // has the turn, as far as it knows

	waits  atomic.Pointer[string] // what it waits for without the turn
	ending atomic.Bool            // ended is about to be closed

	// Under the actor's lock.
	next, prev *strand // of all that the actor has
	listed     bool
	behind     *strand // in the queue for the turn
	out        bool    // has given up the turn
	robbed     bool    // has had it taken from it, for the actor to go on
	finished   bool    // ended is closed, or about to be
	cause      error   // of that
	limbo      *limbo  // the actor has gone on, or ended, without it
	since      uint32  // the clock's tick when its wait began
}

// A strandOf has the arguments of a cast with it.
type strandOf[C any] struct {
	strand
	cell cell[C]
}

// strands are what an actor has of them. They are part of its side struct, under the actor's lock.
type strands struct {
	all         *strand
	first, last *strand // those that want the turn back, first come first
	limbo       *limbo  // of a kill
}

// fairReturns is how many handlers in a row get the turn back while messages wait.
const fairReturns = 8

// givesTurn tells whether the message that is next is one for a strand.
func (a *GenActor[S, C]) givesTurn() bool {
	return a.info.handlers[a.work.current().op].Flags&(GenReentrant|GenTalks) != 0
}

// runStrand runs the next message in a strand. It is false if the turn is not the caller's any more.
func (a *GenActor[S, C]) runStrand(w *worker) (mine bool) {
	m := a.work.current()
	h := &a.info.handlers[m.op]
	if m.extra != nil && h.Flags&GenOneway == 0 && m.extra.frame.left() {
		if f := m.extra.frame; f.unlist() {
			f.answer(a.proc, contextError(a.info.what(m.op), f.ctx))
		}
		a.past()
		return true
	}
	st := &strandOf[C]{cell: *m}
	st.core, st.w, st.op, st.reentrant = &a.core, w, m.op, h.Flags&GenReentrant != 0
	st.turn, st.ended = make(chan struct{}, 1), make(chan struct{})
	if checksGoroutines || a.proc.isolated {
		st.goroutine = goroutineID()
	}
	frame := st.prepare(h.Flags&GenOneway == 0)
	if !st.list() {
		return true // killed: the loop finds out
	}
	w.cx = &st.cx
	if w.sched.news(&a.core, st.op) {
		a.begin(w, st.op, false)
	}
	a.past()

	run := a.info.spec.Run
	if a.config.chain != nil {
		run = a.info.guarded
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		f, known := p.(*failure) // of a handler whose interceptors have seen it already
		if !known {
			f = panicked(p)
		}
		if f = w.interception.broken(f); f.op == noOp {
			f.arose(&a.core, st.op)
		}
		if mine = a.endStrand(st, f.err, f); p == nil { // the goroutine goes on ending
			if mine {
				go w.run(&a.core)
			} else {
				go w.run(nil)
			}
		}
	}()
	err := run(a.state, &st.cx, st.op, &st.cell.args, frame)
	returned = true
	return a.endStrand(st, err, nil)
}

// prepare fills in the context, and returns the frame for the handler.
func (st *strandOf[C]) prepare(call bool) GenFrame {
	cx, e := &st.cx, st.cell.extra
	cx.core, cx.w, cx.strand, cx.from = st.core, st.w, &st.strand, st.cell.from
	if e == nil {
		return nil
	}
	cx.headers, cx.sender = e.headers, e.sender
	f := e.frame
	if f == nil {
		return nil
	}
	if call {
		cx.up, cx.call, st.call = f.ctx, f, f
		f.strand.Store(&st.strand)
		if f.mirror != nil {
			f.mirror.strand.Store(&st.strand)
		}
		if f.session != nil {
			cx.open = true // the session's context has no values but its cause
			f.session.begun(&st.strand)
		}
	}
	return f.outer
}

// past drops the current message: it is not of what waits any more.
func (a *GenActor[S, C]) past() {
	a.work.advance(&a.info.blocks)
	a.worked++
	gone := a.worked
	if a.work.current() != nil {
		gone++
	}
	a.consumed.Store(gone)
}

// endStrand ends what runStrand has begun: the handler has returned err, or failed. It is called with the turn, unless the actor has gone on
// without the handler, and reports whether the caller has the turn afterwards.
func (a *GenActor[S, C]) endStrand(st *strandOf[C], err error, f *failure) (mine bool) {
	w, op, e := st.w, st.op, st.cell.extra
	s := a.lock()
	over := st.finished
	a.unlock(s)
	if f != nil && f.headers == nil {
		f.headers = st.cx.headers
	}
	switch {
	case over:
		err = st.lateError(err)
		if f != nil {
			a.proc.logFailure(&a.core, f)
		}
	case f != nil:
		a.fail(f)
	case err == nil:
	case st.call == nil:
		a.castWithHeadersFailed(err, op, st.cx.headers)
	case isFatal(err):
		a.fail(&failure{err: err, op: op, headers: st.cx.headers})
	}
	st.cx.end(errReturned)
	switch {
	case st.call != nil:
		if st.call.unlist() {
			st.call.answer(a.proc, err)
		}
	case e != nil:
		if e.feed != nil {
			e.feed.settled(&a.core)
		}
		if e.frame != nil {
			e.frame.release()
		}
	}
	w.cx = &Context{w: w}
	return st.leave()
}

// lateError is what the caller gets of a handler whose incarnation has ended: why, if the handler says no more than that it was cancelled, which the
// caller is not.
func (st *strand) lateError(err error) error {
	if err == nil || isCanceled(err) == nil && CodeOf(err) != CodeCanceled && !errors.Is(err, st.cause) {
		return err
	}
	return st.errEnded(st.core.kind().what(st.op))
}

// errEnded says that the actor's incarnation has ended while a handler waited.
func (st *strand) errEnded(what string) error {
	return NewError(CodeStopped, fmt.Sprintf("%s: the run of %s has ended: %v", what, st.core.label(), st.cause), st.cause)
}

// list adds the strand to those of its actor, and publishes that it runs. It is false if the actor has been killed.
func (st *strand) list() bool {
	c := st.core
	sd := c.sideOf()
	s := c.lock()
	defer c.unlock(s)
	if s&killed != 0 {
		return false
	}
	st.listed = true
	if st.next = sd.strands.all; st.next != nil {
		st.next.prev = st
	}
	sd.strands.all = st
	c.running.Store(&st.cx)
	st.holds = true
	return true
}

// unlist takes the strand off that list. It is called under the lock.
func (st *strand) unlist(sd *side) {
	if !st.listed {
		return
	}
	if st.next != nil {
		st.next.prev = st.prev
	}
	if st.prev != nil {
		st.prev.next = st.next
	} else {
		sd.strands.all = st.next
	}
	st.listed, st.next, st.prev = false, nil, nil
}

// leave ends the strand. It reports whether its goroutine has the turn.
func (st *strand) leave() (mine bool) {
	c, w := st.core, st.w
	s := c.lock()
	l, robbed := st.limbo, st.robbed
	st.unlist(c.side.Load())
	c.unlock(s)
	if uint32(c.runs.Load()>>16) != w.sched.tick.Load() && l == nil {
		c.spend(w.sched)
	}
	if w.labelled {
		w.unlabel()
	}
	mine = c.running.CompareAndSwap(&st.cx, nil)
	if l == nil && mine {
		return true
	}
	c.proc.returnedLate(c, w)
	if mine {
		return true // the actor went on without it, which it could not see before it was over
	}
	w.unblock()
	if st.holds && !robbed { // killed: what it had taken is its to report
		c.self.dropTaken()
	}
	if l == nil { // the kill came after the strand was off the list
		l = c.side.Load().strands.limbo
	}
	l.leave()
	return false
}

// suspend gives up the turn, before a wait that resume ends.
func (st *strand) suspend() {
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
		c.unlock(s) // it has no turn to give up
		return
	}
	c.running.Store(nil)
	st.holds = false
	st.out, st.since = true, w.sched.tick.Load()
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

// resume takes the turn back when the wait is over: at once if nobody has it, or else before the actor's next message.
func (st *strand) resume() {
	if !st.out {
		return
	}
	st.w.back()
	c, sd := st.core, st.core.side.Load()
	given := false
	s := c.lock()
	switch {
	case st.limbo != nil:
	case s&held == 0:
		s |= held
	default:
		if last := sd.strands.last; last != nil {
			last.behind = st
		} else {
			sd.strands.first = st
		}
		sd.strands.last = st
		c.flags.Or(lookReturning)
		c.unlock(s | returning)
		c.resume()
		<-st.turn
		given = true
		s = c.lock()
	}
	st.out = false
	if l := st.limbo; l != nil {
		c.unlock(s)
		if given && !l.let(st) {
			c.passOn()
		}
		l.enter(st)
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
