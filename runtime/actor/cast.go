package actor

import (
	"context"
	"fmt"
)

// Cast reserves the cell of a cast. It holds the mailbox until Send, which must follow at once.
func (a *GenActor[S, C]) Cast(ctx context.Context, op uint16) (GenCast[C], error) {
	if a == nil {
		return GenCast[C]{}, errZeroHandle
	}
	var cx *Context
	var hs *headers
	var from *core
	var w *worker
	if ctx != background {
		if ctx.Err() != nil {
			return GenCast[C]{}, contextError(a.info.what(op), ctx)
		}
		if cx, hs = originOf(ctx); cx != nil {
			from, w = cx.core, cx.w
		}
	}
	// What follows is reserve for the common case: the lock is free, the mailbox open and not full.
	s := a.st.Load()
	if s&(locked|closing|ended) == 0 && hs == nil && !a.proc.detour && a.st.CompareAndSwap(s, s|locked) {
		if !a.waitingFull() {
			c := a.mail.room()
			if c == nil {
				c = a.mail.reserve(&a.info.blocks, a.proc)
			}
			if c != nil {
				c.op, c.from = op, from
				return GenCast[C]{Args: &c.args, c: &a.core, w: w}, nil
			}
		}
		a.unlock(s)
	}
	return a.castSlow(ctx, cx, hs, op)
}

// background is what many casts come with: it has nothing to look for.
var background = context.Background()

// castSlow is Cast for the other cases.
func (a *GenActor[S, C]) castSlow(ctx context.Context, cx *Context, hs *headers, op uint16) (GenCast[C], error) {
	var from *core
	var w *worker
	if cx != nil {
		from, w = cx.core, cx.w
	}
	e := extraOf(cx, hs)
	if a.proc.send != nil {
		return a.castApart(cell[C]{op: op}, func(c *cell[C]) error { return a.castIntercepted(ctx, c) }), nil
	}
	if a.proc.isolated && a.info.handlers[op].Flags&GenLocal == 0 {
		return a.castApart(cell[C]{from: from, extra: e, op: op}, func(c *cell[C]) error {
			return a.sendIsolated(ctx, cx, w, c)
		}), nil
	}
	c, err := a.reserve(ctx, cx, op)
	if err != nil {
		return GenCast[C]{}, err
	}
	if c == nil {
		return a.castApart(cell[C]{from: from, extra: e, op: op}, func(c *cell[C]) error {
			a.dropNewest(c)
			return nil
		}), nil
	}
	c.op, c.from, c.extra = op, from, e
	if e != nil && e.feed != nil {
		e.feed.queued()
	}
	return GenCast[C]{Args: &c.args, c: &a.core, w: w}, nil
}

// castApart returns a cast that is written elsewhere than in the mailbox.
func (a *GenActor[S, C]) castApart(c cell[C], send func(*cell[C]) error) GenCast[C] {
	m := &apart[C]{cell: c, send: send}
	return GenCast[C]{Args: &m.cell.args, apart: m}
}

// GenCast is a cast on its way: its arguments go into Args. It has four words at most, because the compiler keeps
// larger structs in memory, and copying them there costs as much as the atomic operations of a cast.
type GenCast[C any] struct {
	Args *C

	c     *core
	w     *worker
	apart *apart[C] // for a message that is not written in the mailbox at once
}

// apart is a message that goes through the codec first, whose sending is intercepted, or that a policy drops.
type apart[C any] struct {
	cell cell[C]
	send func(*cell[C]) error
}

// Send ends the cast: it is accepted.
func (g GenCast[C]) Send() error {
	if g.apart != nil {
		return g.apart.send(&g.apart.cell)
	}
	g.c.commit(g.w)
	return nil
}

// dropNewest drops a message that was accepted by policy.
func (a *GenActor[S, C]) dropNewest(c *cell[C]) {
	a.undelivered(c.from, c.extra, c.op, &c.args, errFull(&a.core, c.op))
}

// sendIsolated queues a message after it went through the codec.
func (a *GenActor[S, C]) sendIsolated(ctx context.Context, cx *Context, w *worker, c *cell[C]) error {
	if err := a.info.throughCodec(c, a.proc); err != nil {
		return err
	}
	return a.sendApart(ctx, cx, w, c)
}

// sendApart queues a message that was written elsewhere.
func (a *GenActor[S, C]) sendApart(ctx context.Context, cx *Context, w *worker, c *cell[C]) error {
	slot, err := a.reserve(ctx, cx, c.op)
	if err != nil {
		return err
	}
	if slot == nil {
		a.dropNewest(c)
		return nil
	}
	*slot = *c
	if c.extra != nil && c.extra.feed != nil {
		c.extra.feed.queued()
	}
	a.commit(w)
	return nil
}

// throughCodec gives a cast arguments that share nothing with the sender's.
func (k *GenKind[S, C]) throughCodec(c *cell[C], p *Proc) error {
	b, err := k.spec.Append(nil, c.op, &c.args)
	if err == nil {
		var zero C
		c.args = zero
		err = k.spec.Decode(b, c.op, &c.args, p)
	}
	return errIsolating(k.what(c.op), err)
}

// CastFrame sends a cast whose arguments are in a frame. The frame is not the caller's any more.
func (a *GenActor[S, C]) CastFrame(ctx context.Context, op uint16, f *GenCall) error {
	if a == nil {
		f.release()
		return errZeroHandle
	}
	if ctx.Err() != nil {
		f.release()
		return contextError(a.info.what(op), ctx)
	}
	if a.proc.send != nil && !f.through {
		return a.castFrameIntercepted(ctx, op, f)
	}
	if a.proc.isolated && a.info.handlers[op].Flags&GenLocal == 0 {
		apart, err := a.info.isolate(op, f, a.proc)
		f.release()
		if err != nil {
			return err
		}
		f = apart
	}
	cx, hs := originOf(ctx)
	f.extra.headers = hs
	var from *core
	var w *worker
	if cx != nil {
		from, w = cx.core, cx.w
	}
	c, err := a.reserve(ctx, cx, op)
	if err != nil {
		f.release()
		return err
	}
	if cx != nil && cx.feed != nil {
		e := extraOf(cx, hs)
		f.extra.headers, f.extra.feed = e.headers, e.feed
		cx.feed.queued()
	}
	if c == nil {
		a.undelivered(from, &f.extra, op, nil, errFull(&a.core, op))
		return nil
	}
	c.op, c.from, c.extra = op, from, &f.extra
	a.commit(w)
	return nil
}

// isolate returns a frame with the arguments of f, which share nothing with the sender's.
func (k *GenKind[S, C]) isolate(op uint16, f *GenCall, p *Proc) (*GenCall, error) {
	b, err := f.outer.(GenWireFrame).AppendArgs(nil)
	if err != nil {
		return nil, errIsolating(k.what(op), err)
	}
	apart := k.spec.Frame(op)
	if err := apart.DecodeArgs(b, p); err != nil {
		apart.Recycle()
		return nil, errIsolating(k.what(op), err)
	}
	return apart.GenHead(), nil
}

func errIsolating(what string, err error) error {
	if err == nil {
		return nil
	}
	return NewError(CodeEncode, fmt.Sprintf("sending through the codec (isolation): %s: %v", what, err), err)
}
