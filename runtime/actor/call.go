package actor

import (
	"context"
	"runtime"
	"sync/atomic"
)

// The states of a call's frame. Whoever moves it out of waiting decides whose it is.
const (
	callWaiting  uint32 = iota
	callAnswered        // the frame is the caller's
	callLeft            // the caller's context ended: the frame is the callee's
	callOrphaned        // the actor was killed under it: the caller has its error, the frame is the callee's
)

// GenCall is the head of a generated frame: one call on its way, or a cast that has its arguments in a frame.
//
// A frame is used again and again, with its channel. It goes back to its pool by whoever sees it last: the caller that
// has read the answer, or the callee if the caller has left.
type GenCall struct {
	extra extra
	outer GenFrame
	state atomic.Uint32
	done  chan struct{} // has room for the one answer
	home  *Proc         // that done was made for
	ctx   context.Context
	err   error

	// A call is in its actor's list until it is answered, under that actor's lock.
	at         *core // the actor
	listed     bool
	next, prev *GenCall
	from       *core // the calling actor of this proc, or nil

	chain   []ID      // the actors in other procs that wait for this call
	kind    *kindInfo // of a call to another proc
	op      uint16
	through bool                   // the interceptors of its sending have let it through
	mirror  *GenCall               // in isolation, the caller's frame
	remote  *inboundCall           // the caller is in another proc
	session *session               // that the call opens, which outlives its answer
	strand  atomic.Pointer[strand] // that serves it
}

// GenInit prepares a new frame.
func (f *GenCall) GenInit(outer GenFrame) {
	f.outer = outer
	f.extra.frame = f
}

// calledFrom gives the frame a channel of the proc that the call is made in. It keeps the one that it has while it is
// used by one proc: a channel made in a bubble of testing/synctest must not be used outside.
func (f *GenCall) calledFrom(p *Proc) {
	if f.home != p {
		f.home, f.done = p, make(chan struct{}, 1)
	}
}

// GenHead returns the frame's head.
func (f *GenCall) GenHead() *GenCall { return f }

// release gives a frame back that nobody else knows.
func (f *GenCall) release() {
	f.reset()
	f.outer.Recycle()
}

// reset makes the head as good as new.
func (f *GenCall) reset() {
	if f.session != nil {
		return // it is used once, and longer than until it is answered
	}
	f.extra.headers, f.extra.sender, f.extra.feed = nil, nil, nil
	f.state.Store(callWaiting)
	f.ctx, f.err, f.through = nil, nil, false
	f.chain, f.mirror, f.remote, f.from, f.at, f.kind = nil, nil, nil, nil, nil, nil
	if f.strand.Load() != nil {
		f.strand.Store(nil)
	}
}

// Call sends a call and waits for its answer. With an error the frame is not the caller's any more; without one it
// holds the result, and the caller recycles it.
func (a *GenActor[S, C]) Call(ctx context.Context, op uint16, f *GenCall) error {
	if a == nil {
		f.release()
		return errZeroHandle
	}
	if ctx.Err() != nil {
		f.release()
		return contextError(a.info.what(op), ctx)
	}
	f.calledFrom(a.proc)
	cx, hs := originOf(ctx)
	sent := f
	if a.proc.detour {
		if a.proc.send != nil && !f.through {
			return a.callIntercepted(ctx, op, f)
		}
		if a.proc.isolated && a.info.handlers[op].Flags&GenLocal == 0 {
			var err error
			if sent, err = a.info.isolate(op, f, a.proc); err != nil {
				f.release()
				return err
			}
			sent.mirror = f
		}
	}
	sent.extra.headers = hs
	sent.ctx = ctx
	if cx == nil {
		if err := a.pushCall(ctx, nil, nil, nil, op, sent); err != nil {
			sent.withdraw()
			return err
		}
		return f.await(ctx, nil, &edge{}, &a.info.kindInfo, op)
	}
	wait := &edge{to: &a.core, call: f, serving: cx.call}
	if err := cx.beginWait(wait, &a.info.names[op]); err != nil {
		sent.withdraw()
		return err
	}
	sent.chain = cx.chain()
	if err := a.pushCall(ctx, cx, cx.core, cx.w, op, sent); err != nil {
		cx.endWait(wait)
		sent.withdraw()
		return err
	}
	cx.leaveTurn(wait)
	err := f.await(ctx, cx, wait, &a.info.kindInfo, op)
	cx.retakeTurn(wait)
	return err
}

// beginWait publishes that the handler is about to wait for what: with its turn, unless it is reentrant.
func (c *Context) beginWait(e *edge, what *string) error {
	if st := c.yielding(); st != nil {
		if err := st.wait(what); err != nil {
			return err
		}
		e.strand = st
	}
	err := c.waitFor(e)
	if err != nil && e.strand != nil {
		e.strand.done()
	}
	return err
}

// endWait takes back what beginWait has published, if there is nothing to wait for.
func (c *Context) endWait(e *edge) {
	if c == nil {
		return
	}
	c.waited(e)
	if e.strand != nil {
		e.strand.done()
	}
}

// leaveTurn is called before the wait, retakeTurn after it.
func (c *Context) leaveTurn(e *edge) {
	switch {
	case c == nil:
	case e.strand != nil:
		e.strand.suspend()
	default:
		c.w.block()
	}
}

func (c *Context) retakeTurn(e *edge) {
	switch {
	case c == nil:
	case e.strand != nil:
		e.strand.resume()
		e.strand.done()
	default:
		c.w.unblock()
	}
}

// withdraw gives back a call that was not sent, and in isolation the caller's frame with it.
func (f *GenCall) withdraw() {
	if f.mirror != nil {
		f.mirror.release()
	}
	f.release()
}

// pushCall queues a call and lists it with the actor.
func (a *GenActor[S, C]) pushCall(ctx context.Context, cx *Context, from *core, w *worker, op uint16, f *GenCall) error {
	c, err := a.reserve(ctx, cx, op)
	if err != nil {
		return err
	}
	if c == nil {
		return errFull(&a.core, op) // dropped by policy: a call is always told
	}
	c.op, c.from, c.extra = op, from, &f.extra
	f.at, f.from, f.listed = &a.core, from, true
	if f.next = a.calls; f.next != nil {
		f.next.prev = f
	}
	a.calls = f
	a.commit(w)
	return nil
}

// unlist takes the call out of its actor's list. It is false if a kill has done so before: then the caller
// has its error, and the frame is the callee's.
func (f *GenCall) unlist() bool {
	c := f.at
	s := c.lock()
	mine := f.listed
	if mine {
		f.unlink(c)
	}
	c.unlock(s)
	return mine
}

// unlink is called under the actor's lock.
func (f *GenCall) unlink(c *core) {
	if f.next != nil {
		f.next.prev = f.prev
	}
	if f.prev != nil {
		f.prev.next = f.next
	} else {
		c.calls = f.next
	}
	f.listed, f.next, f.prev = false, nil, nil
}

// await waits for the answer. With an error the frame is not the caller's any more.
//
// A handler's edge is taken back before the frame can be used again: one that leads by the frame of another call would
// look like a circle.
//
// First it lets others run: the callee's worker, just woken, is next on this processor, and has mostly answered when
// this goroutine goes on. To park it on two channels costs a third of a call more.
func (f *GenCall) await(ctx context.Context, cx *Context, e *edge, k *kindInfo, op uint16) error {
	runtime.Gosched()
	if f.state.Load() != callWaiting {
		<-f.done
	} else if done := ctx.Done(); done == nil && e.strand == nil {
		<-f.done
	} else {
		select {
		case <-f.done:
			cx.waited(e)
			return f.take(cx)
		case <-done:
		case <-e.strand.over():
		}
		return f.leave(ctx, cx, e, k, op)
	}
	cx.waited(e)
	return f.take(cx)
}

// leave gives up the wait, unless the answer has come meanwhile.
func (f *GenCall) leave(ctx context.Context, cx *Context, e *edge, k *kindInfo, op uint16) error {
	cx.waited(e)
	switch {
	case !f.state.CompareAndSwap(callWaiting, callLeft):
		<-f.done // the answer came first
		return f.take(cx)
	case e.strand.isOver():
		return e.strand.errEnded(k.what(op))
	}
	return contextError(k.what(op), ctx)
}

// take returns the error of a call that is answered. With one, the frame is not the caller's any more.
func (f *GenCall) take(cx *Context) error {
	err := f.err
	switch {
	case f.state.Load() == callOrphaned: // the handler still has the frame, and with it the caller's context
		if cx != nil {
			cx.look() // so that it is not used for another message
		}
	case err != nil:
		f.release()
	default:
		f.reset()
	}
	return err
}

// answer ends a call that the caller of this method has unlisted: its frame is the caller's again.
func (f *GenCall) answer(p *Proc, err error) {
	if f.session != nil {
		f.session.conclude(err)
		return
	}
	if f.remote != nil {
		f.remote.answer(f, err)
		f.release()
		return
	}
	if m := f.mirror; m != nil {
		if err == nil {
			err = f.copyResult(m, p)
		}
		f.release()
		f = m
	}
	f.err = err
	if f.state.CompareAndSwap(callWaiting, callAnswered) {
		f.done <- struct{}{}
		return
	}
	f.release() // the caller has left
}

// copyResult sends the result through the codec.
func (f *GenCall) copyResult(to *GenCall, p *Proc) error {
	b, err := f.outer.(GenWireFrame).AppendResult(nil)
	if err == nil {
		err = to.outer.(GenWireFrame).DecodeResult(b, p)
	}
	return errIsolating("the result of a call to "+f.at.kind().short, err)
}

// orphan gives a caller its error while the handler still uses the frame, which nobody uses again after that.
// The caller of this method has unlisted it.
func (f *GenCall) orphan(err error) {
	if f.session != nil {
		f.session.conclude(err)
		return
	}
	if f.remote != nil {
		f.remote.answer(nil, err)
		return
	}
	to := f
	if f.mirror != nil {
		to = f.mirror
	}
	// Nobody else writes err: whoever unlists the call is the only one to answer it.
	to.err = err
	if to.state.CompareAndSwap(callWaiting, callOrphaned) {
		to.done <- struct{}{}
	}
}

// left tells whether the caller does not wait any more: then its handler does not run.
func (f *GenCall) left() bool {
	if f.ctx.Err() != nil { // also when the caller has not noticed yet
		return true
	}
	if f.mirror != nil {
		return f.mirror.state.Load() != callWaiting
	}
	return f.state.Load() != callWaiting
}
