package actor_test

import (
	"fmt"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What the methods of both ends return in the model. "" is that they wait.

// clientReturns has the client's end try what d says.
func (t *sessionModel) clientReturns(d *doing) string {
	c, first := &t.client, !d.begun
	d.begun = true
	switch d.kind {
	case clientOpens:
		return t.opening(d, first)
	case clientSends:
		if out := t.clientSends(d); out != "" {
			return out
		}
	case clientReceives:
		c.began = true
		if out := t.clientReceives(); out != "" {
			t.receivedOut()
			return out
		}
	case clientClosesSend:
		news := !c.over && !c.inClosed && c.canceled == ""
		if c.inClosed = true; news {
			t.endIn()
		}
		return "ok"
	case clientClosesRecv:
		t.unread()
		return "ok"
	case clientCancels:
		t.cancelByClient(canceledBy("client", d.n))
		return "ok"
	case clientCloses:
		if first {
			t.cancelByClient("canceled by client")
			t.unread()
		}
		if c.over && c.mine && c.err == c.canceled {
			return "ok"
		}
		if c.over {
			return c.err
		}
	case clientResults:
		if first && !c.began && !c.out.unread {
			t.unread()
		}
		if c.over && c.err == "ok" {
			return "the result"
		}
		if c.over {
			return c.err
		}
	}
	if d.left {
		if d.kind == clientReceives {
			t.receivedOut()
		}
		return "context"
	}
	return ""
}

// opening opens the session.
func (t *sessionModel) opening(d *doing, first bool) string {
	c := &t.client
	if first {
		switch {
		case d.limit < 1:
			c.phase = phaseRefused
			return "misuse"
		case t.far && t.lost[atClient]:
			c.phase = phaseRefused
			return "unreachable"
		}
		c.phase, c.timeout = phaseCalling, d.timeout
		c.out.limit, c.out.policy = d.limit, d.policy
		d.sends = true
	}
	if d.sends && c.phase == phaseCalling && !t.full[atClient] {
		d.sends = false
		t.send(atServer, fmt.Sprint("call ", d.limit, " ", int(d.policy)))
	}
	switch {
	case c.phase == phaseOpen:
		return "ok"
	case c.phase == phaseRefused:
		return c.err
	case c.ctxEnded != "":
		t.cancelByClient(c.ctxEnded)
		c.phase = phaseRefused
		return c.ctxError
	}
	return ""
}

// endIn tells the handler that nothing more comes, once all has left that was sent before.
func (t *sessionModel) endIn() {
	if c := &t.client; c.inClosed && c.leaving == 0 {
		t.send(atServer, "inEnd")
	}
}

func (t *sessionModel) clientSends(d *doing) string {
	c := &t.client
	if d.sends {
		return t.leavesClient(d)
	}
	if why := t.clientSendable(); why != "" {
		return why
	}
	if c.in.full() && c.in.policy == actor.FullReject {
		return "overrun"
	}
	if c.in.full() {
		return ""
	}
	c.in.n++
	c.leaving++
	c.streamed, d.sends = true, true
	return t.leavesClient(d)
}

// leavesClient is the way of a value onto the link.
func (t *sessionModel) leavesClient(d *doing) string {
	c, out := &t.client, "ok"
	switch {
	case !t.full[atClient] && !t.lost[atClient]:
		t.send(atServer, fmt.Sprint("in ", d.n))
	case t.lost[atClient] || d.left:
		c.in.n--
		if out = t.clientSendable(); out == "" {
			out = "context"
		}
	default:
		return ""
	}
	c.leaving--
	t.endIn()
	return out
}

// clientSendable is why the client cannot send.
func (t *sessionModel) clientSendable() string {
	c := &t.client
	switch {
	case c.inClosed:
		return "misuse"
	case c.over && c.err != "ok":
		return c.err
	case c.over:
		return "EOF"
	}
	return c.canceled
}

func (t *sessionModel) clientReceives() string {
	c := &t.client
	switch {
	case c.mine && c.over && c.err != "ok":
		return c.err
	case c.mine && !c.over:
		return c.canceled
	case c.out.waits != "":
		return c.out.pop()
	case c.over && c.err != "ok":
		return c.err
	case c.over:
		return "EOF"
	}
	return ""
}

// receivedOut is the end of a client's Recv.
func (t *sessionModel) receivedOut() {
	if b := &t.client.out; b.taken >= t.batch(b) {
		t.outRoom()
	}
}

// unread drops what waits for the client.
func (t *sessionModel) unread() {
	b := &t.client.out
	b.unread = true
	t.server.outClosed = !t.far
	b.taken += len(b.waits)
	b.waits = ""
	if b.taken > 0 {
		t.outRoom()
	}
}

// cancelByClient cancels the session at the client's end.
func (t *sessionModel) cancelByClient(canceled string) {
	c := &t.client
	if c.over || c.canceled != "" {
		return
	}
	c.canceled, c.mine = canceled, true
	t.send(atServer, "cancel "+canceled)
}

// canceledBy is the word for a cancellation.
func canceledBy(who string, cause int) string {
	if cause == 0 {
		return "canceled by " + who
	}
	return fmt.Sprintf("canceled by %s !m%d", who, cause)
}

// handlerReturns has the handler's end try what d says: by the handler, or by another handler of the actor, which never waits.
func (t *sessionModel) handlerReturns(d *doing, other bool) string {
	s := &t.server
	switch d.kind {
	case handlerQueues:
		if s.opened || d.limit < 1 {
			return "misuse"
		}
		s.in.limit, s.in.policy = d.limit, d.policy
		return "ok"
	case handlerOpens:
		switch {
		case s.over:
			return t.errOver()
		case s.opened:
			return "misuse"
		case t.gone() != "":
			return t.gone()
		}
		s.opened = true
		t.send(atClient, fmt.Sprint("opened ", s.in.limit, " ", int(s.in.policy)))
		return "ok"
	case handlerSends, otherSends:
		return t.handlerSends(d, other)
	case handlerReceives:
		out := t.handlerReceives()
		if b := &s.in; out != "" && b.taken >= t.batch(b) {
			t.inRoom()
		}
		return out
	case handlerCancels, otherCancels:
		if s.canceled != "" {
			return s.canceled
		}
		if s.over {
			return t.errOver()
		}
		s.canceled, s.mine = canceledBy("actor", d.n), true
		if !t.far {
			t.send(atClient, "canceled "+s.canceled)
		}
		return s.canceled
	case handlerAsks:
		if t.handlerOver() && (!t.answered || !d.begun) {
			return "ended"
		}
		d.begun = true
		if t.answered {
			return "ok"
		}
		return ""
	}
	return t.returns(d)
}

// gone is why neither end goes on before the handler has returned.
func (t *sessionModel) gone() string {
	s := &t.server
	switch {
	case s.canceled != "":
		return s.canceled
	case s.ended != "":
		return s.ended
	case s.late:
		return "deadline"
	}
	return ""
}

// errOver is what the handler's end returns when it is left behind, or has returned.
func (t *sessionModel) errOver() string {
	if t.server.ended != "" {
		return t.server.ended
	}
	return "misuse"
}

// handlerOver tells whether the handler's context has ended.
func (t *sessionModel) handlerOver() bool { return t.server.over || t.gone() != "" }

func (t *sessionModel) handlerSends(d *doing, other bool) string {
	s := &t.server
	switch {
	case d.sends && !t.full[atServer] && !t.lost[atServer]:
		t.send(atClient, fmt.Sprint("out ", d.n))
		return "ok"
	case s.over:
		return t.errOver()
	case !s.opened:
		return "misuse"
	case t.gone() != "":
		return t.gone()
	case d.sends:
		return ""
	case s.out.full() && (s.out.policy == actor.FullReject || other):
		return "overrun"
	case s.out.full():
		return ""
	}
	s.out.n++
	s.streamed = s.streamed || t.far || !t.client.out.unread
	if t.full[atServer] {
		d.sends = true
		return ""
	}
	t.send(atClient, fmt.Sprint("out ", d.n))
	return "ok"
}

func (t *sessionModel) handlerReceives() string {
	s := &t.server
	switch {
	case s.over:
		return t.errOver()
	case !s.opened:
		return "misuse"
	case t.gone() != "":
		return t.gone()
	case s.in.waits != "":
		return s.in.pop()
	case s.inClosed:
		return "EOF"
	}
	return ""
}

// returns is the handler's return. What it returns goes to the client, unless the actor has gone on without it.
func (t *sessionModel) returns(d *doing) string {
	s, h := &t.server, &t.host
	s.returned = true
	if s.zombie {
		return "returned"
	}
	err := d.err()
	if d.kind == handlerPanics || d.kind == handlerExits || d.kind == handlerFails {
		if s.ended == "" {
			h.failure = d.failure()
		}
	} else if s.ended != "" && (strings.HasPrefix(err, "canceled") || err == s.ended) {
		err = s.ended // it says no more than that it was canceled
	}
	t.conclude(err)
	h.turn = nobodys
	return "returned"
}
