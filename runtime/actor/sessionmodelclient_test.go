package actor_test

import (
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What the methods of the client's end return in the model. "" is that they wait.

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
