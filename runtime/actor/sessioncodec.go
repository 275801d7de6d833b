package actor

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/codec"
)

// A GenSession is a session with its types: what a generated frame has of it. It is for generated code, as all of this file.
type GenSession[Open, In, Out, R any] struct {
	session
	opening Open
	result  R
	inward  stream[In]
	outward stream[Out]
	codec   *GenSessionCodec[Open, In, Out, R]
	server  SessionServer[Open, In, Out]
	client  SessionClient[Open, In, Out, R]
}

// GenCodec encodes and decodes values of one type.
type GenCodec[T any] struct {
	Append func(b []byte, v T) ([]byte, error)
	Decode func(b []byte, p *Proc) (T, error)
}

// GenSessionCodec encodes what travels in a session.
type GenSessionCodec[Open, In, Out, R any] struct {
	Open   GenCodec[Open]
	In     GenCodec[In]
	Out    GenCodec[Out]
	Result GenCodec[R]
}

// copy returns a value that shares nothing with v.
func (c *GenCodec[T]) copy(v T, p *Proc) (T, error) {
	b, err := c.Append(nil, v)
	if err != nil {
		return v, err
	}
	return c.Decode(b, p)
}

// GenInit prepares a session in its frame. The codec is nil for a local handler.
func (s *GenSession[Open, In, Out, R]) GenInit(f *GenCall, c *GenSessionCodec[Open, In, Out, R]) {
	t := &s.session
	f.session = t
	t.frame, t.values = f, s
	t.in, t.out = &s.inward.flow, &s.outward.flow
	t.in.limit, t.in.policy, t.out.limit, t.out.policy = sessionQueue, FullBlock, sessionQueue, FullBlock
	s.server = SessionServer[Open, In, Out]{s: t, in: &s.inward, out: &s.outward, opening: &s.opening}
	s.client = SessionClient[Open, In, Out, R]{s: t, in: &s.inward, out: &s.outward, opening: &s.opening, result: &s.result}
	if c != nil {
		s.codec, s.server.codec = c, &c.Open
		s.inward.codec, s.outward.codec = &c.In, &c.Out
	}
}

// Server returns the handler's end.
func (s *GenSession[Open, In, Out, R]) Server() *SessionServer[Open, In, Out] { return &s.server }

// Client returns the end of who has opened the session.
func (s *GenSession[Open, In, Out, R]) Client() *SessionClient[Open, In, Out, R] { return &s.client }

// Finish takes what the handler has returned.
func (s *GenSession[Open, In, Out, R]) Finish(value R, err error) error {
	if err != nil {
		return err
	}
	if s.copies && s.codec != nil {
		if value, err = s.codec.Result.copy(value, s.proc); err != nil {
			return errIsolating("the result of a session with "+s.what, err)
		}
	}
	s.result = value
	return nil
}

// AppendResult encodes the result.
func (s *GenSession[Open, In, Out, R]) AppendResult(b []byte) ([]byte, error) {
	return s.codec.Result.Append(b, s.result)
}

// DecodeResult decodes the result as it reached p.
func (s *GenSession[Open, In, Out, R]) DecodeResult(b []byte, p *Proc) (err error) {
	s.result, err = s.codec.Result.Decode(b, p)
	return err
}

// receive takes a value of one direction.
func (s *GenSession[Open, In, Out, R]) receive(to *flow, payload []byte) error {
	if to == s.in {
		return arrive(&s.session, &s.inward, payload)
	}
	return arrive(&s.session, &s.outward, payload)
}

// receiveOpening takes the value that the session is opened with.
func (s *GenSession[Open, In, Out, R]) receiveOpening(payload []byte) (err error) {
	if s.opening, err = s.codec.Open.decode(payload, s.proc); err != nil {
		return s.errValue("the opening value of the session", payload, err)
	}
	return nil
}

// clear drops the values of one direction.
func (s *GenSession[Open, In, Out, R]) clear(f *flow) {
	if f == s.in {
		s.inward.clear()
	} else {
		s.outward.clear()
	}
}

// errValue makes the error of what is not of the type that was expected, and comes from another proc.
func (s *session) errValue(what string, payload []byte, err error) error {
	wrapped := codec.Wrap(what+" "+s.what, payload, err)
	from := s.client
	if s.frame.remote == nil {
		from = s.server
	}
	return sentBy(from.name, NewError(CodeDecode, wrapped.Error(), wrapped))
}

// Open opens a session with the actor: it waits until the handler has opened it, or failed.
func (a *GenActor[S, C]) Open(ctx context.Context, op uint16, f *GenCall) error {
	if a == nil {
		return errZeroHandle
	}
	if ctx.Err() != nil {
		return contextError(a.info.what(op), ctx)
	}
	if a.proc.send != nil && !f.through {
		return a.openIntercepted(ctx, op, f)
	}
	cx, hs := originOf(ctx)
	if cx != nil && cx.core == &a.core {
		return errOwnSession(a.info.what(op), &a.core)
	}
	s := f.session
	if err := s.start(ctx, a.proc, cx, &a.info.kindInfo, op); err != nil {
		return err
	}
	s.server = peerID{a.id(), a.label()}
	if a.proc.isolated && a.info.handlers[op].Flags&GenLocal == 0 {
		s.copies = true
		if err := a.info.isolateArgs(op, f, a.proc); err != nil {
			return s.abandon(err)
		}
	}
	f.calledFrom(a.proc)
	f.extra.headers, f.ctx = hs, s.ctx
	k := &a.info.kindInfo
	if cx == nil {
		if err := a.pushCall(ctx, nil, nil, nil, op, f); err != nil {
			return s.abandon(err)
		}
		return s.abandon(f.await(ctx, nil, &edge{}, k, op))
	}
	wait := &edge{to: &a.core, call: f, serving: cx.call}
	if err := cx.beginWait(wait, &k.names[op]); err != nil {
		return s.abandon(err)
	}
	f.chain = cx.chain()
	if err := a.pushCall(ctx, cx, cx.core, cx.w, op, f); err != nil {
		cx.endWait(wait)
		return s.abandon(err)
	}
	cx.leaveTurn(wait)
	err := f.await(ctx, cx, wait, k, op)
	cx.retakeTurn(wait)
	return s.abandon(err)
}

// abandon ends a session that was not opened, with err, which it returns. With nil it does nothing.
func (s *session) abandon(err error) error {
	if err == nil {
		return nil
	}
	s.cancelBy(clientSide, s.client, err)
	if s.watch != nil {
		s.watch()
	}
	s.cancel(err)
	return err
}

// isolateArgs gives a session's frame arguments that share nothing with the sender's.
func (k *GenKind[S, C]) isolateArgs(op uint16, f *GenCall, p *Proc) error {
	frame := f.outer.(GenWireFrame)
	b, err := frame.AppendArgs(nil)
	if err == nil {
		err = frame.DecodeArgs(b, p)
	}
	return errIsolating(fmt.Sprintf("the arguments of %s", k.what(op)), err)
}

// openIntercepted is Open with interceptors.
func (a *GenActor[S, C]) openIntercepted(ctx context.Context, op uint16, f *GenCall) error {
	_, err := a.proc.intercept(a.outgoing(op), ctx, func(ctx context.Context) error {
		f.through = true
		return a.Open(ctx, op, f)
	})
	return err
}
