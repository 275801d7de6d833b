package actor

import (
	"context"
	"errors"
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
	var e edge
	st := s.strand.Load()
	serves := who.ctx == nil
	if serves {
		if err := st.wait(what); err != nil {
			return err
		}
	} else if err := who.ctx.Err(); err != nil {
		return contextError(s.what, who.ctx)
	}
	ch := g.enter()
	s.mu.Unlock()
	var err error
	if serves {
		st.suspend()
		if who.until == nil {
			<-ch // whatever ends the wait opens the gate
		} else {
			select {
			case <-ch:
			case <-who.until:
				err = errUntil
			}
		}
		st.resume()
		st.done()
	} else if e, err = who.beginWait(s, what); err == nil {
		who.cx.leaveTurn(e)
		if done := who.ctx.Done(); done == nil && e.strand == nil {
			<-ch // a select costs more
		} else {
			select {
			case <-ch:
			case <-done:
				err = contextError(s.what, who.ctx)
			case <-e.strand.over():
				err = e.strand.errEnded(s.what)
			}
		}
		who.cx.waited(e)
		who.cx.retakeTurn(e)
	}
	s.mu.Lock()
	g.leave()
	return err
}

// beginWait publishes whom a client that is a handler waits for.
func (w waiter) beginWait(s *session, what *string) (e edge, err error) {
	if w.cx == nil {
		return e, nil
	}
	e = edge{to: s.actor, session: s, serving: w.cx.call}
	if st := w.cx.yielding(); st != nil {
		if err := st.wait(what); err != nil {
			return e, err
		}
		e.strand = st
	}
	if err = w.cx.waitFor(e); err != nil && e.strand != nil {
		e.strand.done()
	}
	return e, err
}
