package actor_test

import (
	"fmt"
	"slices"
	"strings"
)

// What can go on in the model, and what of it can lead to the runtime's events.

// A task is something that can take the next step: an actor's turn, a thread or a flight.
type task struct {
	life   *life
	thread *thread
	flight int
}

// concerns tells whose next event the task's next step may be.
func (m *model) concerns(t task) int {
	var frames []frame
	switch {
	case t.life != nil:
		if frames = t.life.frames; len(frames) == 0 {
			return t.life.plan.slot
		}
	case t.thread != nil:
		frames = t.thread.frames
	default:
		return nobody - 1
	}
	top := frames[len(frames)-1]
	if top.pc < len(top.script.deeds) && !top.spawned {
		if d := top.script.deeds[top.pc]; d.kind == doSpawn {
			return d.plan.slot
		}
	}
	return top.actor
}

// tasks returns what can go on: first the driver, who seldom waits, then what the runtime's next event may come from. A flight that
// changes nothing for anybody does not come between others.
func (m *model) tasks() (all []task) {
	for i, f := range m.flights {
		if m.idle(f) {
			return []task{{flight: i}}
		}
	}
	for _, l := range m.lives {
		if l != nil && m.turns(l) {
			all = append(all, task{life: l})
		}
	}
	for _, t := range m.threads {
		if m.runs(t.frames) {
			all = append(all, task{thread: t})
		}
	}
	for i, f := range m.flights {
		if f.kind == flyLost && slices.ContainsFunc(m.flights[:i], func(e flight) bool { return e.kind == flyLost && e.from == f.from && e.to == f.to }) {
			continue
		}
		all = append(all, task{flight: i})
	}
	next := nobody - 1
	if m.pos < len(m.trace) {
		next = m.trace[m.pos].actor
	}
	ready := len(all)
	all = slices.DeleteFunc(all, func(t task) bool {
		who, sees := m.sees(t)
		return sees && who != next || t.life != nil && m.stuck(t.life)
	})
	if ready > 0 && len(all) == 0 {
		m.fail("nobody in the model can have the runtime's next event, if there is one: %v", m.trace[m.pos:])
	}
	if len(all) > 1 {
		slices.SortStableFunc(all, func(a, b task) int {
			return m.rank(a, next) - m.rank(b, next)
		})
	}
	return all
}

func (m *model) rank(t task, next int) int {
	switch who := m.concerns(t); {
	case t.thread != nil && who == nobody:
		return 0
	case who == next:
		return 1
	}
	return 2
}

func order(first bool) int {
	if first {
		return 0
	}
	return 1
}

// sees tells whether the task's next step is an event for certain, and whose: if that is not the runtime's next one, it is not its turn.
func (m *model) sees(t task) (who int, certain bool) {
	var frames []frame
	switch {
	case t.thread != nil:
		frames = t.thread.frames
	case t.life == nil:
		return 0, false
	case len(t.life.frames) == 0:
		return 0, false
	default:
		frames = t.life.frames
	}
	f := &frames[len(frames)-1]
	switch {
	case f.event != "":
		return f.actor, true
	case f.exits || f.kind == frameShutdown:
		return 0, false
	case f.kind == frameBuild && f.step < 2:
		l := m.lives[f.actor]
		return f.actor, f.step == 0 || at(l.plan.build, l.inc-1) == fine && l.plan.hooks != bare
	}
	return f.actor, f.spawned
}

// stuck tells whether the actor's next turn leads to an event that the runtime's actor does not have next: only others, as by a kill, can
// make it go on.
func (m *model) stuck(l *life) bool {
	want := ""
	switch {
	case len(l.frames) > 0:
		return false
	case l.phase == phaseChildren && len(m.children(l.plan.slot)) == 0 && m.needsCleanup(l):
		want = fmt.Sprintf("Cleanup %d after %v", l.inc, l.cause)
	case l.phase == phaseBackoff && l.stop == 0 && l.restart:
		want = fmt.Sprintf("build %d", l.inc+1)
	case l.phase == phaseRun && !m.judges(l):
		want = "h" // handles or hears
	}
	if want == "" {
		return false
	}
	for _, e := range m.trace[m.pos:] {
		if e.actor == l.plan.slot && !strings.HasPrefix(e.text, "spawned ") {
			return !strings.HasPrefix(e.text, want)
		}
	}
	return true
}

// idle tells whether the arrival of a flight changes nothing for others.
func (m *model) idle(f flight) bool {
	l := m.lives[f.to]
	switch f.kind {
	case flyOver:
		up := m.life(l.parent)
		return l.plan.name == "" && m.report == nil && (up == nil && !l.bad || up != nil && !up.live())
	case flyLost:
		return l.ended()
	}
	return l.ended()
}

// turns tells whether the actor's turn has something to do.
func (m *model) turns(l *life) bool {
	if len(l.frames) > 0 {
		return m.runs(l.frames)
	}
	if l.owes != nil {
		return false
	}
	switch l.phase {
	case phaseRun:
		return l.stop != 0 || l.failure != nil || l.again || len(l.exits) > 0 || len(l.lost) > 0 || len(l.mail) > 0
	case phaseChildren:
		return len(m.children(l.plan.slot)) == 0 || l.asked < m.childMode(l)
	case phaseBackoff:
		return l.stop != 0 || !l.waits
	}
	return false
}

// runs tells whether the topmost frame can go on.
func (m *model) runs(frames []frame) bool {
	if len(frames) == 0 {
		return false
	}
	f := &frames[len(frames)-1]
	if f.token != 0 && slices.ContainsFunc(m.flights, func(e flight) bool { return e.token == f.token }) {
		return false
	}
	if f.kind == frameShutdown {
		return m.shutdownRuns(f)
	}
	if f.event != "" || f.exits || f.kind == frameBuild && f.step < 2 || f.pc == len(f.script.deeds) || f.spawned {
		return true
	}
	switch d := f.script.deeds[f.pc]; d.kind {
	case doHold:
		return m.opened[d.gate] || d.soft && m.lives[f.actor].hung
	case doSleep:
		return f.wakeAt == 0 || m.now >= f.wakeAt
	}
	return true
}
