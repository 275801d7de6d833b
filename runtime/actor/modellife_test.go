package actor_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// How the model's actors live: what stops, failures and restarts by hand make of them.

// A transition is a change of an actor's state, with a hook failure since it last ran.
type transition struct{ step, blame string }

var phaseNames = [...]string{"starting", "running", "stopping", "stopping", "stopping", "restarting", "ended", "gone"}

// move changes the phase, and notes the transition.
func (m *model) move(l *life, to phase) {
	name := func(p phase) string {
		if p >= phaseChildren && p <= phaseBackoff && l.restart && l.stop == 0 {
			return "restarting"
		}
		return phaseNames[p]
	}
	from, next := name(l.phase), name(to)
	if l.phase == phaseRun && l.stop != 0 {
		from = "stopping"
	}
	if to == phaseEnded {
		if next = "stopped"; l.bad {
			next = "failed"
		}
	}
	if from != next || l.phase == phaseBuild {
		m.cover(l, from+" → "+next)
	}
	if l.phase = to; to == phaseRun {
		l.blames = nil
	}
}

func (m *model) cover(l *life, step string) {
	if len(l.blames) == 0 {
		m.seen = append(m.seen, transition{step, "no hook"})
	}
	for _, b := range l.blames {
		m.seen = append(m.seen, transition{step, b})
	}
}

// stop is a request to drain or to stop now.
func (m *model) stop(l *life, mode actor.StopMode, why cause) {
	if l.ended() || mode <= l.stop {
		return
	}
	if l.stop == 0 && l.phase != phaseStart {
		from := "running"
		if l.phase != phaseRun {
			from = "restarting"
		}
		if l.phase == phaseRun || l.restart {
			m.cover(l, from+" → stopping")
		}
	}
	l.stop, l.stopCause = mode, why
	if !l.live() && l.failure == nil && !l.bad { // what it is told now counts, not what it was told before
		l.cause = why
	}
	if mode == actor.StopNow && l.phase == phaseRun && len(l.frames) == 0 && l.failure == nil && (l.plan.hooks == warden || len(m.children(l.plan.slot)) == 0) {
		m.ahead(l, fmt.Sprintf("Cleanup %d after %v", l.inc, why))
	}
}

// failLife is the failure of an incarnation in its own turn.
func (m *model) failLife(l *life, why *failed) {
	if l.failure == nil {
		l.failure = why
		m.judge(l)
	}
}

// judge decides what becomes of an incarnation that is to end.
func (m *model) judge(l *life) {
	switch f := l.failure; {
	case l.stop != 0 && f != nil:
		l.bad, l.cause, l.restart, l.escalates = true, f.cause, false, false
	case l.stop != 0:
		l.bad, l.cause, l.restart, l.escalates = false, l.stopCause, false, false
	case f != nil:
		l.bad, l.cause = true, f.cause
		m.consult(l)
	default:
		l.bad, l.cause, l.restart, l.escalates = false, l.againCause, true, false
		l.lo, l.hi = 0, 0
	}
	if l.failure != nil {
		l.fails++
	}
	if l.phase == phaseBuild {
		l.initialized = false
	}
	l.again, l.exits, l.asked = false, nil, 0
	m.move(l, phaseChildren)
	m.ahead(l, "Cleanup ", "build ")
}

// consult asks the strategy.
func (m *model) consult(l *life) {
	s := l.plan.strategy
	l.restart, l.escalates = false, s.kind == escalating
	if s.kind == stopsActor || s.kind == escalating {
		return
	}
	if s.kind == resumes {
		s = strategyPlan{backoff: exponential, min: 50 * time.Millisecond}
	}
	if s.max == 0 {
		s.max = 3
	}
	if s.within == 0 {
		s.within = 5 * time.Second
	}
	l.times = slices.DeleteFunc(l.times, func(t time.Duration) bool { return m.now-t >= s.within })
	n := len(l.times)
	if s.max >= 0 && n >= s.max {
		l.escalates = true
		return
	}
	l.restart = true
	limit := 3 * s.min
	if l.plan.strategy.kind == resumes {
		limit = 5 * time.Second
	} else {
		m.emit(l.plan.slot, "backs off after %d others", n)
	}
	switch s.backoff {
	case noBackoff:
		l.lo, l.hi = 0, 0
	case static:
		l.lo, l.hi = s.min, s.min
	case linear:
		d := min(limit, s.min+time.Duration(n)*s.min)
		l.lo, l.hi = d, d
	case exponential:
		d := min(limit, s.min<<min(n, 20))
		l.lo, l.hi = d*4/5, d
	}
}

// childMode is how the children have to be asked to stop.
func (m *model) childMode(l *life) actor.StopMode {
	if l.stop == actor.StopDrain && l.failure == nil && !l.failedStart {
		return actor.StopDrain
	}
	return actor.StopNow
}

// turn takes a step of an actor between user code.
func (m *model) turn(l *life) {
	slot := l.plan.slot
	switch l.phase {
	case phaseRun:
		m.nextTurn(l)
	case phaseChildren:
		children := m.children(slot)
		if len(children) == 0 {
			l.stopAt = 0
			m.cleanUp(l)
			return
		}
		why := cause{text: l.label() + " is stopping"}
		if l.restart && (l.stop == 0 || m.choose(2) == 0) {
			why.text = l.label() + " is restarting"
		}
		if l.asked == 0 {
			l.stopAt = m.now + l.plan.stopTimeout
		}
		l.asked = m.childMode(l)
		for _, c := range children {
			m.told(c, l, why)
			m.flights = append(m.flights, flight{kind: flyStop, to: c.plan.slot, mode: l.asked, cause: why})
		}
	case phaseBackoff:
		if l.stop != 0 {
			l.restart = false
		}
		if !l.restart {
			m.finish(l)
			return
		}
		if l.failure != nil {
			l.times = append(l.times, m.now)
		}
		l.failure, l.initialized = nil, false
		m.move(l, phaseBuild)
		l.frames = append(l.frames, frame{kind: frameBuild, actor: slot})
	}
}

// told prunes: a child that is told to stop now, and in the runtime has neither ended nor failed since, has that cause.
func (m *model) told(c, by *life, why cause) {
	mode := by.asked
	stopping := fmt.Sprintf("%v after %d restarts, ", actor.StateStopping, c.fails)
	got := m.goal[fmt.Sprintf("a%d", c.plan.slot)]
	if mode == actor.StopNow && c.stop < mode && c.phase == phaseRun && strings.HasPrefix(got, stopping) && got != stopping+why.String() {
		m.fail("a%d: the model has %s%v; the runtime has %s", c.plan.slot, stopping, why, got)
	}
	begin := fmt.Sprintf("Cleanup %d after %s is ", c.inc, by.label())
	for _, e := range m.trace[m.pos:] {
		if e.actor == c.plan.slot && strings.HasPrefix(e.text, begin) && !strings.HasSuffix(e.text, why.String()) {
			m.fail("in the model a%d is told that %v; the runtime has %v", c.plan.slot, why, e)
		}
	}
}

// nextTurn is what an actor does that is between two turns: first what it was told, then what it hears of, then mail.
func (m *model) nextTurn(l *life) {
	slot := l.plan.slot
	switch {
	case m.judges(l):
		m.judge(l)
	case len(l.exits) > 0 && (len(l.lost) == 0 || m.choose(2) == 0):
		n := l.exits[0]
		l.exits = l.exits[1:]
		text := fmt.Sprintf("hears in %d of the exit of a%d: %s", l.inc, n.child, n.status)
		if n.escalates {
			text += fmt.Sprintf(", escalating from a%d", n.root)
		}
		f := frame{kind: frameExit, actor: slot, news: n, event: text}
		f.script = script{id: mark(fmt.Sprintf("x%d.%d", slot, l.exitCalls)), end: at(l.plan.exit, l.exitCalls)}
		l.exitCalls++
		l.frames = append(l.frames, f)
	case len(l.lost) > 0:
		id := l.lost[0]
		l.lost = l.lost[1:]
		f := frame{kind: frameLost, actor: slot, posting: posting{mail: &mail{id: id}}, event: fmt.Sprintf("hears of the loss of m%d in %d", id, l.inc)}
		f.script = script{id: mark(fmt.Sprintf("u%d.%d", slot, l.lostCalls)), end: at(l.plan.lost, l.lostCalls)}
		l.lostCalls++
		l.frames = append(l.frames, f)
	case len(l.mail) > 0:
		next := m.next(l)
		l.begun = m.number
		l.frames = append(l.frames, frame{kind: frameHandler, actor: slot, script: next.script, posting: next, event: fmt.Sprintf("handles m%d in %d", next.id, l.inc)})
	}
	if len(l.frames) > 0 {
		m.ahead(l, l.frames[0].event)
	}
}

// notice is what a frame's user code sees first.
func (m *model) notice(f *frame) {
	m.emit(f.actor, "%s", f.event)
	switch f.kind {
	case frameLost:
		m.tell(f.posting.id, func(e *fate) { e.losses = append(e.losses, fmt.Sprint("a", f.actor)) })
	case frameHandler:
		m.tell(f.posting.id, func(e *fate) { e.handled = append(e.handled, fmt.Sprintf("%d.%d", f.actor, m.lives[f.actor].inc)) })
	}
	f.event = ""
}

// judges tells whether the incarnation is to end.
func (m *model) judges(l *life) bool {
	nothing := len(l.exits)+len(l.lost)+len(l.mail) == 0
	return l.failure != nil || l.stop == actor.StopNow || l.stop == actor.StopDrain && nothing || l.again && l.stop == 0
}

// needsCleanup tells whether Cleanup is to run: once the incarnation has begun, and not after a panic.
func (m *model) needsCleanup(l *life) bool {
	return l.plan.hooks != bare && l.initialized && (l.failure == nil || !l.failure.panicked)
}

// cleanUp runs Cleanup if the incarnation needs it.
func (m *model) cleanUp(l *life) {
	if !m.needsCleanup(l) {
		m.afterCleanup(l)
		return
	}
	m.move(l, phaseCleanup)
	event := fmt.Sprintf("Cleanup %d after %v", l.inc, l.cause)
	m.ahead(l, event)
	l.cleanAt = m.now + l.plan.cleanupTimeout
	l.frames = append(l.frames, frame{kind: frameCleanup, event: event, actor: l.plan.slot, script: at(l.plan.cleanup, l.inc-1), news: news{cause: l.cause}})
}

// afterCleanup goes on to the restart or to the end.
func (m *model) afterCleanup(l *life) {
	m.move(l, phaseBackoff)
	if l.waits = l.restart && l.stop == 0 && l.hi > 0; l.waits {
		l.backFrom, l.backTo = m.now+l.lo, m.now+l.hi
	}
}

// finish ends an actor in its own turn.
func (m *model) finish(l *life) {
	m.move(l, phaseEnded)
	m.final(l)
	m.ahead(l)
	l.stopAt, l.cleanAt, l.waits = 0, 0, false
	mail := l.mail
	l.mail, l.lost, l.exits = nil, nil, nil
	m.drop(l, mail)
	m.flights = append(m.flights, flight{kind: flyOver, to: l.plan.slot})
}

// drop loses messages: calls are answered, of casts their senders are told.
func (m *model) drop(l *life, mail []posting) {
	for _, d := range mail {
		switch {
		case d.call:
			m.answer(d, actor.CodeStopped.String())
			continue
		case d.from == nobody:
			m.tell(d.id, func(f *fate) { f.losses = append(f.losses, "proc") })
		case m.lives[d.from].plan.hooks != bare:
			m.flights = append(m.flights, flight{kind: flyLost, to: d.from, from: l.plan.slot, mail: d.id})
		}
		if m.drops++; m.drops > m.goalDrops {
			m.fail("more than the runtime's %d drops", m.goalDrops)
		}
	}
}

// kill ends an actor at once, and those below it.
func (m *model) kill(l *life, bad bool, why cause, token int) {
	if l.ended() {
		return
	}
	slot := l.plan.slot
	if m.report != nil {
		m.report.mayKill++
	}
	if l.bad, l.cause = bad, why; !bad {
		from := [...]string{"starting", "running", "stopping", "stopping", "restarting", "restarting"}[l.phase]
		if l.phase != phaseStart && l.ending() {
			from = "stopping"
		} else if l.phase == phaseChildren || l.phase == phaseCleanup {
			from = "restarting"
		}
		m.cover(l, from+" → killed")
	} else {
		l.blames = append(l.blames, "Cleanup hangs")
		if l.restart && l.stop == 0 {
			m.cover(l, "restarting → failed")
		} else {
			m.cover(l, "stopping → failed")
		}
	}
	start := l.phase == phaseStart
	l.failedStart = l.failedStart || start
	l.phase = phaseEnded
	m.final(l)
	m.ahead(l, l.begins()...)
	l.stopAt, l.cleanAt, l.waits = 0, 0, false
	if l.owes != nil {
		m.answer(*l.owes, actor.CodeStopped.String())
		l.owes = nil
	}
	mail := l.mail
	l.mail, l.lost, l.exits = nil, nil, nil
	if len(l.frames) > 0 || start {
		l.hung = true
		// What the handler's batch had taken of the mailbox is lost when it returns: of the messages that were sent before it began,
		// or about then, nobody can tell which those are.
		may := 0
		for may < len(mail) && mail[may].sent <= l.begun {
			may++
		}
		taken := m.choose(may + 1)
		for _, d := range mail[:taken] {
			if d.call {
				m.answer(d, actor.CodeStopped.String())
			} else {
				l.kept = append(l.kept, d)
			}
		}
		mail = mail[taken:]
	}
	if len(l.frames) > 0 {
		if f := l.frames[0]; f.kind == frameHandler && f.posting.call {
			m.answer(f.posting, actor.CodeStopped.String())
		}
		m.threads = append(m.threads, &thread{frames: l.frames})
		l.frames = nil
	}
	m.drop(l, mail)
	for _, c := range m.children(slot) {
		m.flights = append(m.flights, flight{kind: flyKill, to: c.plan.slot, cause: cause{l.label() + " was killed", why.marks}, token: token})
	}
	m.flights = append(m.flights, flight{kind: flyOver, to: slot, token: token})
}

// begins returns how the next event of an actor may begin whose user code has been called, and has not told of it yet: it does also
// after a kill.
func (l *life) begins() []string {
	if len(l.frames) == 0 {
		return nil
	}
	switch f := l.frames[0]; {
	case f.event != "":
		return []string{f.event}
	case f.kind == frameBuild && f.step < 2:
		return []string{"build ", "Init "}
	}
	return nil
}

// arrive is the arrival of a flight.
func (m *model) arrive(f flight) {
	l := m.lives[f.to]
	switch f.kind {
	case flyStop:
		m.stop(l, f.mode, f.cause)
	case flyKill:
		m.kill(l, false, f.cause, f.token)
	case flyLost:
		if !l.ended() {
			l.lost = append(l.lost, f.mail)
		}
	case flyOver:
		m.over(l)
	}
}

// over frees the actor's name and tells its parent.
func (m *model) over(l *life) {
	l.phase = phaseGone
	if l.failedStart {
		return
	}
	slot := l.plan.slot
	why := l.cause
	if l.bad && l.failure != nil {
		why = l.failure.cause
	}
	escalates := l.bad && l.escalates
	up := m.life(l.parent)
	switch {
	case up == nil && l.bad:
		what, text := fmt.Sprintf("failure %d", len(m.failures)), fmt.Sprintf("a%d: %v", slot, l.cause)
		m.failures = append(m.failures, text)
		if got := m.goal[what]; got != text {
			m.fail("%s: the model has %s; the runtime has %s", what, text, got)
		}
	case up == nil || !up.live() || up.failure != nil:
	case up.plan.hooks == warden:
		up.exits = append(up.exits, news{child: slot, status: m.status(l), escalates: escalates, root: m.root(l), cause: why})
	case escalates:
		up.blames = append(up.blames, "child")
		up.failure = &failed{cause: why.after("child " + l.label()), child: slot}
	}
}
