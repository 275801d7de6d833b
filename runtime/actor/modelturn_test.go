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
