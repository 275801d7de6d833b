package actor_test

import "fmt"

// What goes on by itself in the model of sessions, in all the orders that there are.

// step has somebody take the next step, if there is one.
func (t *sessionModel) step(who int) bool {
	switch who {
	case theHandler:
		return t.handlerStep()
	case theHost:
		return t.hostStep()
	case theWatch: // of the context that the session was opened with
		c := &t.client
		if c.ctxEnded == "" || c.over || c.canceled != "" || c.phase != phaseCalling && c.phase != phaseOpen {
			return false
		}
		t.cancelByClient(c.ctxEnded)
		return true
	case theClock: // at the handler's end
		due := t.server.due
		t.server.late, t.server.due = t.server.late || due, false
		return due
	}
	d := &t.does[who]
	if d.kind == 0 || d.out != "" {
		return false
	}
	if who == theOther {
		if d.begun {
			return false
		}
		if d.begun = true; t.host.accepts() {
			t.host.mail += "other\n"
		} else {
			d.out = t.host.stopped()
		}
		return true
	}
	first, sent := !d.begun, d.sends
	d.out = t.clientReturns(d)
	return first || d.out != "" || sent != d.sends
}

// handlerStep is the next step of the session's handler, which gives its turn up while it waits.
func (t *sessionModel) handlerStep() bool {
	d, h := &t.does[theHandler], &t.host
	if d.kind == 0 || d.out != "" {
		return false
	}
	if d.kind == handlerAsks && d.latch == "" {
		if d.latch = t.handlerReturns(d, false); d.latch != "" {
			return true
		}
		if d.away || !t.reentrant || t.server.zombie {
			return false
		}
		d.away, h.turn = true, nobodys
		return true
	}
	if d.away && d.sends && d.latch == "" && !t.handlerOver() && !t.full[atServer] && !t.lost[atServer] {
		t.send(atClient, fmt.Sprint("out ", d.n)) // it needs no turn
		d.latch = "ok"
		return true
	}
	if d.away && (t.server.zombie && h.limbo || !t.server.zombie && h.turn != nobodys) {
		return false
	}
	out, sent := d.latch, d.sends
	if out == "" {
		out = t.handlerReturns(d, false)
	}
	switch {
	case out != "" && d.away && !t.server.zombie:
		h.turn = theHandlers
		fallthrough
	case out != "":
		d.out, d.away = out, false
	case d.away:
		return sent != d.sends // there is room at the client, and none on the link
	default:
		d.away, h.turn = true, nobodys
	}
	return true
}

// settle returns what may have come of it once nobody can go on.
func (t sessionModel) settle() (rest []sessionModel) {
	seen := map[sessionModel]bool{t: true}
	for open := []sessionModel{t}; len(open) > 0; {
		t := open[len(open)-1]
		open = open[:len(open)-1]
		goesOn := false
		for who := range steppers {
			next := t
			if !next.step(who) {
				continue
			}
			goesOn = true
			if !seen[next] {
				seen[next] = true
				open = append(open, next)
			}
		}
		if !goesOn {
			rest = append(rest, t)
		}
	}
	return rest
}
