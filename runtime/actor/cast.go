package actor

import (
	"context"
	"fmt"
)

// Cast reserves the cell of a cast. It holds the mailbox until Send, which must follow at once.
func (a *GenActor[S, C]) Cast(ctx context.Context, op uint16) (GenCast[S, C], error) {
	if a == nil {
		return GenCast[S, C]{}, errZeroHandle
	}
	if ctx.Err() != nil {
		return GenCast[S, C]{}, contextError(a.kind.what(op), ctx)
	}
	cx, hs := originOf(ctx)
	var from *core
	var w *worker
	if cx != nil {
		from, w = cx.core, cx.w
	}
	if a.proc.isolated && a.kind.handlers[op].Flags&GenLocal == 0 {
		return a.castApart(&apart[C]{cell: cell[C]{from: from, op: op}, ctx: ctx, cx: cx}, hs), nil
	}
	s, c, err := a.reserve(ctx, cx, op)
	if err != nil {
		return GenCast[S, C]{}, err
	}
	if c == nil {
		return a.castApart(&apart[C]{cell: cell[C]{from: from, op: op}, dropped: true}, hs), nil
	}
	c.op = op
	c.from = from
	if hs != nil {
		c.extra = &hs.extra
	}
	return GenCast[S, C]{Args: &c.args, a: a, w: w, s: s}, nil
}

// GenCast is a cast on its way: its arguments go into Args.
type GenCast[S, C any] struct {
	Args *C

	a     *GenActor[S, C]
	w     *worker
	s     uint32
	apart *apart[C] // for a message that is not written in the mailbox at once
}

// apart is a message that goes through the codec first, or that a policy drops.
type apart[C any] struct {
	cell    cell[C]
	ctx     context.Context
	cx      *Context
	dropped bool
}

func (a *GenActor[S, C]) castApart(m *apart[C], hs *headers) GenCast[S, C] {
	if hs != nil {
		m.cell.extra = &hs.extra
	}
	return GenCast[S, C]{Args: &m.cell.args, a: a, apart: m}
}

// Send ends the cast: it is accepted.
func (g *GenCast[S, C]) Send() error {
	if g.apart != nil {
		return g.sendApart()
	}
	g.a.commit(g.s, g.w)
	return nil
}

func (g *GenCast[S, C]) sendApart() error {
	a, c := g.a, &g.apart.cell
	if g.apart.dropped {
		a.undelivered(c.from, c.extra, c.op, &c.args, errFull(&a.core, c.op))
		return nil
	}
	if err := a.info.throughCodec(c, a.proc); err != nil {
		return err
	}
	s, slot, err := a.reserve(g.apart.ctx, g.apart.cx, c.op)
	if err != nil {
		return err
	}
	if slot == nil {
		a.undelivered(c.from, c.extra, c.op, &c.args, errFull(&a.core, c.op))
		return nil
	}
	*slot = *c
	a.commit(s, g.w)
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
		return contextError(a.kind.what(op), ctx)
	}
	if a.proc.isolated && a.kind.handlers[op].Flags&GenLocal == 0 {
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
	s, c, err := a.reserve(ctx, cx, op)
	if err != nil {
		f.release()
		return err
	}
	if c == nil {
		a.undelivered(from, &f.extra, op, nil, errFull(&a.core, op))
		return nil
	}
	c.op, c.from, c.extra = op, from, &f.extra
	a.commit(s, w)
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
