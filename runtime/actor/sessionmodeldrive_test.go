package actor_test

import (
	"context"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What the test itself does to a session, from outside: to the runtime's and to the model's.

// drive does a deed of the driver's. An error says that the peer has broken the protocol.
func (w *talkWorld) drive(d talkDeed) error {
	switch d.kind {
	case arriveAtServer:
		return w.links[atClient].deliver()
	case arriveAtClient:
		return w.links[atServer].deliver()
	case roomAtServer, roomAtClient:
		w.links[d.at()].room()
	case fullAtServer, fullAtClient:
		w.links[d.at()].fill()
	case loseAtServer, loseAtClient:
		w.links[d.at()].lose()
	case leaveFirst, leaveSecond:
		w.mu.Lock()
		leave := w.leave[firstClient+int(d.kind-leaveFirst)]
		w.mu.Unlock()
		leave()
	case endContext:
		w.end(causeOfDeed(d.n))
	case timePasses:
		time.Sleep(talkTimeout + 5*time.Second)
	case turnHeld:
		gate := make(chan struct{})
		w.holding = gate
		_ = w.host.Post(context.Background(), func(*actor.Context) error { // nil or stopped, as the model says by what comes of it
			<-gate
			return nil
		})
	case turnReleased:
		close(w.holding)
		w.holding = nil
	case helperAnswers:
		close(w.answers)
	case stopNow, stopDrain, stopKill:
		w.host.Actor().Stop(d.mode(), causeOfDeed(d.n))
	case restart:
		w.host.Actor().Restart(causeOfDeed(d.n))
	}
	return nil
}

func (d *talkDeed) mode() actor.StopMode {
	switch d.kind {
	case stopDrain:
		return actor.StopDrain
	case stopKill:
		return actor.StopKill
	}
	return actor.StopNow
}

// at is the end that something happens to the link at.
func (d *talkDeed) at() int {
	switch d.kind {
	case roomAtServer, fullAtServer, loseAtServer, arriveAtServer:
		return atServer
	}
	return atClient
}

// begin has the model begin a deed.
func (t *sessionModel) begin(d talkDeed) {
	if d.by < agents {
		if t.does[d.by] = (doing{talkDeed: d}); d.kind == handlerAsks {
			t.answered = false
		}
		return
	}
	switch d.kind {
	case arriveAtServer:
		packet, rest, _ := strings.Cut(t.toServer, "\n")
		t.toServer = rest
		t.receive(atServer, packet)
	case arriveAtClient:
		packet, rest, _ := strings.Cut(t.toClient, "\n")
		t.toClient = rest
		t.receive(atClient, packet)
	case roomAtServer, roomAtClient:
		t.full[d.at()] = false
	case fullAtServer, fullAtClient:
		t.full[d.at()] = true
	case loseAtServer, loseAtClient:
		t.loseAt(d.at())
	case leaveFirst, leaveSecond:
		t.does[firstClient+int(d.kind-leaveFirst)].left = true
	case endContext:
		t.client.ctxEnded, t.client.ctxError = canceledBy("client", d.n), "context"
	case turnHeld:
		if t.host.accepts() {
			t.host.mail += "hold\n"
		}
	case turnReleased:
		t.release()
	case helperAnswers:
		t.answered = true
	case stopNow, stopDrain, stopKill:
		t.stopWith(d.mode(), d.failure())
	case restart:
		t.restart(d.failure())
	}
}

// deadline is the end of the time that the opening's context has.
func (t *sessionModel) deadline() {
	c, s := &t.client, &t.server
	if c.timeout && c.ctxEnded == "" {
		c.ctxEnded, c.ctxError = "canceled by client", "deadline"
	}
	s.due = s.timeout
}

// giveUp ends what a run has begun.
func (r *talkRun) giveUp() {
	w := r.w
	for _, l := range w.links {
		if l != nil && r.wrong != "" {
			l.lose()
		}
	}
	if w.end != nil {
		w.end(nil)
		w.endTimer()
	}
	if w.holding != nil {
		close(w.holding)
	}
	for who := range w.tell {
		close(w.tell[who])
		w.mu.Lock()
		if w.leave[who] != nil {
			w.leave[who]()
		}
		w.mu.Unlock()
	}
	for _, p := range w.procs {
		p.Close()
	}
	w.puppets.Wait()
}

// errorWord tells whether out is an error that a handler would return.
func errorWord(kind talkKind, out string) bool {
	return kind <= handlerCancels && out != "ok" && !strings.HasPrefix(out, "value ")
}

// outcome is what one of them has got.
func (s talkSight) outcome(who int) string {
	return [...]string{"handler", "first client", "second client", "other"}[who] + ": " + s.outs[who]
}
