package actor

import "context"

// A SendFunc sends one message. For a call it returns with the answer, for a cast once that is accepted.
type SendFunc func(ctx context.Context, out Outgoing) error

// A SendInterceptor wraps the sending of messages: what it returns runs on the sender's goroutine, around the whole of a call, and
// around a cast until it is accepted. It is asked once.
//
// next sends the message, once, with the context that it gets: its headers, its sender and its end are the message's. It has to be
// called, or an error returned, which then is the sender's. An error of next can be replaced, and not be kept from the
// sender: there is no result.
//
// What is seen is every message that is sent by a handle, ref or port of the proc, by its actors as by others. Those whose context
// has ended before, and those of handles and refs that name nobody, are not sent and not seen.
type SendInterceptor func(next SendFunc) SendFunc

// InterceptSends has interceptors wrap the sending of messages by the handles, refs and ports of the proc. The first is the
// outermost. Of several options each adds to those before.
func InterceptSends(interceptors ...SendInterceptor) ProcOption {
	return procOption(func(p *Proc) error {
		p.senders = append(p.senders, interceptors...)
		return nil
	})
}

// wrapSends makes one function of the interceptors.
func (p *Proc) wrapSends() (err error) {
	if len(p.senders) == 0 {
		return nil
	}
	p.detour = true
	p.send, err = wrapped(sendMessage, p.senders, "interceptor %d of the sending", "")
	return err
}

// An Outgoing is a message that is about to be sent, as the interceptors of its proc see it. It can be kept. The zero value is
// nobody's.
type Outgoing struct {
	s    *sending
	to   *core // in this proc, or else
	ref  GenRef
	what outHandler
	from *core
}

// Handler returns the name of the handler that the message is for, as bank.Account.Deposit. It is empty for a port of an actor
// whose kind this proc does not know.
func (out Outgoing) Handler() string {
	if out.what.kind != nil {
		return out.what.kind.what(out.what.op)
	}
	if out.ref.proc != nil {
		if name, ok := out.ref.proc.handlers.Load(out.what.id); ok {
			return name.(string)
		}
	}
	return ""
}

// Oneway tells a cast from a call.
func (out Outgoing) Oneway() bool {
	if out.what.kind == nil {
		return !out.ref.IsZero() // a port's
	}
	return out.what.kind.handlers[out.what.op].Flags&GenOneway != 0
}

// To returns the actor that the message is for: the zero ID if that is known by its address only.
func (out Outgoing) To() ID {
	if out.to != nil {
		return out.to.id()
	}
	if out.ref.IsZero() {
		return ID{}
	}
	return out.ref.to.Value().id
}

// Target names the actor that the message is for to people: its kind and name, or its address.
func (out Outgoing) Target() string {
	if out.to != nil {
		return out.to.label()
	}
	return out.ref.String()
}

// Remote tells whether the message leaves the proc.
func (out Outgoing) Remote() bool { return !out.ref.IsZero() }

// Caller returns the actor that sends the message: the zero ID if none does.
func (out Outgoing) Caller() ID { return callerID(out.from, nil) }

// A sending is a message while the interceptors of its sending are at work.
type sending struct {
	passage
	do  func(ctx context.Context) error
	err error // of do
}

// sendMessage is what the innermost interceptor's next runs.
func sendMessage(ctx context.Context, out Outgoing) error {
	s := out.s
	if s == nil || !s.take(0) {
		return NewError(CodeMisuse, out.Handler()+": an interceptor has called next twice, or too late: a message is sent once, "+
			"before the interceptor returns", nil)
	}
	defer s.leave(0)
	s.err = s.do(ctx)
	return s.err
}

// intercept sends a message through the proc's interceptors. kept tells that do has not been called, or has succeeded: what it
// takes away when it fails is still there.
func (p *Proc) intercept(out Outgoing, ctx context.Context, do func(ctx context.Context) error) (kept bool, err error) {
	if cx, _ := originOf(ctx); cx != nil {
		out.from = cx.core
	}
	s := &sending{do: do, err: errSendPanicked}
	s.open(0)
	out.s = s
	err = p.send(ctx, out)
	switch passed := s.settle(0); {
	case !passed && err == nil:
		return true, NewError(CodeMisuse, out.Handler()+": an interceptor of the sending has neither called next nor returned "+
			"an error", nil)
	case !passed:
		return true, err
	case err == nil:
		return s.err == nil, s.err
	}
	return s.err == nil, err
}

// errSendPanicked stays if a panic of the sending, of a message's own encoding for instance, was recovered by an interceptor.
var errSendPanicked = NewError(CodeMisuse, "sending a message panicked, and an interceptor has kept that to itself", nil)

// outgoing is a message for the actor.
func (c *core) outgoing(op uint16) Outgoing {
	return Outgoing{to: c, what: outHandler{kind: c.kind(), op: op}}
}

// callIntercepted is Call with interceptors.
func (a *GenActor[S, C]) callIntercepted(ctx context.Context, op uint16, f *GenCall) error {
	kept, err := a.proc.intercept(a.outgoing(op), ctx, func(ctx context.Context) error {
		f.through = true
		return a.Call(ctx, op, f)
	})
	if kept && err != nil {
		f.release()
	}
	return err
}

// castIntercepted sends a cast whose arguments are in c with interceptors.
func (a *GenActor[S, C]) castIntercepted(ctx context.Context, c *cell[C]) error {
	_, err := a.proc.intercept(a.outgoing(c.op), ctx, func(ctx context.Context) error {
		if ctx.Err() != nil {
			return contextError(a.info.what(c.op), ctx)
		}
		cx, hs := originOf(ctx)
		c.from, c.extra = nil, extraOf(cx, hs)
		var w *worker
		if cx != nil {
			c.from, w = cx.core, cx.w
		}
		if a.proc.isolated && a.info.handlers[c.op].Flags&GenLocal == 0 {
			return a.sendIsolated(ctx, cx, w, c)
		}
		return a.sendApart(ctx, cx, w, c)
	})
	return err
}

// castFrameIntercepted is CastFrame with interceptors.
func (a *GenActor[S, C]) castFrameIntercepted(ctx context.Context, op uint16, f *GenCall) error {
	passed := false
	_, err := a.proc.intercept(a.outgoing(op), ctx, func(ctx context.Context) error {
		passed, f.through = true, true
		return a.CastFrame(ctx, op, f)
	})
	if !passed {
		f.release()
	}
	return err
}

// sendIntercepted tells whether a message to another proc goes through interceptors: if it can be sent at all.
func (r GenRef) sendIntercepted(ctx context.Context) bool {
	return r.proc != nil && r.proc.send != nil && !r.IsZero() && ctx.Err() == nil
}

// callIntercepted is Call with interceptors, for another proc.
func (k *GenKind[S, C]) callIntercepted(ctx context.Context, r GenRef, op uint16, f *GenCall) error {
	kept, err := r.proc.intercept(Outgoing{ref: r, what: k.out(op)}, ctx, func(ctx context.Context) error {
		f.through = true
		return k.Call(ctx, r, op, f)
	})
	if kept && err != nil {
		f.release()
	}
	return err
}

// A waitingCast is a cast to another proc whose interceptors come when it is encoded.
type waitingCast struct {
	ctx context.Context
	ref GenRef
}

// send is Send with interceptors.
func (c *waitingCast) send(h outHandler, b []byte, bad error) error {
	_, err := c.ref.proc.intercept(Outgoing{ref: c.ref, what: h}, c.ctx, func(ctx context.Context) error {
		h.through = true
		out, err := beginCast(ctx, c.ref, h)
		if err != nil {
			return err
		}
		defer out.Close()
		return out.Send(append(out.Buffer(), b...), bad)
	})
	return err
}
