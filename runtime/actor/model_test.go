package actor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The model of the model-based tests: what a tree of actors does, by the documentation of the public API. It takes small steps, one
// actor or goroutine at a time; where several could go on, any order is legal. A run is right if some order of the model's steps gives
// the very events that the runtime's actors saw, in their order and at their times, and then what can be seen of the runtime from
// outside.

// names are those that actors have in a run.
var names = []string{"na", "nb", "nc"}

// A cause is what the model says of an error: who and what its text names, and the marks that it is.
type cause struct{ text, marks string }

func (c cause) String() string {
	if c == (cause{}) {
		return "-"
	}
	return c.text + " ~ " + c.marks
}

func (c cause) after(words string) cause {
	return cause{strings.TrimSpace(words + " " + c.text), c.marks}
}

func causeOf(m mark) cause { return cause{"!" + string(m), string(m)} }

// A phase is where an actor is in its life.
type phase uint8

const (
	phaseStart    phase = iota // build and Init of the first incarnation run, on the spawner's goroutine
	phaseRun                   // turns
	phaseChildren              // the children end
	phaseCleanup
	phaseBackoff // the restart waits, or the end is due
	phaseBuild   // build and Init of another incarnation run
	phaseEnded   // its status is final, its name is not free yet
	phaseGone
)

// A failure is why an incarnation ends.
type failed struct {
	cause    cause
	panicked bool
	child    int // whose failure it is, or nobody
}

// A posting is a message in a mailbox, or one that a killed actor's handler has not given back.
type posting struct {
	*mail
	from int
	sent int // the operation that it was sent in
	deed int // which of the driver's deeds it is, or nobody for an actor's
}

// A news is what HandleExit hears.
type news struct {
	child     int
	status    string
	escalates bool
	root      int
	cause     cause
}

// A life is an actor as the model sees it.
type life struct {
	plan   *plan
	parent int
	phase  phase

	known       bool // there is a handle
	initialized bool // the incarnation has had its Init
	failedStart bool
	inc         int // times that build was called
	fails       int // incarnations that have failed
	times       []time.Duration
	begun       int // the operation that the last handler has begun in
	exitCalls   int
	lostCalls   int

	mail  []posting
	exits []news
	lost  []int

	stop       actor.StopMode
	stopCause  cause
	failure    *failed
	again      bool
	againCause cause

	bad       bool // it ends as failed, or has
	cause     cause
	restart   bool
	escalates bool
	asked     actor.StopMode // how the children were asked to stop

	lo, hi   time.Duration // of the backoff
	stopAt   time.Duration // when the children are killed; 0 is not
	cleanAt  time.Duration // when Cleanup is given up
	backFrom time.Duration // when the backoff ends, at the earliest
	backTo   time.Duration // and at the latest
	waits    bool          // for that

	frames []frame
	kept   []posting // by the handler that a kill has left behind
	owes   *posting  // a call whose handler has failed, and which a kill will answer
	hung   bool      // killed under user code that has not returned

	blames []string // what has failed since it last ran
}

func (l *life) ended() bool { return l.phase >= phaseEnded }

// live tells whether an incarnation is there that can take news.
func (l *life) live() bool {
	return l.phase == phaseStart || l.phase == phaseRun || l.phase == phaseBuild
}

// label is what errors call the actor.
func (l *life) label() string {
	if l.plan.name != "" {
		return l.plan.name
	}
	return fmt.Sprintf("a%d", l.plan.slot)
}

// ending tells whether the actor is about to end for good.
func (l *life) ending() bool {
	return l.stop != 0 || (l.phase == phaseChildren || l.phase == phaseCleanup || l.phase == phaseBackoff) && !l.restart
}

// accepts tells whether the actor takes messages: until it has been told to stop, or is about to end for good.
func (l *life) accepts() bool { return !l.ended() && !l.ending() }

// A flight is something on its way from one goroutine to another.
type flight struct {
	kind  flightKind
	to    int
	from  int
	mode  actor.StopMode
	cause cause
	mail  int
	token int // of the goroutine that waits until it has arrived
}

type flightKind uint8

const (
	flyStop flightKind = iota
	flyKill
	flyOver // the actor's name gets free, and its parent is told
	flyLost // a sender is told of its loss
)

// A thread is a goroutine of the driver, or one with user code that a kill has left behind.
type thread struct {
	frames []frame
}

// model is all of it.
type model struct {
	now      time.Duration
	lives    []*life
	threads  []*thread
	flights  []flight
	tokens   int
	opened   map[int]bool
	fates    map[int]fate
	drops    int
	failures []string
	closed   bool
	report   *expectedReport
	prompt   bool

	// Of the operation that is followed.
	trace     []event
	goal      snapshot
	goalDrops int
	ends      map[int]fate // what has become of the messages
	past      map[uint64]bool
	pos       int
	wrong     string
	rng       *rand.Rand // goes on anyhow
	chance    uint32     // who is hasty then
	path      []int
	taken     []int
	widths    []int
	steps     int
	seen      []transition
	number    int // of the operation
}

type expectedReport struct {
	stopped   int
	mayKill   int
	abandoned string
}

func newModel(prompt bool) *model {
	return &model{opened: map[int]bool{}, fates: map[int]fate{}, prompt: prompt}
}

// clone returns a copy that shares nothing that changes.
func (m *model) clone() *model {
	n := *m
	n.lives = make([]*life, len(m.lives))
	for i, l := range m.lives {
		if l == nil {
			continue
		}
		c := *l
		c.times, c.mail, c.exits, c.lost = slices.Clone(l.times), slices.Clone(l.mail), slices.Clone(l.exits), slices.Clone(l.lost)
		c.frames, c.kept, c.blames = slices.Clone(l.frames), slices.Clone(l.kept), slices.Clone(l.blames)
		if l.ended() && len(l.frames) == 0 {
			c.times, c.exits = nil, nil
		}
		n.lives[i] = &c
	}
	n.threads = make([]*thread, len(m.threads))
	for i, t := range m.threads {
		c := *t
		c.frames = slices.Clone(t.frames)
		n.threads[i] = &c
	}
	n.flights = slices.Clone(m.flights)
	n.failures = slices.Clone(m.failures)
	n.opened = make(map[int]bool, len(m.opened))
	for k, v := range m.opened {
		n.opened[k] = v
	}
	n.fates = make(map[int]fate, len(m.fates))
	for k, v := range m.fates {
		n.fates[k] = v // its slices are only ever replaced
	}
	n.taken, n.widths, n.seen = nil, nil, nil
	return &n
}

// life returns the actor of a slot, or nil.
func (m *model) life(slot int) *life {
	if slot < 0 || slot >= len(m.lives) {
		return nil
	}
	return m.lives[slot]
}

// known returns the actor if there is a handle of it.
func (m *model) known(slot int) *life {
	if l := m.life(slot); l != nil && l.known {
		return l
	}
	return nil
}

// holder returns the actor that has the name.
func (m *model) holder(name string) *life {
	for _, l := range m.lives {
		if l != nil && l.plan.name == name && l.phase != phaseGone && !(l.failedStart && l.phase != phaseStart) {
			return l
		}
	}
	return nil
}

// children returns the actors that have not ended and whose parent it is.
func (m *model) children(slot int) (all []*life) {
	for _, l := range m.lives {
		if l != nil && l.parent == slot && l.phase != phaseGone {
			all = append(all, l)
		}
	}
	return all
}

// root returns the actor in which a failure began.
func (m *model) root(l *life) int {
	for l.bad && l.failure != nil && l.failure.child != nobody {
		l = m.lives[l.failure.child]
	}
	return l.plan.slot
}

// fail notes that the runtime did what the model does not.
func (m *model) fail(format string, args ...any) {
	if m.wrong == "" {
		m.wrong = fmt.Sprintf(format, args...)
	}
}

// emit is an event of the model: the runtime must have had the same one next.
func (m *model) emit(who int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case m.wrong != "":
	case m.pos >= len(m.trace):
		m.fail("in the model a%d %s at %v; in the runtime nothing more happens", who, text, m.now)
	case m.trace[m.pos].actor != who || m.trace[m.pos].text != text:
		m.fail("in the model a%d %s at %v; the runtime has %v", who, text, m.now, m.trace[m.pos])
	case m.prompt && (m.trace[m.pos].at < m.now || m.trace[m.pos].at > m.now+breath):
		m.fail("in the model a%d %s at %v, in the runtime at %v", who, text, m.now, m.trace[m.pos].at)
	default:
		if m.prompt {
			m.now = m.trace[m.pos].at
		}
		m.pos++
	}
}

// ahead prunes: the runtime's next event of the actor, if any, is one of those that can come.
func (m *model) ahead(l *life, can ...string) {
	for _, e := range m.trace[m.pos:] {
		if e.actor == l.plan.slot && !strings.HasPrefix(e.text, "spawned ") {
			if !slices.ContainsFunc(can, func(begin string) bool { return strings.HasPrefix(e.text, begin) }) {
				m.fail("in the model a%d is past what the runtime has: %v", l.plan.slot, e)
			}
			return
		}
	}
}

// terminal tells whether the runtime's actor has ended when everybody waits.
func (m *model) terminal(slot int) bool {
	status := m.goal[fmt.Sprintf("a%d", slot)]
	return strings.HasPrefix(status, actor.StateStopped.String()+" ") || strings.HasPrefix(status, actor.StateFailed.String()+" ")
}

// choose returns one of n ways to go on; all are tried until one fits.
func (m *model) choose(n int) int {
	if n <= 1 {
		return 0
	}
	way := 0
	if m.rng != nil {
		return m.rng.IntN(n)
	}
	if len(m.taken) < len(m.path) {
		way = m.path[len(m.taken)]
	}
	if m.past != nil && len(m.taken) >= len(m.path) { // nowhere that has been tried to the end
		print := m.fingerprint()
		if m.past[print] {
			m.fail("seen before")
		}
		m.past[print] = true
	}
	m.taken, m.widths = append(m.taken, way), append(m.widths, n)
	return way
}

// tell changes the fate of a message.
func (m *model) tell(id int, change func(f *fate)) {
	f := m.fates[id]
	f.handled, f.answers, f.losses = slices.Clone(f.handled), slices.Clone(f.answers), slices.Clone(f.losses)
	change(&f)
	m.fates[id] = f
	if end := m.ends[id]; !begins(end.handled, f.handled) || !begins(end.answers, f.answers) || !begins(end.losses, f.losses) || f.sent != "" && f.sent != end.sent {
		m.fail("m%d: the model has %v; the runtime has %v", id, f, end)
	}
}

// begins tells whether all begins with some.
func begins(all, some []string) bool {
	return len(some) <= len(all) && slices.Equal(all[:len(some)], some)
}

// final compares the status of an actor that has ended: it does not change any more.
func (m *model) final(l *life) {
	who := fmt.Sprintf("a%d", l.plan.slot)
	if got, known := m.goal[who]; known && got != m.status(l) {
		m.fail("%s: the model has %s; the runtime has %s", who, m.status(l), got)
	}
}

func (m *model) answer(l posting, text string) {
	m.tell(l.id, func(f *fate) { f.answers = append(f.answers, text) })
}

// status is what Status says of the actor.
func (m *model) status(l *life) string {
	state, because, busy := actor.StateRunning, cause{}, false
	switch {
	case l.ended() && l.bad:
		state, because = actor.StateFailed, l.cause
	case l.ended():
		state, because = actor.StateStopped, l.cause
	case l.phase == phaseStart:
		state = actor.StateStarting
	case l.phase == phaseRun && l.stop != 0:
		state, because = actor.StateStopping, l.stopCause
	case l.phase == phaseRun:
		busy = len(l.frames) > 0
	case l.phase == phaseBuild && l.stop != 0:
		state, because = actor.StateStopping, l.stopCause
	case l.ending():
		state, because = actor.StateStopping, l.cause
	default:
		state, because = actor.StateRestarting, l.cause
	}
	text := fmt.Sprintf("%v after %d restarts, %v", state, l.fails, because)
	if busy {
		text += ", busy"
	}
	return text
}

// snapshot is what can be seen from outside.
func (m *model) snapshot() snapshot {
	all := snapshot{}
	for slot, l := range m.lives {
		if l != nil && l.known {
			all[fmt.Sprintf("a%d", slot)] = m.status(l)
		}
	}
	for _, name := range names {
		slot := nobody
		if l := m.holder(name); l != nil && l.phase != phaseStart && l.known {
			slot = l.plan.slot
		}
		all[name] = fmt.Sprintf("a%d", slot)
	}
	for i, f := range m.failures {
		all[fmt.Sprintf("failure %d", i)] = f
	}
	all["drops"] = fmt.Sprint(m.drops)
	for id, f := range m.fates {
		all[fmt.Sprintf("m%d", id)] = f.String()
	}
	return all
}
