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
	sends     valueContext  // the context of what it sends in its session

	waits  atomic.Pointer[string] // what it waits for without the turn
	ending atomic.Bool            // ended is about to be closed

	// Under the actor's lock.
	next, prev *strand // of all that the actor has
	listed     bool
	behind     *strand // in the queue for the turn
	out        bool    // has given up the turn
	recalled   bool    // and its wait is over: it is to get it back
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
			st.sends.Context = cx
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
// caller is not. A session may have been, and then that came first.
func (st *strand) lateError(err error) error {
	canceled := isCanceled(err) != nil || CodeOf(err) == CodeCanceled
	switch {
	case err == nil, !canceled && !errors.Is(err, st.cause), canceled && st.call != nil && st.call.session.wasCanceled():
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
