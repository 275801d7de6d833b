package actor

import "runtime"

// fairShare is how many messages an actor handles in a row before it looks whether something else is due: a stop, or
// others that wait for its worker.
const fairShare = 64

// smallMailbox is the size up to which a mailbox is bounded to the message. Of a larger one a sender may see up to 15 messages
// as waiting that have just been handled, because the turn's holder publishes its progress by the block.
const smallMailbox = 256

// turns handles what there is to do, until nothing is left or others have waited long enough. The caller has the turn.
func (a *GenActor[S, C]) turns(w *worker) {
	begun := a.worked
	for {
		if a.isDoomed() {
			a.dropTaken()
			return
		}
		if a.unsettled && !a.attend(w) {
			return // another has the turn, or nobody any more
		}
		if a.flags.Load()&lookReturning != 0 && a.handOver(a.hasTaken() || a.st.Load()&queued != 0) {
			return
		}
		if a.work.current() == nil {
			if got, done := a.fill(w); done {
				return
			} else if !got {
				continue
			}
		} else if a.flags.Load()&endsBatch != 0 {
			a.unsettled = true
			continue
		}
		if a.info.strands && a.givesTurn() {
			if !a.runStrand(w) {
				return
			}
			if a.worked-begun >= fairShare && w.othersWait() {
				w.sched.requeue(&a.core)
				return
			}
			continue
		}
		before := a.worked
		others := false
		if op := a.work.current().op; w.sched.news(&a.core, op) {
			a.begin(w, op, false)
		}
		if a.enter(w) {
			others = a.batch(w)
		}
		if !a.leave(w) {
			a.dropTaken()
			return
		}
		w.pause(a.worked - before)
		if others || a.worked-begun >= fairShare && w.othersWait() {
			w.sched.requeue(&a.core)
			return
		}
		if a.worked-before > 1 {
			w.linger()
		}
	}
}

// enter publishes the worker's context as the one that runs. It is false if the actor has been killed: first publish, then look,
// so that a kill either is seen here or finds what runs.
func (c *core) enter(w *worker) bool {
	w.cx.core = c
	c.running.Store(w.cx)
	return !c.isDoomed()
}

// leave takes that back. It is false if the actor has been killed meanwhile and the worker written off, which now counts again.
func (c *core) leave(w *worker) bool {
	if uint32(c.runs.Load()>>16) != w.sched.tick.Load() {
		c.spend(w.sched)
	}
	if w.labelled {
		w.unlabel()
	}
	if c.running.Swap(nil) != nil {
		return true
	}
	c.proc.returnedLate(c, w)
	w.unblock()
	if sd := c.side.Load(); sd != nil {
		sd.strands.limbo.leave()
	}
	return false
}

func (a *GenActor[S, C]) hasTaken() bool { return a.work.current() != nil }

// othersWait tells whether something else could run on the worker.
func (w *worker) othersWait() bool { return w.slot.Load() != nil || w.sched.waiting.Load() > 0 }

// pauseAfter is how many messages a worker handles before it lets other goroutines run, which would else wait for some
// 10 ms until it is preempted. It costs less than a hundredth of the time that as many messages take.
const pauseAfter = 1024

// pause counts messages and pauses when it is time.
func (w *worker) pause(handled uint32) {
	if w.handled += handled; w.handled >= pauseAfter {
		w.handled = 0
		runtime.Gosched()
	}
}

// linger has an actor whose messages stream in let others run before it looks for the next ones: by then its senders have
// added a few. To look after every message would have them fight for the mailbox's cache line, and for the processor.
func (w *worker) linger() {
	if w.sched.procs > 1 && !w.othersWait() {
		runtime.Gosched()
	}
}

// fill takes mail. done says that the turn is not the caller's any more; without mail and not done there is something
// to attend to first.
func (a *GenActor[S, C]) fill(w *worker) (got, done bool) {
	s := a.lock()
	a.mail.settle(&a.work)
	if !a.exact() {
		a.seen = a.worked
	}
	a.admit()
	switch {
	case s&killed != 0:
		a.work.release(&a.info.blocks)
		a.mail.release(&a.info.blocks)
		a.unlock(s)
		return false, false
	case s&alarm != 0:
		a.unlock(s)
		a.unsettled = true
		return false, false
	case s&returning != 0 && s&queued == 0:
		a.unlock(s)
		return false, false
	case s&queued != 0:
		if !a.exact() {
			a.mail.lend(&a.work)
			a.seen++ // the one that is handled next does not wait
			s &^= queued
		} else {
			a.mail.lendOne(&a.work, &a.info.blocks)
			if a.seen++; a.seen == a.count {
				s &^= queued
			}
		}
		a.unlock(s)
		return true, false
	case s&closing != 0 && !a.hasStrands():
		a.unlock(s)
		a.sideOf().drained.Store(true)
		a.unsettled = true
		return false, false
	}
	a.work.release(&a.info.blocks)
	a.mail.release(&a.info.blocks)
	a.unlock(s &^ held)
	return false, true
}

// batch handles the messages that were taken. It reports whether it stopped for others that wait. If a handler
// panics, or ends its goroutine, the incarnation has failed, and the rest is left for the next one.
func (a *GenActor[S, C]) batch(w *worker) (others bool) {
	t := guard{c: &a.core, w: w}
	defer t.caught(a)
	run, cx, small, strands := a.info.spec.Run, w.cx, a.config.mailbox <= smallMailbox, a.info.strands
	if a.config.chain != nil {
		run = a.info.guarded
	}
	tick, word := &w.sched.tick, a.runs.Load()&runsMask|w.sched.unequal
	for n := 1; ; n++ {
		c := a.work.current()
		if c == nil || strands && a.givesTurn() {
			break
		}
		if runsWord(tick.Load(), c.op) != word {
			word = a.begin(w, c.op, n > 1)
		}
		failed := false
		if cx.from = c.from; c.extra == nil {
			err := run(a.state, cx, c.op, &c.args, nil)
			if cx.over.Load() != nil {
				cx = w.renew(cx)
			}
			failed = err != nil && a.castFailed(err, c.op)
		} else {
			failed = a.handleExtra(w, cx, c, c.extra, run)
			cx = w.cx
		}
		a.worked++
		if a.work.advance(&a.info.blocks) || small {
			gone := a.worked
			if a.work.current() != nil {
				gone++ // it does not wait any more
			}
			a.consumed.Store(gone)
		}
		if failed || a.flags.Load()&stopsBatch != 0 {
			break
		}
		if n%fairShare == 0 && w.othersWait() {
			others = true
			break
		}
	}
	t.returned = true
	return others
}

// handleExtra runs a message that has more than arguments.
func (a *GenActor[S, C]) handleExtra(w *worker, cx *Context, c *cell[C], e *extra,
	run func(S, *Context, uint16, *C, GenFrame) error) (failed bool) {
	f := e.frame
	call := f != nil && a.info.handlers[c.op].Flags&GenOneway == 0
	if call && f.left() {
		if f.unlist() {
			f.answer(a.proc, contextError(a.info.what(c.op), f.ctx))
		}
		return false
	}
	hs := e.headers
	cx.headers, cx.sender = hs, e.sender
	var frame GenFrame
	if f != nil {
		frame = f.outer
		if call {
			cx.up, cx.call = f.ctx, f
		}
	}
	err := run(a.state, cx, c.op, &c.args, frame)
	if cx.over.Load() != nil {
		w.renew(cx)
	} else {
		cx.up, cx.call, cx.headers, cx.sender = nil, nil, nil, nil
	}
	if !call {
		if e.feed != nil {
			e.feed.settled(&a.core)
		}
		if f != nil {
			f.release()
		}
		return err != nil && a.castWithHeadersFailed(err, c.op, hs)
	}
	if err != nil && isFatal(err) {
		a.fail(&failure{err: err, op: c.op, headers: hs})
		failed = true
	}
	if f.unlist() {
		f.answer(a.proc, err)
	}
	return failed
}

// renew gives the worker a new context, because somebody may still look at the old one.
func (w *worker) renew(old *Context) *Context {
	old.end(errReturned)
	w.cx = &Context{w: w, core: old.core}
	old.core.running.CompareAndSwap(old, w.cx) // unless the actor has been killed
	return w.cx
}

// guard sees user code end otherwise than by returning.
type guard struct {
	c        *core
	w        *worker
	returned bool
}

// caught fails the incarnation whose handler has panicked or ended its goroutine. In the latter case the worker goes on
// in a new goroutine, which has the turn.
func (g *guard) caught(a interface{ stepOver(w *worker, f *failure) }) {
	if g.returned {
		return
	}
	p := recover()
	f, known := p.(*failure) // of a handler whose interceptors have seen it already
	if !known {
		f = panicked(p)
	}
	a.stepOver(g.w, f)
	if p == nil {
		g.c.exitedGoroutine(g.w)
	}
}

// exitedGoroutine replaces a worker's goroutine that a handler has ended.
func (c *core) exitedGoroutine(w *worker) {
	c.leave(w)
	go w.run(c)
}

// stepOver fails the incarnation at the current message and drops that. If it was a call, its caller gets the failure once
// the actor has taken note of it.
func (a *GenActor[S, C]) stepOver(w *worker, f *failure) {
	c := a.work.current()
	if f = w.interception.broken(f); f.op == noOp {
		f.arose(&a.core, c.op)
	}
	if c.extra != nil && f.headers == nil {
		f.headers = c.extra.headers
	}
	a.fail(f)
	w.renew(w.cx)
	if c.extra != nil && c.extra.feed != nil {
		c.extra.feed.settled(&a.core)
	}
	if c.extra != nil && c.extra.frame != nil {
		if frame := c.extra.frame; a.info.handlers[c.op].Flags&GenOneway != 0 {
			frame.release()
		} else if frame.unlist() {
			frame.answer(a.proc, f.err)
		}
	}
	a.worked++
	a.work.advance(&a.info.blocks)
}
