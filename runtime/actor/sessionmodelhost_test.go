package actor_test

import (
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The actor in the model of sessions: whose turn it is, and how its run ends.

// A hostView is the actor.
type hostView struct {
	turn    turnOf
	mail    string // a line each
	stop    actor.StopMode
	stopFor string
	again   string // it is to be restarted for this
	failure string // it has failed with this

	ending  bool // the run ends
	forGood bool // and the actor with it
	failed  bool // by a failure
	why     string
	gone    bool
	limbo   bool // killed while another handler had the turn: the session's waits until that has returned
}

// A turnOf says who has the turn.
type turnOf uint8

const (
	nobodys turnOf = iota
	theHandlers
	theHolds
)

// accepts tells whether the actor takes messages.
func (h *hostView) accepts() bool { return !h.gone && h.stop == 0 && !(h.ending && h.forGood) }

// stopped is the word for its end.
func (h *hostView) stopped() string {
	why := h.stopFor
	if h.gone || h.ending && h.forGood {
		why = h.why
	}
	return strings.TrimSpace("stopped " + why)
}

// judge tells whether the run ends.
func (h *hostView) judge(drained bool) bool {
	switch {
	case h.stop == actor.StopNow, h.stop == actor.StopDrain && (drained || h.failure != ""):
		h.why, h.forGood = h.stopFor, true
	case h.failure != "":
		h.forGood = false
	case h.again != "" && h.stop == 0:
		h.why, h.forGood = h.again, false
	default:
		return false
	}
	if h.failed = h.failure != ""; h.failed {
		h.why = h.failure
	}
	h.ending, h.again, h.failure = true, "", ""
	return true
}

// serves tells whether the actor has to wait for the session's handler.
func (t *sessionModel) serves() bool { return t.server.begun && !t.server.returned && !t.server.zombie }

// hostStep is the actor's next step in a turn that nobody has.
func (t *sessionModel) hostStep() bool {
	h := &t.host
	if h.gone || h.turn != nobodys {
		return false
	}
	if h.ending {
		return t.endRun()
	}
	if h.judge(h.mail == "" && !t.serves()) {
		if t.serves() {
			t.server.ended = strings.TrimSpace("stopped " + h.why)
		}
		return true
	}
	mail, rest, any := strings.Cut(h.mail, "\n")
	h.mail = rest
	if any {
		t.handle(mail)
	}
	return any
}

// endRun goes on with the end of a run, once the handler has returned.
func (t *sessionModel) endRun() bool {
	h := &t.host
	if t.serves() {
		return false
	}
	if h.forGood || h.stop != 0 {
		h.gone = true
		t.dropMail()
	}
	h.ending = false
	return true
}

// dropMail answers what waits.
func (t *sessionModel) dropMail() {
	h := &t.host
	for _, mail := range strings.Split(h.mail, "\n") {
		switch mail {
		case "open":
			t.conclude(h.stopped())
		case "other":
			t.does[theOther].out = h.stopped()
		}
	}
	h.mail = ""
}

// handle handles a message.
func (t *sessionModel) handle(mail string) {
	s, h := &t.server, &t.host
	switch mail {
	case "open":
		if s.canceled != "" || s.late { // the client has left
			s.returned = true
			t.conclude("context")
			return
		}
		s.begun, h.turn = true, theHandlers
	case "hold":
		h.turn = theHolds
	case "other":
		d := &t.does[theOther]
		switch {
		case d.kind == otherFails:
			h.failure = d.failure()
			d.out = "panic " + h.failure
		case d.kind == otherEchoes:
			d.out = "ok"
		case !s.begun:
			d.out = "nobody"
		default:
			d.out = t.handlerReturns(d, true)
		}
	}
}

// stopWith is Stop, with a cause.
func (t *sessionModel) stopWith(mode actor.StopMode, cause string) {
	h := &t.host
	if h.gone {
		return
	}
	if mode == actor.StopKill {
		t.kill(cause)
		return
	}
	if mode > h.stop {
		h.stop, h.stopFor = mode, cause
		if h.ending && !h.failed {
			h.why = cause
		}
	}
}

func (t *sessionModel) kill(cause string) {
	s, h := &t.server, &t.host
	h.limbo = h.turn == theHolds
	h.gone, h.why = true, cause
	t.dropMail()
	if t.serves() {
		t.leaveBehind()
		if s.ended == "" {
			s.ended = h.stopped()
		}
	}
}

// leaveBehind has the actor go on, or end, without the handler.
func (t *sessionModel) leaveBehind() {
	t.server.zombie = true
	t.conclude(t.host.stopped())
}

// stopTimeout is what comes of a handler that has not returned in time from a run that ends.
func (t *sessionModel) stopTimeout() {
	if t.host.ending && t.serves() {
		t.leaveBehind()
		t.host.turn = nobodys
	}
}

// restart is Restart.
func (t *sessionModel) restart(cause string) {
	if h := &t.host; !h.gone && h.stop == 0 && h.failure == "" && !h.ending {
		h.again = cause
	}
}

// release ends the hold.
func (t *sessionModel) release() {
	h := &t.host
	h.limbo = false
	if h.turn == theHolds {
		h.turn = nobodys
	}
	h.mail = strings.Replace(h.mail, "hold\n", "pass\n", 1)
}
