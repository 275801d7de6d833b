package actor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// The runtime's side of the model-based tests: actors that follow their plans, and what is seen of them.

// An event is something that user code of an actor sees: a call of build, of a hook, of a handler, or the result of a Spawn.
type event struct {
	actor int
	text  string
	at    time.Duration // since the run's begin
}

func (e event) String() string { return fmt.Sprintf("%v: a%d %s", e.at, e.actor, e.text) }

// A stage is where a run's actors play.
type stage struct {
	proc   *actor.Proc
	begun  time.Time
	prompt bool

	mu       sync.Mutex
	trace    []event
	handles  map[int]sample.GateHandle
	slots    map[actor.ID]int
	serials  map[uint64]int
	players  map[int]*player // the latest incarnations
	builds   map[int]int
	calls    map[string]int
	gates    map[int]chan struct{}
	fates    map[int]*fate
	last     map[int]lastStatus // of the actors, when everybody waited before
	asked    int                // the mail whose handler was run without a context
	wrong    []string
	ids      map[actor.UUID]string // incarnations
	report   *actor.ShutdownReport
	ended    error
	children map[int][]int
	busy     sync.WaitGroup // goroutines of the driver
}

// A lastStatus is a status that has been put into words.
type lastStatus struct {
	actor.Status
	text string
}

// A fate is what became of one message.
type fate struct {
	sent                     string
	handled, answers, losses []string
}

func (f fate) String() string {
	return fmt.Sprintf("sent %q, handled %v, answered %q, lost %v", f.sent, f.handled, f.answers, f.losses)
}

func newStage(p *actor.Proc, prompt bool) *stage {
	return &stage{proc: p, begun: time.Now(), prompt: prompt, handles: map[int]sample.GateHandle{}, slots: map[actor.ID]int{}, serials: map[uint64]int{}, players: map[int]*player{}, builds: map[int]int{},
		calls: map[string]int{}, gates: map[int]chan struct{}{}, fates: map[int]*fate{}, last: map[int]lastStatus{}, ids: map[actor.UUID]string{}, children: map[int][]int{}}
}

// note adds an event.
func (s *stage) note(who int, format string, args ...any) {
	s.mu.Lock()
	s.noteLocked(who, format, args...)
	s.mu.Unlock()
}

func (s *stage) noteLocked(who int, format string, args ...any) {
	s.trace = append(s.trace, event{who, fmt.Sprintf(format, args...), time.Since(s.begun)})
}

// nth counts the calls of something.
func (s *stage) nth(what string) int {
	s.calls[what]++
	return s.calls[what] - 1
}

// meet notes how to reach an actor.
func (s *stage) meet(slot int, h sample.GateHandle) {
	s.handles[slot] = h
	s.slots[h.Actor().ID()] = slot
	s.serials[h.Actor().ID().Serial] = slot
}

// slot returns which actor it is, or nobody.
func (s *stage) slot(id actor.ID) int {
	if slot, known := s.slots[id]; known {
		return slot
	}
	return nobody
}

func (s *stage) handle(slot int) (sample.GateHandle, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, known := s.handles[slot]
	return h, known
}

func (s *stage) gate(n int) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates[n] == nil {
		s.gates[n] = make(chan struct{})
	}
	return s.gates[n]
}

func (s *stage) open(n int) {
	gate := s.gate(n)
	select {
	case <-gate:
	default:
		close(gate)
	}
}

func (s *stage) fate(id int) *fate {
	if s.fates[id] == nil {
		s.fates[id] = &fate{}
	}
	return s.fates[id]
}

// A player is the state of an actor without hooks.
type player struct {
	sample.GateBehavior // the handlers that the model has no use for

	s    *stage
	plan *plan
	inc  int
	turn int // under s.mu: how many of its handlers and hooks run
}

func (p *player) Do(cx *actor.Context, f func(*actor.Context) error) error       { return f(cx) }
func (p *player) DoInline(cx *actor.Context, f func(*actor.Context) error) error { return f(cx) }
func (p *player) Post(cx *actor.Context, f func(*actor.Context) error) error     { return f(cx) }
func (p *player) Echo(_ context.Context, text string) (string, error)            { return text, nil }

// A hookedPlayer has the hooks that most actors have.
type hookedPlayer struct{ *player }

func (p hookedPlayer) Init(cx *actor.Context) error {
	p.s.mu.Lock()
	p.s.meet(p.plan.slot, sample.GateSelf(cx))
	p.s.noteLocked(p.plan.slot, "Init %d", p.inc)
	p.s.mu.Unlock()
	return p.play(cx, at(p.plan.init, p.inc-1))
}

func (*player) Tell(*actor.Context, actor.Port[string], string) error {
	return nil
}

func (p hookedPlayer) Cleanup(cx *actor.Context, cause error) error {
	p.s.note(p.plan.slot, "Cleanup %d after %s%s", p.inc, p.s.canonical(cause), p.s.alive(p.plan.slot))
	return p.play(cx, at(p.plan.cleanup, p.inc-1))
}

func (p hookedPlayer) HandleUndelivered(cx *actor.Context, u *actor.Undelivered) error {
	id := p.s.identify(u)
	p.s.mu.Lock()
	n := p.s.nth(fmt.Sprint("lost", p.plan.slot))
	p.s.noteLocked(p.plan.slot, "hears of the loss of m%d in %d", id, p.inc)
	f := p.s.fate(id)
	f.losses = append(f.losses, fmt.Sprint("a", p.plan.slot))
	p.s.mu.Unlock()
	return p.play(cx, script{id: mark(fmt.Sprintf("u%d.%d", p.plan.slot, n)), end: at(p.plan.lost, n)})
}

// A wardenPlayer hears of its children's ends, too.
type wardenPlayer struct{ hookedPlayer }

func (p wardenPlayer) HandleExit(cx *actor.Context, ev *actor.Exit) (handled bool, err error) {
	status, lives := p.s.status(ev.Status), !ev.Child.Status().State.Terminal()
	p.s.mu.Lock()
	n := p.s.nth(fmt.Sprint("exit", p.plan.slot))
	text := fmt.Sprintf("hears in %d of the exit of a%d: %s", p.inc, p.s.slot(ev.Child.ID()), status)
	if ev.Escalates {
		text += fmt.Sprintf(", escalating from a%d", p.s.slot(ev.Root().ID()))
	}
	if lives {
		text += ", which lives"
	}
	if ev.At.IsZero() || ev.At.After(time.Now()) {
		text += ", at " + ev.At.String()
	}
	if h, err := sample.LookupGate(p.s.proc, ev.Child.Name()); ev.Child.Name() != "" && err == nil && h.Actor() == ev.Child {
		text += ", which has its name"
	}
	p.s.noteLocked(p.plan.slot, "%s", text)
	p.s.mu.Unlock()
	end := at(p.plan.exit, n)
	return end == fine, p.play(cx, script{id: mark(fmt.Sprintf("x%d.%d", p.plan.slot, n)), end: end})
}

// alive tells of children that have not ended.
func (s *stage) alive(slot int) (text string) {
	s.mu.Lock()
	children := slices.Clone(s.children[slot])
	s.mu.Unlock()
	for _, child := range children {
		if h, known := s.handle(child); known && !h.Actor().Status().State.Terminal() {
			text += fmt.Sprintf(", while a%d lives", child)
		}
	}
	return text
}

// play follows a script of the actor's own.
func (p *player) play(cx *actor.Context, sc script) error {
	id := cx.Incarnation()
	who := fmt.Sprintf("a%d.%d", p.plan.slot, p.inc)
	p.s.mu.Lock()
	if before, known := p.s.ids[id]; known && before != who {
		p.s.wrong = append(p.s.wrong, fmt.Sprintf("incarnations %s and %s have the same id", before, who))
	}
	p.s.ids[id] = who
	if p.turn++; p.turn != 1 {
		p.s.wrong = append(p.s.wrong, who+": two turns at once")
	}
	p.s.mu.Unlock()
	defer func() {
		p.s.mu.Lock()
		p.turn--
		p.s.mu.Unlock()
	}()
	for i := range sc.deeds {
		p.s.do(cx, p.plan.slot, &sc.deeds[i])
	}
	return sc.end.play(sc.id)
}

// build returns what makes the incarnations of an actor.
func (s *stage) build(p *plan) func() sample.GateBehavior {
	return func() sample.GateBehavior {
		s.mu.Lock()
		s.builds[p.slot]++
		n := s.builds[p.slot]
		s.noteLocked(p.slot, "build %d", n)
		me := &player{s: s, plan: p, inc: n}
		s.players[p.slot] = me
		s.mu.Unlock()
		end := at(p.build, n-1)
		end.play(mark(fmt.Sprintf("b%d.%d", p.slot, n)))
		switch {
		case end == returnsNil:
			return nil
		case p.hooks == bare:
			return me
		case p.hooks == hooked:
			return hookedPlayer{me}
		}
		return wardenPlayer{hookedPlayer{me}}
	}
}

// handler returns the handler of a message for the actor.
func (s *stage) handler(slot int, m *mail) func(*actor.Context) error {
	return func(cx *actor.Context) error {
		if cx == nil { // somebody wants to know which one it is
			s.asked = m.id
			return nil
		}
		s.mu.Lock()
		me := s.players[slot]
		f := s.fate(m.id)
		f.handled = append(f.handled, fmt.Sprintf("%d.%d", slot, me.inc))
		s.noteLocked(slot, "handles m%d in %d", m.id, me.inc)
		s.mu.Unlock()
		return me.play(cx, m.script)
	}
}

// identify tells which message was lost.
func (s *stage) identify(u *actor.Undelivered) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = nobody
	if f, is := u.Args.(func(*actor.Context) error); is {
		f(nil)
	}
	if !errors.Is(u.Err, actor.ErrStopped) {
		s.wrong = append(s.wrong, fmt.Sprintf("m%d was lost by %v", s.asked, u.Err))
	}
	return s.asked
}

// lost is the proc's OnUndelivered.
func (s *stage) lost(u *actor.Undelivered) {
	id := s.identify(u)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fate(id)
	f.losses = append(f.losses, "proc")
}

// noted is a backoff that tells when it is asked.
type noted struct {
	s    *stage
	slot int
	of   actor.Backoff
}

func (b noted) Delay(n int) time.Duration {
	b.s.note(b.slot, "backs off after %d others", n)
	return b.of.Delay(n)
}

func (s *stage) strategy(p *plan) actor.Strategy {
	switch p.strategy.kind {
	case stopsActor:
		return actor.StopActor
	case escalating:
		return actor.Escalate
	case resumes:
		return actor.Resume
	}
	d := p.strategy.min
	of := [...]actor.Backoff{actor.NoBackoff, actor.Static(d), actor.Linear(d, 3*d, d), actor.Exponential(d, 3*d)}[p.strategy.backoff]
	return actor.Restart{Max: p.strategy.max, Within: p.strategy.within, Backoff: noted{s, p.slot, of}}
}

// spawn does a spawn, by an actor with its context or by the driver.
func (s *stage) spawn(parent actor.Spawner, by int, p *plan) {
	s.mu.Lock()
	s.children[by] = append(s.children[by], p.slot)
	s.mu.Unlock()
	opts := []actor.SpawnOption{actor.OnFailure(s.strategy(p)), actor.StopTimeout(p.stopTimeout), actor.CleanupTimeout(p.cleanupTimeout)}
	if s.prompt {
		opts = append(opts, actor.Prompt())
	}
	h, err := sample.SpawnGateAs(parent, p.name, s.build(p), opts...)
	result := s.canonical(errors.Unwrap(err))
	if code := actor.CodeOf(err); code == actor.CodeStopped || code == actor.CodeNameTaken {
		result = code.String()
	}
	s.mu.Lock()
	if err == nil {
		s.meet(p.slot, h)
	}
	s.noteLocked(by, "spawned a%d: %s", p.slot, result)
	s.mu.Unlock()
}

// do does one deed, for an actor with its context or for the driver without.
func (s *stage) do(cx *actor.Context, by int, d *deed) {
	h, known := s.handle(d.at)
	switch d.kind {
	case doSpawn:
		if cx != nil {
			s.spawn(cx, by, d.plan)
		} else {
			s.busy.Go(func() { s.spawn(s.proc, by, d.plan) })
		}
	case doStop:
		if known {
			h.Actor().Stop(d.mode, d.id)
		}
	case doRestart:
		if known {
			h.Actor().Restart(d.id)
		}
	case doCast:
		var ctx context.Context = context.Background()
		if cx != nil {
			ctx = cx
		}
		s.send(known, d, func() error { return h.Post(ctx, s.handler(d.at, d.mail)) })
	case doCall:
		s.busy.Go(func() {
			s.send(known, d, func() error { return h.Do(context.Background(), s.handler(d.at, d.mail)) })
		})
	case doHold:
		var over <-chan struct{}
		if d.soft {
			over = cx.Done()
		}
		select {
		case <-s.gate(d.gate):
		case <-over:
		}
	case doRelease:
		s.open(d.gate)
	case doSleep:
		time.Sleep(d.pause)
	case doShutdown:
		s.busy.Go(func() { s.shutDown(d.pause) })
	}
}

// send sends a message and notes what it is told.
func (s *stage) send(known bool, d *deed, send func() error) {
	result := "to nobody"
	if known {
		err := send()
		switch code := actor.CodeOf(err); code {
		case actor.CodeStopped, actor.CodeCanceled:
			result = code.String()
		default:
			result = s.canonical(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.fate(d.mail.id); d.mail.call {
		f.answers = append(f.answers, result)
	} else {
		f.sent = result
	}
}

func (s *stage) shutDown(within time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if within != 0 {
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	report, err := s.proc.Shutdown(ctx)
	s.mu.Lock()
	s.report, s.ended = report, err
	s.mu.Unlock()
}
