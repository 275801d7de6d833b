package actor

import (
	"context"
	"errors"
	"fmt"
)

// A waiter is who waits in a session: the handler, or the client with a context.
type waiter struct {
	ctx   context.Context // nil for the handler
	cx    *Context        // that ctx is of
	until <-chan struct{} // what else the handler waits for; nil for nothing
}

// errUntil is why a handler's wait is over that until has ended.
var errUntil = errors.New("what else was waited for has come")

// asClient is the client that waits with ctx.
func asClient(ctx context.Context) waiter {
	cx, _ := originOf(ctx)
	return waiter{ctx: ctx, cx: cx}
}

// wait waits until the gate is opened. The mutex is held, and released meanwhile. An error says that it is of no use to wait, or to wait longer.
func (s *session) wait(g *gate, who waiter, what *string) error {
	if who.ctx == nil {
		return s.waitAsHandler(g, who.until, what)
	}
	if err := who.ctx.Err(); err != nil {
		return contextError(s.what, who.ctx)
	}
	ch := g.enter(who.cx != nil)
	s.mu.Unlock()
	err := who.park(s, g, ch, what)
	s.mu.Lock()
	g.leave(who.cx != nil)
	return err
}

// park is the wait of a client for ch, which is the gate's.
func (w waiter) park(s *session, g *gate, ch <-chan struct{}, what *string) error {
	done := w.ctx.Done()
	if w.cx == nil && done == nil {
		<-ch // a select costs more
		return nil
	}
	var e edge
	if w.cx != nil {
		e = edge{to: s.actor, session: s, gate: g, serving: w.cx.call}
		if err := w.cx.beginWait(&e, what); err != nil {
			return err
		}
	}
	var err error
	w.cx.leaveTurn(&e)
	select {
	case <-ch:
	case <-done:
		err = contextError(s.what, w.ctx)
	case <-e.strand.over():
		err = e.strand.errEnded(s.what)
	}
	w.cx.waited(&e)
	w.cx.retakeTurn(&e)
	return err
}

// waitAsHandler is wait for the session's handler. It gives up its turn, and who opens the gate asks for that on its behalf: many handlers of an actor may be
// waited for at once, and only the one that has the turn has a goroutine to run. Whatever ends the wait opens the gate.
func (s *session) waitAsHandler(g *gate, until <-chan struct{}, what *string) error {
	st := s.strand.Load()
	if !st.holds {
		return NewError(CodeMisuse, fmt.Sprintf("%s: %s: the session's own handler alone waits in its stream", s.what, *what), nil)
	}
	if err := st.wait(what); err != nil {
		return err
	}
	defer st.done()
	g.handler = st
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		g.handler = nil
	}()
	if !st.suspend() {
		return st.errEnded(*what)
	}
	var err error
	if until == nil {
		<-st.turn
	} else {
		select {
		case <-st.turn:
		case <-until:
			err = errUntil
			s.mu.Lock()
			g.handler = nil // who opens the gate now is too late to recall the handler
			s.mu.Unlock()
			st.recall()
			<-st.turn
		}
	}
	st.regain()
	return err
}
