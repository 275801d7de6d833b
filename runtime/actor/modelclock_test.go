package actor_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The model's shutdown, and its time.

// shutdownRuns tells whether a shutdown can go on.
func (m *model) shutdownRuns(f *frame) bool {
	late := f.until != 0 && m.now >= f.until
	switch f.step {
	case 0, 2:
		return true
	case 1:
		return m.alive() == 0 || late
	case 3:
		return m.alive() == 0
	}
	return m.abandoned() == "" || m.now >= f.wakeAt
}

func (m *model) alive() (n int) {
	for _, l := range m.lives {
		if l != nil && l.phase != phaseGone {
			n++
		}
	}
	return n
}

// abandoned lists the killed actors whose user code has not returned.
func (m *model) abandoned() string {
	var all []string
	for slot, l := range m.lives {
		if l != nil && l.hung {
			all = append(all, fmt.Sprintf("a%d", slot))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// shutdownStep is a step of Shutdown.
func (m *model) shutdownStep(frames *[]frame) {
	f := &(*frames)[0]
	switch f.step++; f.step {
	case 1:
		m.closed = true
		m.report = &expectedReport{stopped: m.alive()}
		if f.until > 0 {
			f.until += m.now
		}
		m.askRoots(flyStop, cause{text: "shutting down"})
	case 2:
		if m.alive() == 0 {
			f.step = 4
			m.shutdownOver(f)
		}
	case 3:
		m.report.mayKill += m.alive()
		m.askRoots(flyKill, cause{text: "shutting down time is up"})
	case 4:
		m.shutdownOver(f)
	default:
		m.report.abandoned = m.abandoned()
		*frames = nil
	}
}

func (m *model) shutdownOver(f *frame) { f.wakeAt = m.now + 200*time.Millisecond }

func (m *model) askRoots(kind flightKind, why cause) {
	for _, l := range m.lives {
		if l != nil && l.parent == nobody && l.phase != phaseGone {
			m.flights = append(m.flights, flight{kind: kind, to: l.plan.slot, mode: actor.StopDrain, cause: why})
		}
	}
}

// passTime lets time pass until something is due, while the driver sleeps. It is false if nobody waits for time.
func (m *model) passTime() bool {
	sleeping := false
	for _, t := range m.threads {
		f := t.frames[0]
		sleeping = sleeping || f.kind == frameDriver && f.wakeAt > m.now
	}
	if !sleeping {
		return false
	}
	type timer struct {
		at   time.Duration
		fire func()
	}
	var due []timer
	add := func(at time.Duration, fire func()) {
		switch {
		case len(due) > 0 && at > due[0].at:
		case len(due) > 0 && at < due[0].at:
			due = due[:0]
			fallthrough
		default:
			due = append(due, timer{at, fire})
		}
	}
	for _, t := range m.threads {
		f := &t.frames[0]
		if f.wakeAt > m.now {
			add(f.wakeAt, func() {})
		}
		if f.kind == frameShutdown && f.step == 1 && f.until > m.now {
			add(f.until, func() {})
		}
	}
	for _, l := range m.lives {
		if l == nil {
			continue
		}
		if l.stopAt > 0 {
			add(l.stopAt, func() {
				l.stopAt = 0
				for _, c := range m.children(l.plan.slot) {
					m.flights = append(m.flights, flight{kind: flyKill, to: c.plan.slot, cause: cause{text: c.label() + " has not stopped"}})
				}
			})
		}
		if l.cleanAt > 0 {
			add(l.cleanAt, func() {
				why := l.frames[0].news.cause
				m.kill(l, true, cause{l.label() + " Cleanup has not returned", why.marks}, 0)
			})
		}
		if l.waits {
			if at := m.backoffEnd(l); at > 0 {
				add(at, func() { l.waits = false })
			}
		}
	}
	m.now = due[0].at
	due[m.choose(len(due))].fire()
	return true
}

// backoffEnd is when a backoff ends; of one with a random part what the runtime did counts, within its bounds. 0 is not yet.
func (m *model) backoffEnd(l *life) time.Duration {
	if l.backFrom == l.backTo {
		return l.backTo
	}
	for _, e := range m.trace[m.pos:] {
		if e.actor == l.plan.slot && strings.HasPrefix(e.text, "build ") && e.at >= l.backFrom && e.at <= l.backTo+breath {
			return e.at
		}
	}
	return 0
}
