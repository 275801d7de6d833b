package actor

import (
	"io"
	"iter"
)

// A SessionServer is the handler's end of a session: Open is the type of the value that it opens the session with, In that of the values which come, and
// Out that of those which it sends. The handler's result ends the session.
//
// The handler's goroutine alone waits here: while it does, the actor goes on with other messages. In between nothing is interleaved. Other handlers of the
// actor may Send and Cancel in their own turns: the actor of a subscription keeps its SessionServer, and the handler waits in Recv until the
// subscriber leaves. Or they change the actor's state alone, and the handler, which waits in RecvUntil, sends what is new. Once the session is canceled, or
// the actor's run ends, every method returns why, and the handler is to return.
type SessionServer[Open, In, Out any] struct {
	s       *session
	in      *stream[In]
	out     *stream[Out]
	opening *Open
	codec   *GenCodec[Open]
}

// Open opens the session: the client has been waiting for it. It comes before everything else, once. A value that could not be received, because
// it is over a limit for instance, is an error here, and not sent.
func (s *SessionServer[Open, In, Out]) Open(v Open) error {
	t := s.s
	if t.far != nil {
		return openFar(t, s.codec, v)
	}
	if t.copies && s.codec != nil {
		var err error
		if v, err = s.codec.copy(v, t.proc); err != nil {
			return errIsolating(t.what, err)
		}
	}
	t.mu.Lock()
	if !t.opened {
		*s.opening = v
	}
	t.mu.Unlock()
	return t.open()
}

// Recv returns the next value. The error is io.EOF once the client has called CloseSend and all values are received, a *codec.TypeError for a value that is
// none of In, and else why the session does not go on: a *Canceled if the client has canceled it.
func (s *SessionServer[Open, In, Out]) Recv() (In, error) {
	return receiveValue(s.s, s.in, serverSide, waiter{})
}

// RecvUntil is Recv that ends, too, once changed is closed or has a value: received is false then. A value that has come goes first.
//
// With it a handler waits for its client and for other handlers of its actor at once. These close a channel in the actor's state when they have changed
// what the session is about, and put a new one in its place; changed is the one that is there at the time. It takes no lock, and nothing is missed: the
// turn is the handler's own from when it has looked at the state until it waits here.
func (s *SessionServer[Open, In, Out]) RecvUntil(changed <-chan struct{}) (v In, received bool, err error) {
	v, err = receiveValue(s.s, s.in, serverSide, waiter{until: changed})
	if err == errUntil {
		return v, false, nil
	}
	return v, err == nil, err
}

// Send sends a value. It waits for room, if the client's queue is of that kind; for another handler than the session's own it does not, and a full queue is
// an error with CodeOverrun: such a handler may still wait, with its turn, for room in the link's buffer. nil means that the value is on its way.
func (s *SessionServer[Open, In, Out]) Send(v Out) error {
	return sendValue(s.s, s.out, serverSide, waiter{}, v)
}

// All yields the values that Recv returns. An error ends it, io.EOF without being yielded.
func (s *SessionServer[Open, In, Out]) All() iter.Seq2[In, error] {
	return untilEnd(s.Recv)
}

// untilEnd yields what receive returns.
func untilEnd[T any](receive func() (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			v, err := receive()
			if err == io.EOF || !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Queue sets how many values may wait here, 64 if it is not called, and what becomes of one for which there is no room: with FullBlock, the default, the
// client waits; with FullReject its Send returns an error with CodeOverrun; else a value is dropped and counted in Lost. It comes before Open.
func (s *SessionServer[Open, In, Out]) Queue(limit int, policy FullPolicy) error {
	t := s.s
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.opened {
		return NewError(CodeMisuse, t.what+": setting the queue of a session that is open", nil)
	}
	return t.in.set(t.what, limit, policy)
}

// Tolerate has the session go on after a value that is none of In: Recv returns its *codec.TypeError. Without it the session is canceled with that error.
func (s *SessionServer[Open, In, Out]) Tolerate() { s.s.tolerate(serverSide) }

func (s *session) tolerate(at end) {
	s.mu.Lock()
	s.tolerant[at] = true
	s.mu.Unlock()
}

// Lost returns how many values the queue's policy has dropped.
func (s *SessionServer[Open, In, Out]) Lost() uint64 { return s.s.lost(s.s.in) }

func (s *session) lost(f *flow) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.lost
}

// Cancel cancels the session from this end, with a cause that may be nil, and returns the *Canceled for the handler to return: the client gets it.
func (s *SessionServer[Open, In, Out]) Cancel(cause error) error {
	t := s.s
	c := t.cancelBy(serverSide, t.server, cause)
	if c == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.errOver()
	}
	return c
}

// Client returns who has opened the session: an actor, or with Serial 0 the proc of one that is none.
func (s *SessionServer[Open, In, Out]) Client() ID { return s.s.client.id }

// CanceledBy tells from whom this end has the session's cancellation: from itself, from its client, or, as the zero ID, from nobody so far.
func (s *SessionServer[Open, In, Out]) CanceledBy() ID { return s.s.canceledBy(serverSide) }

// State returns where the session is.
func (s *SessionServer[Open, In, Out]) State() SessionState { return s.s.state(serverSide) }

// canceledBy tells which end the cancellation has come from, as one of them sees it.
func (s *session) canceledBy(at end) ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	me, other := s.client.id, s.server.id
	if at == serverSide {
		me, other = other, me
	}
	switch {
	case s.canceled != nil && (!s.over || s.err == error(s.canceled)):
		if s.canceler == at {
			return me
		}
		return other
	case s.over && isCanceled(s.err) != nil:
		return other
	}
	return ID{}
}
