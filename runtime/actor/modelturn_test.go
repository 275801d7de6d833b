package actor_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What runs in the model: frames of user code on the turns of actors and on goroutines of the driver.

// A frame is a call of user code, or what the driver does.
type frame struct {
	kind   frameKind
	actor  int // whose turn it is
	script script
	pc     int // the next deed

	posting posting // of a handler
	news    news    // of HandleExit
	event   string  // what it sees first, if it has not yet
	spawned bool    // the deed at pc is Spawn, which comes back with result
	result  string
	wakeAt  time.Duration
	token   int  // flights that it waits for
	exits   bool // its goroutine ends
	step    int  // of build and Init, of a shutdown
	deed    int  // which of the driver's it is, on a goroutine of its own
	until   time.Duration
}

type frameKind uint8

const (
	frameDriver frameKind = iota
	frameHandler
	frameBuild // build and Init
	frameCleanup
	frameExit
	frameLost
	frameShutdown
)

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
		return sees && who != next
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

// settle takes steps until nobody can go on; time passes while the driver sleeps.
func (m *model) settle() {
	for m.wrong == "" {
		if m.steps++; m.steps > 10_000 {
			m.fail("the model does not come to rest")
			return
		}
		all := m.tasks()
		if m.wrong != "" {
			return
		}
		if len(all) == 0 {
			if !m.passTime() {
				return
			}
			continue
		}
		switch t := m.pick(all); {
		case t.life != nil && len(t.life.frames) > 0:
			m.run(&t.life.frames)
		case t.life != nil:
			m.turn(t.life)
		case t.thread != nil:
			if m.run(&t.thread.frames); len(t.thread.frames) == 0 {
				m.threads = slices.DeleteFunc(m.threads, func(o *thread) bool { return o == t.thread })
			}
		default:
			f := m.flights[t.flight]
			m.arrive(f)
			m.flights = slices.DeleteFunc(m.flights, func(o flight) bool { return o == f })
		}
	}
}

// pick chooses who goes on. By chance it has most go on before some others, for as long as they can: what has gone wrong is often that
// one was too early.
func (m *model) pick(all []task) task {
	if m.rng == nil {
		return all[m.choose(len(all))]
	}
	switch m.rng.IntN(30) {
	case 0, 1, 2:
		return all[m.choose(len(all))]
	case 3: // who was early may be late from then on
		m.chance = m.rng.Uint32()
	}
	return slices.MinFunc(all, func(a, b task) int { return m.haste(a) - m.haste(b) })
}

// haste tells how early a task's turn comes, in one try by chance.
func (m *model) haste(t task) int {
	key := 0
	switch {
	case t.life != nil:
		key = 3 * t.life.plan.slot
	case t.thread != nil:
		key = 3*t.thread.frames[0].deed + 1
	default:
		f := m.flights[t.flight]
		key = 3*(f.to+int(f.kind)*100) + 2
	}
	return int((uint32(key+1)*2654435761 ^ m.chance) * 2246822519 >> 8) // mixes the two
}

// run takes the next step of the topmost frame.
func (m *model) run(frames *[]frame) {
	f := &(*frames)[len(*frames)-1]
	f.token = 0
	switch {
	case f.event != "":
		m.notice(f)
	case f.exits:
		m.unwind(frames, aGoexit)
	case f.kind == frameShutdown:
		m.shutdownStep(frames)
	case f.kind == frameBuild && f.step < 2:
		m.buildStep(frames, f)
	case f.pc < len(f.script.deeds):
		m.act(frames, f)
	default:
		m.unwind(frames, f.script.end)
	}
}

// act does the next deed of a frame.
func (m *model) act(frames *[]frame, f *frame) {
	d := &f.script.deeds[f.pc]
	by := f.actor
	switch d.kind {
	case doSpawn:
		if !f.spawned && by == nobody && f.step == 0 {
			m.fork(f, d)
			break
		}
		if !f.spawned {
			f.spawned = true
			if f.result = m.refusal(by, d.plan); f.result != "" {
				return // much can happen before it tells
			}
			for len(m.lives) <= d.plan.slot {
				m.lives = append(m.lives, nil)
			}
			m.lives[d.plan.slot] = &life{plan: d.plan, parent: by}
			*frames = append(*frames, frame{kind: frameBuild, actor: d.plan.slot})
			return
		}
		f.spawned = false
		m.emit(by, "spawned a%d: %s", d.plan.slot, f.result)
		if f.result == "-" {
			m.lives[d.plan.slot].known = true
		}
	case doStop:
		if l := m.known(d.at); l != nil && d.mode == actor.StopKill {
			m.tokens++
			f.token = m.tokens
			m.kill(l, false, causeOf(d.id), f.token)
		} else if l != nil {
			m.stop(l, d.mode, causeOf(d.id))
		}
	case doRestart:
		if l := m.known(d.at); l != nil && l.stop == 0 && l.failure == nil && l.live() {
			l.again, l.againCause = true, causeOf(d.id)
		}
	case doCast:
		m.send(f, d)
	case doCall:
		if f.step == 0 {
			m.fork(f, d)
		} else {
			m.send(f, d)
		}
	case doRelease:
		m.opened[d.gate] = true
	case doSleep:
		if f.wakeAt == 0 {
			f.wakeAt = m.now + d.pause
			return
		}
		f.wakeAt = 0
	case doShutdown:
		m.threads = append(m.threads, &thread{frames: []frame{{kind: frameShutdown, actor: nobody, until: d.pause}}})
	}
	f.pc++
}

// fork does a deed of the driver on a goroutine of its own.
func (m *model) fork(f *frame, d *deed) {
	m.threads = append(m.threads, &thread{frames: []frame{{actor: nobody, script: script{deeds: []deed{*d}}, step: 1, deed: f.pc}}})
}

// deedOf tells which of the driver's deeds a frame is at.
func deedOf(f *frame) int {
	switch {
	case f.actor != nobody:
		return nobody
	case f.step == 1:
		return f.deed
	}
	return f.pc
}

// next takes the next posting of a mailbox. A call of the driver is made on a goroutine of its own: where it is among what is sent by
// others from then on, until everybody waits, shows when it is handled.
func (m *model) next(l *life) posting {
	n := 0
	own := slices.IndexFunc(m.trace[m.pos:], func(e event) bool { return e.actor == l.plan.slot && !strings.HasPrefix(e.text, "spawned ") })
	for i, d := range l.mail {
		if own >= 0 && m.trace[m.pos+own].text == fmt.Sprintf("handles m%d in %d", d.id, l.inc) &&
			!slices.ContainsFunc(l.mail[:i], func(e posting) bool { return !e.mayFollow(d) }) {
			n = i
		}
	}
	next := l.mail[n]
	l.mail = slices.Delete(slices.Clone(l.mail), n, n+1)
	return next
}

// mayFollow tells whether a posting that the model has queued before another one may as well have come after it.
func (e posting) mayFollow(d posting) bool {
	return e.sent == d.sent && (e.call || d.call && (e.deed == nobody || e.deed > d.deed))
}

// send sends a message.
func (m *model) send(f *frame, d *deed) {
	by := f.actor
	result, l := "to nobody", m.known(d.at)
	switch {
	case l == nil:
	case by != nobody && m.lives[by].hung:
		result = actor.CodeCanceled.String()
	case !l.accepts():
		result = actor.CodeStopped.String()
	default:
		l.mail = append(l.mail, posting{d.mail, by, m.number, deedOf(f)})
		if result = "-"; d.mail.call {
			if end := m.ends[d.mail.id]; len(end.answers) > 0 && len(end.handled) == 0 && !m.terminal(d.at) {
				m.fail("m%d is not accepted in the runtime", d.mail.id) // who has accepted it would not have answered yet
			}
			return
		}
	}
	m.tell(d.mail.id, func(f *fate) {
		if d.mail.call {
			f.answers = append(f.answers, result)
		} else {
			f.sent = result
		}
	})
}

// refusal tells why an actor cannot be spawned, if so.
func (m *model) refusal(by int, p *plan) string {
	var why []string
	if m.closed || by != nobody && (m.lives[by].ended() || !m.lives[by].live()) {
		why = append(why, actor.CodeStopped.String())
	}
	if p.name != "" && m.holder(p.name) != nil {
		why = append(why, actor.CodeNameTaken.String())
	}
	if len(why) == 0 {
		return ""
	}
	return why[m.choose(len(why))]
}

// buildStep calls build, then Init.
func (m *model) buildStep(frames *[]frame, f *frame) {
	l := m.lives[f.actor]
	p := l.plan
	if f.step++; f.step == 1 {
		l.inc++
		m.emit(p.slot, "build %d", l.inc)
		return
	}
	if end := at(p.build, l.inc-1); end != fine {
		f.step = 1
		f.script.id = mark(fmt.Sprintf("b%d.%d", p.slot, l.inc))
		l.blames = append(l.blames, "build "+kindOf(end))
		m.unwind(frames, end)
		return
	}
	if p.hooks == bare {
		return
	}
	l.known = true
	m.emit(p.slot, "Init %d", l.inc)
	f.script = at(p.init, l.inc-1)
}
