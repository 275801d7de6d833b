package actor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// A session is what the two ends of a conversation share, apart from its types: the client, which has opened it, and the server, which is a handler.
// Of one between two procs each has a session of its own, with one end, and the link between them.
//
// It is opening until the handler has opened it, then open until the handler has returned, which is its end: with a result or an error. Before that
// either end can cancel it, once.
type session struct {
	mu     sync.Mutex
	frame  *GenCall
	values values
	in     *flow // to the actor
	out    *flow // to who has opened it

	proc   *Proc
	what   string                 // the handler
	strand atomic.Pointer[strand] // that runs it, if it is here
	actor  *core                  // that it is one of, if that is here
	client peerID
	server peerID
	far    *farEnd // the other end, if it is in another proc
	copies bool    // values go through the codec: isolation

	// What the handler's context ends with.
	ctx    context.Context
	cancel context.CancelCauseFunc
	watch  func() bool // stops looking at the context that it was opened with

	opened   bool
	over     bool  // the handler has returned
	err      error // with this
	canceled *Canceled
	canceler end  // which end has asked
	end      gate // for those that wait until it is over
	tolerant [2]bool
}

// values are the typed part of a session.
type values interface {
	receive(to *flow, payload []byte) error
	receiveOpening(payload []byte) error
	clear(f *flow)
}

// An end is one of the two ends of a session.
type end uint8

const (
	clientSide end = iota
	serverSide
)

// A peerID is who is at an end, for errors.
type peerID struct {
	id   ID
	name string
}

// errOwnSession says that an actor talks with itself.
func errOwnSession(what string, c *core) error {
	return NewError(CodeMisuse, fmt.Sprintf("%s: %s cannot have a session with itself: call the method, or start a task", what, c.label()), nil)
}

// start prepares a session at the client's end.
func (s *session) start(ctx context.Context, p *Proc, cx *Context, k *kindInfo, op uint16) error {
	s.proc, s.what = p, k.what(op)
	if s.client = (peerID{ID{Proc: p.id}, "proc " + p.name}); cx != nil {
		s.client = peerID{cx.core.id(), cx.core.label()}
	}
	if q := queueOf(ctx); q != nil {
		if err := s.out.set(s.what, q.limit, q.policy); err != nil {
			return err
		}
	}
	s.govern(ctx)
	s.watch = context.AfterFunc(ctx, func() { s.cancelBy(clientSide, s.client, context.Cause(ctx)) })
	return nil
}

// govern makes the context that the handler's is derived from. It has ctx's deadline, and ends by cancel.
func (s *session) govern(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok {
		s.ctx, s.cancel = context.WithCancelCause(context.Background())
		return
	}
	parent, stop := context.WithDeadline(context.Background(), deadline)
	s.ctx, s.cancel = context.WithCancelCause(parent)
	context.AfterFunc(s.ctx, func() {
		stop() // its timer, if the session has ended before
		s.alert()
	})
}

// alert lets all that wait look again.
func (s *session) alert() {
	s.mu.Lock()
	s.wake()
	s.mu.Unlock()
}

// begun notes the strand that runs the handler.
func (s *session) begun(st *strand) {
	s.actor = st.core
	s.server = peerID{st.core.id(), st.core.label()}
	s.strand.Store(st)
}

// open completes the opening.
func (s *session) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.openable(); err != nil {
		return err
	}
	s.opened = true
	s.frame.chain = nil // from now on nobody waits for the handler unless it says so
	s.settle(nil)
	return nil
}

// openable returns why the session cannot be opened now, nil if it can. The mutex is held.
func (s *session) openable() error {
	switch {
	case s.over:
		return s.errOver()
	case s.opened:
		return NewError(CodeMisuse, s.what+": the session is open already: Open is called once", nil)
	}
	return s.gone()
}

// settle ends the client's wait for the opening. The mutex is held.
func (s *session) settle(err error) {
	f := s.frame
	if f.remote != nil || s.over && s.opened {
		return
	}
	f.err = err
	if f.state.CompareAndSwap(callWaiting, callAnswered) {
		f.done <- struct{}{}
	}
}

// gone returns why neither end goes on, before the handler has returned: nil if they do. The mutex is held.
func (s *session) gone() error {
	if s.canceled != nil {
		return s.canceled
	}
	if st := s.strand.Load(); st.isOver() && st.cause != nil {
		return st.errEnded(s.what)
	}
	if err := s.ctx.Err(); err != nil {
		return contextError(s.what, s.ctx)
	}
	return nil
}

// errOver is what the server gets after its handler has returned, or after it was left behind. The mutex is held.
func (s *session) errOver() error {
	if st := s.strand.Load(); st.isOver() {
		return st.errEnded(s.what)
	}
	return NewError(CodeMisuse, s.what+": the session is over: its handler has returned", nil)
}

// conclude ends the session with what the handler has returned, or with why there is nothing to return. Only the first counts.
func (s *session) conclude(err error) {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	if err == nil && !s.opened {
		err = NewError(CodeMisuse, s.what+": the handler has returned without opening the session", nil)
	}
	if c := s.canceled; c != nil {
		// What the handler says of its own counts more than that it was canceled.
		if theirs := isCanceled(err); err == nil && s.canceler == serverSide || theirs != nil && theirs.By == c.By ||
			theirs == nil && err != nil && errors.Is(err, context.Canceled) {
			err = c
		}
	}
	if err == io.EOF { // which the client would take for the end of a stream with a result
		err = fmt.Errorf("%s: the handler has returned, as its error, %w", s.what, err)
	}
	s.over, s.err = true, err
	s.settle(err)
	s.wake()
	s.mu.Unlock()
	s.cancel(errReturned)
	if s.watch != nil {
		s.watch()
	}
	if r := s.frame.remote; r != nil {
		r.answer(s.frame, err)
	}
}

// wake lets all that wait look again. The mutex is held.
func (s *session) wake() {
	for _, g := range [...]*gate{&s.in.senders, &s.in.receivers, &s.out.senders, &s.out.receivers, &s.end} {
		g.open()
	}
}

// cancelBy cancels the session on behalf of one end. Once the handler's run has ended it is not for the handler to cancel any more.
func (s *session) cancelBy(from end, by peerID, cause error) *Canceled {
	s.mu.Lock()
	if s.over || s.canceled != nil || from == serverSide && s.strand.Load().isOver() {
		c := s.canceled
		s.mu.Unlock()
		return c
	}
	c := &Canceled{By: by.id, Name: by.name, Cause: cause}
	s.canceled, s.canceler = c, from
	s.cancel(c) // first, so that a handler which hears of it finds its context ended
	s.wake()
	far := s.far
	s.mu.Unlock()
	if from == clientSide && far != nil && s.frame.remote == nil {
		far.sendCancel(c)
	}
	return c
}

// wasCanceled tells whether one of the ends has canceled the session. It is false for nil, a call that opens none.
func (s *session) wasCanceled() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.canceled != nil
}

// sendable returns why an end cannot send, nil if it can. The mutex is held.
func (s *session) sendable(from end) error {
	switch {
	case from == serverSide && s.over:
		return s.errOver()
	case from == serverSide && !s.opened:
		return NewError(CodeMisuse, s.what+": sending in a session that is not open: Open comes first", nil)
	case from == serverSide:
		return s.gone()
	case s.in.closed:
		return NewError(CodeMisuse, s.what+": sending after CloseSend", nil)
	case s.over && s.err != nil:
		return s.err
	case s.over:
		return io.EOF
	case s.canceled != nil:
		return s.canceled
	}
	return nil
}

// receivable returns why an end receives nothing more, before what waits if first, else after it. It is nil if more may come. The mutex is held.
func (s *session) receivable(at end, first bool) error {
	if at == serverSide {
		switch {
		case s.over:
			return s.errOver()
		case !s.opened:
			return NewError(CodeMisuse, s.what+": receiving in a session that is not open: Open comes first", nil)
		}
		if err := s.gone(); err != nil {
			return err
		}
		if !first && s.in.closed {
			return io.EOF
		}
		return nil
	}
	switch {
	case s.canceled != nil && s.canceler == clientSide && (!s.over || s.err != nil):
		if s.over {
			return s.err
		}
		return s.canceled
	case first || !s.over:
		return nil
	case s.err != nil:
		return s.err
	}
	return io.EOF
}
