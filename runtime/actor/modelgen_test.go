package actor_test

import (
	"math/rand/v2"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// How the operations of a random run are made: the next one for what the model has come to.

// A generator makes operations.
type generator struct {
	rng    *rand.Rand
	timed  bool // time passes in the run, by sleeps and backoffs
	slots  int
	mails  int
	gates  int
	causes int
	length int
	made   int
}

func newGenerator(seed uint64) *generator {
	rng := rand.New(rand.NewPCG(seed, 1))
	return &generator{rng: rng, timed: rng.IntN(5) > 0, length: 50 + rng.IntN(20)}
}

// minActors is how many actors a run has at least, and minOperations how many operations.
const (
	minActors     = 5
	minOperations = 50
)

// chance is true in n of 100 cases.
func (g *generator) chance(n int) bool { return g.rng.IntN(100) < n }

// pick returns an ending by weights in percent: error, Fatal, panic, Goexit.
func (g *generator) pick(weights ...int) ending {
	n := g.rng.IntN(100)
	for i, w := range weights {
		if n -= w; n < 0 {
			return anError + ending(i)
		}
	}
	return fine
}

// odd returns about d: so that no two timers of a run are due at once.
func (g *generator) odd(d time.Duration) time.Duration { return d + time.Duration(g.rng.IntN(1e6)) }

func (g *generator) cause() mark {
	g.causes++
	return mark("s" + itoa(g.causes))
}

// next returns the next operation, or nil at the run's end.
func (g *generator) next(m *model) operation {
	g.made++
	if end := g.made - g.length; end > 0 {
		if held := m.held(); end == 3 && len(held) > 0 {
			g.made--
			return operation{{kind: doRelease, gate: held[0]}}
		}
		return g.last(end)
	}
	var alive []int
	for slot, l := range m.lives {
		if l != nil && l.known && !l.ended() {
			alive = append(alive, slot)
		}
	}
	if len(alive) < 3 || len(alive) < 7 && g.chance(15) || g.slots < minActors {
		if len(alive) > 0 && g.chance(50) {
			return operation{g.message(alive, g.one(alive), 0, script{deeds: []deed{{kind: doSpawn, plan: g.plan(1)}}})}
		}
		return operation{{kind: doSpawn, plan: g.plan(0)}}
	}
	held := m.held()
	if len(held) > 0 && g.chance(10+12*len(held)) {
		op := operation{{kind: doRelease, gate: g.one(held)}}
		if len(held) > 1 && g.chance(40) {
			op = append(op, deed{kind: doRelease, gate: g.one(held)})
		}
		return op
	}
	if g.timed && g.chance(18) {
		return operation{{kind: doSleep, pause: g.odd(time.Duration(50+g.rng.IntN(3000)) * time.Millisecond)}}
	}
	op := operation{g.deed(m, alive)}
	for len(op) < 3 && g.chance(35/len(op)/len(op)) {
		op = append(op, g.deed(m, alive))
	}
	return op
}

// last returns the operations of the run's end.
func (g *generator) last(n int) operation {
	switch n {
	case 1:
		within := []time.Duration{0, 0, -1, g.odd(time.Second)}[g.rng.IntN(4)]
		if !g.timed && within > 0 {
			within = 0
		}
		return operation{{kind: doShutdown, pause: within}}
	case 2:
		return operation{{kind: doSleep, pause: 2 * time.Second}}
	case 3:
		op := operation{}
		for gate := range g.gates {
			op = append(op, deed{kind: doRelease, gate: gate})
		}
		return append(op, deed{kind: doSleep, pause: time.Hour})
	}
	return nil
}

func (g *generator) one(of []int) int { return of[g.rng.IntN(len(of))] }

// deed returns something that the driver does to one of the actors.
func (g *generator) deed(m *model, alive []int) deed {
	who := g.one(alive)
	if g.chance(5) {
		who = g.rng.IntN(g.slots) // whatever has become of it
	}
	switch n := g.rng.IntN(100); {
	case n < 7:
		return deed{kind: doStop, at: who, id: g.cause(), mode: []actor.StopMode{actor.StopDrain, actor.StopNow, actor.StopKill}[g.rng.IntN(3)]}
	case n < 14:
		return deed{kind: doRestart, at: who, id: g.cause()}
	}
	return g.message(alive, who, 0, script{})
}

// message returns a cast or a call, which does what the script says and more.
func (g *generator) message(alive []int, to, depth int, s script) deed {
	id := g.mails
	g.mails++
	m := &mail{id: id, call: depth == 0 && g.chance(35), script: s}
	m.script.id = mark("m" + itoa(id))
	if depth == 0 && g.chance(25) {
		m.script.deeds = append(m.script.deeds, g.message(alive, g.one(alive), 1, script{}))
	}
	if g.chance(5) {
		m.script.deeds = append(m.script.deeds, deed{kind: doStop, at: []int{to, g.one(alive)}[g.rng.IntN(2)], id: g.cause(), mode: actor.StopMode(1 + g.rng.IntN(3))})
	}
	if g.chance(4) {
		m.script.deeds = append(m.script.deeds, deed{kind: doRestart, at: to, id: g.cause()})
	}
	if depth == 0 && g.chance(12) {
		m.script.deeds = append(m.script.deeds, deed{kind: doSpawn, plan: g.plan(1)})
	}
	if g.chance(18) {
		m.script.deeds = append(m.script.deeds, g.hold())
	}
	m.script.end = g.pick(14, 6, 8, 5)
	kind := doCast
	if m.call {
		kind = doCall
	}
	return deed{kind: kind, at: to, mail: m}
}

func (g *generator) hold() deed {
	g.gates++
	return deed{kind: doHold, gate: g.gates - 1, soft: g.chance(50)}
}

// plan returns an actor that is to be.
func (g *generator) plan(depth int) *plan {
	p := &plan{slot: g.slots, hooks: warden}
	g.slots++
	if g.chance(35) {
		p.name = names[g.rng.IntN(len(names))]
	}
	switch n := g.rng.IntN(100); {
	case n < 12:
		p.hooks = bare
	case n < 45:
		p.hooks = hooked
	}
	s := &p.strategy
	switch n := g.rng.IntN(100); {
	case n < 12:
		s.kind = stopsActor
	case n < 35:
		s.kind = escalating
	case n < 45:
		s.kind = resumes
	}
	s.max = []int{0, 1, 2, 5, actor.Unlimited}[g.rng.IntN(5)]
	s.within = []time.Duration{0, 0, 2 * time.Second, time.Minute}[g.rng.IntN(4)]
	s.backoff = backoffKind(g.rng.IntN(4))
	s.min = g.odd(time.Duration(20+g.rng.IntN(800)) * time.Millisecond)
	p.stopTimeout = g.odd(time.Duration(1+g.rng.IntN(4)) * time.Second)
	p.cleanupTimeout = g.odd(time.Duration(1+g.rng.IntN(3)) * time.Second)
	if !g.timed {
		if s.kind == resumes {
			s.kind = restarts
		}
		s.within, s.backoff = 1000*time.Hour, noBackoff
		p.stopTimeout, p.cleanupTimeout = 1000*time.Hour, 1000*time.Hour
	}
	for n := range 4 {
		e := g.pick(0, 0, 4, 3)
		if e == fine && g.chance(4) {
			e = returnsNil
		}
		p.build = append(p.build, e)
		id := itoa(p.slot) + "." + itoa(n)
		p.init = append(p.init, g.hookScript(p, mark("i"+id), depth, g.pick(5, 2, 5, 4)))
		p.cleanup = append(p.cleanup, g.hookScript(p, mark("c"+id), 9, g.pick(10, 4, 6, 5)))
	}
	for range 6 {
		e := g.pick(9, 4, 10, 10, 30)
		p.exit = append(p.exit, e)
		p.lost = append(p.lost, g.pick(12, 5, 14, 14))
	}
	return p
}

// hookScript is what Init or Cleanup does.
func (g *generator) hookScript(p *plan, id mark, depth int, end ending) script {
	s := script{id: id, end: end}
	if depth < 3 && g.chance(18) {
		s.deeds = append(s.deeds, deed{kind: doSpawn, plan: g.plan(depth + 1)})
	}
	if g.chance(3) {
		s.deeds = append(s.deeds, deed{kind: doStop, at: p.slot, id: g.cause(), mode: actor.StopMode(1 + g.rng.IntN(3))})
	}
	if g.chance(10) {
		s.deeds = append(s.deeds, g.hold())
	}
	return s
}

// held returns the gates that user code waits for.
func (m *model) held() (gates []int) {
	look := func(frames []frame) {
		if len(frames) == 0 || m.runs(frames) {
			return
		}
		f := frames[len(frames)-1]
		if f.pc < len(f.script.deeds) && f.script.deeds[f.pc].kind == doHold {
			gates = append(gates, f.script.deeds[f.pc].gate)
		}
	}
	for _, l := range m.lives {
		if l != nil {
			look(l.frames)
		}
	}
	for _, t := range m.threads {
		look(t.frames)
	}
	return gates
}
