package actor

import (
	"context"
	"errors"
	"iter"
)

// A SessionClient is the end of a session that has opened it. Open, In and Out are as in SessionServer: In always goes to the actor. R is the type of
// the handler's result.
//
// The context that the session was opened with governs all of it: when that ends, the session is canceled. A session holds its handler
// until that returns, so use it to its end: receive until io.EOF, take the Result, or defer Close.
//
// Its methods may be used by several goroutines at once. In a reentrant handler they give up the turn while they wait, in others they keep it.
type SessionClient[Open, In, Out, R any] struct {
	s       *session
	in      *stream[In]
	out     *stream[Out]
	opening *Open
	result  *R
}

// Opening returns the value that the handler has opened the session with.
func (c *SessionClient[Open, In, Out, R]) Opening() Open { return *c.opening }

// Send sends a value to the handler. It waits for room, if the handler's queue is of that kind, no longer than ctx lives. Once the handler has returned the
// error is what it has returned, io.EOF for a result; once the session is canceled it is the *Canceled.
func (c *SessionClient[Open, In, Out, R]) Send(ctx context.Context, v In) error {
	return sendValue(c.s, c.in, clientSide, asClient(ctx), v)
}

// CloseSend tells the handler that nothing more comes: its Recv returns io.EOF after what was sent. Sending after it is an error.
func (c *SessionClient[Open, In, Out, R]) CloseSend() error { return c.s.closeSend() }

// Recv returns the next value. After the last one the error is the handler's, or io.EOF if it has returned a result. A value that is none of Out
// is a *codec.TypeError.
func (c *SessionClient[Open, In, Out, R]) Recv(ctx context.Context) (Out, error) {
	return receiveValue(c.s, c.out, clientSide, asClient(ctx))
}

// All yields the values that Recv returns. An error ends it, io.EOF without being yielded. To leave it early does not end the session.
func (c *SessionClient[Open, In, Out, R]) All(ctx context.Context) iter.Seq2[Out, error] {
	return untilEnd(func() (Out, error) { return c.Recv(ctx) })
}

// CloseRecv says that nobody wants what the handler sends: it is dropped, and Recv returns the end.
func (c *SessionClient[Open, In, Out, R]) CloseRecv() {
	c.s.mu.Lock()
	room := c.s.unread(c.s.out)
	c.s.mu.Unlock()
	if room > 0 {
		c.s.far.sendRoom(clientSide, room)
	}
}

// Result waits for the handler's end, no longer than ctx lives, and returns its result, or its error. It may be called more than once, and while others
// receive. What the handler has sent need not have been received: if nobody has called Recv yet it is dropped; who has, and
// wants no more, calls CloseRecv, for a handler that finds no room waits.
func (c *SessionClient[Open, In, Out, R]) Result(ctx context.Context) (R, error) {
	c.s.mu.Lock()
	room := c.s.discard()
	c.s.mu.Unlock()
	if room > 0 {
		c.s.far.sendRoom(clientSide, room)
	}
	if err := c.s.await(ctx); err != nil {
		var none R
		return none, err
	}
	return *c.result, nil
}

// Cancel cancels the session, with a cause that may be nil: the handler's context ends, and its methods return a *Canceled. It does not wait for the handler,
// as Result and Close do. A session that is over, or was canceled before, stays as it is.
func (c *SessionClient[Open, In, Out, R]) Cancel(cause error) {
	c.s.cancelBy(clientSide, c.s.client, cause)
}

// Close cancels the session unless it is over, and waits until the handler has returned, no longer than ctx lives. The cancellation that this end has
// asked for is not an error here; the handler's own error is.
func (c *SessionClient[Open, In, Out, R]) Close(ctx context.Context) error {
	c.Cancel(errSessionClosed)
	c.CloseRecv()
	err := c.s.await(ctx)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.over && c.s.canceler == clientSide && err != nil && err == error(c.s.canceled) {
		return nil
	}
	return err
}

var errSessionClosed = errors.New("the client has closed the session")

// Lost returns how many values were dropped because too many waited: see SessionQueue.
func (c *SessionClient[Open, In, Out, R]) Lost() uint64 { return c.s.lost(c.s.out) }

// Tolerate has the session go on after a value that is none of Out: Recv returns its *codec.TypeError. Without it the session is canceled with that error.
func (c *SessionClient[Open, In, Out, R]) Tolerate() { c.s.tolerate(clientSide) }

// Server returns the actor whose handler this is a session with.
func (c *SessionClient[Open, In, Out, R]) Server() ID { return c.s.server.id }

// CanceledBy tells from whom this end has the session's cancellation: from itself, or from the actor, which may itself have been canceled by
// somebody else, as the error's By tells. It is the zero ID while the session is not canceled.
func (c *SessionClient[Open, In, Out, R]) CanceledBy() ID { return c.s.canceledBy(clientSide) }

// State returns where the session is.
func (c *SessionClient[Open, In, Out, R]) State() SessionState { return c.s.state(clientSide) }

// SessionQueue returns a context for opening sessions and streams with it: limit values may wait for this end, 64 without it, and policy says what
// becomes of one for which there is no room, as SessionServer.Queue tells for the other direction.
func SessionQueue(ctx context.Context, limit int, policy FullPolicy) context.Context {
	return &queueContext{ctx, limit, policy}
}

type queueContext struct {
	context.Context
	limit  int
	policy FullPolicy
}

type queueKey struct{}

func (c *queueContext) Value(key any) any {
	if _, ok := key.(queueKey); ok {
		return c
	}
	return c.Context.Value(key)
}

// queueOf returns what SessionQueue has set, or nil.
func queueOf(ctx context.Context) *queueContext {
	if _, ok := ctx.(*Context); ok {
		return nil // the caller's values do not reach it
	}
	q, _ := ctx.Value(queueKey{}).(*queueContext)
	return q
}
