package actor_test

import (
	"fmt"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What the methods of the handler's end return in the model. "" is that they wait.

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
		if s.over || s.ended != "" {
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
	} else if s.ended != "" && (strings.HasPrefix(err, "canceled") && s.canceled == "" || err == s.ended) {
		err = s.ended // it says no more than that it was canceled
	}
	t.conclude(err)
	h.turn = nobodys
	return "returned"
}
