package actor

import (
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"
)

// A Snapshot is what the runtime knows about an actor at one time. It is taken without the actor's help, and a handler that hangs does not delay
// it. Its times are those of a coarse clock that costs messages nothing: they may be early by some 10 ms, more if the machine is
// overloaded.
type Snapshot struct {
	// At is when it was taken.
	At time.Time
	// ID names the actor; Name is "" for an anonymous one; Kind is its type with the import path; Label is what errors and logs call it.
	ID    ID
	Name  string
	Kind  string
	Label string
	// Proc is the name of its proc, Address where other procs find it: "" if they do not, by that name.
	Proc    string
	Address string
	// Incarnation is the id of the present or last run between two starts.
	Incarnation UUID
	// Status is the actor's state, and since when; Started is when it was spawned.
	Status  Status
	Since   time.Time
	Started time.Time
	// Running is the handler or hook that runs now; nil if none does, and while a message waits for a worker.
	Running *Running
	// LastHandler is what runs now or ran last; "" if nothing has.
	LastHandler string
	// Suspended are the handlers that have given up their turn, and have not returned.
	Suspended []Suspended
	// WaitsFor are those whose answer, or room in their mailbox, the actor's handlers wait for.
	WaitsFor []Wait
	// Messages is how many it has worked off. While it handles some it may be up to 15 behind. Inline calls that ran on their caller's goroutine
	// are not counted.
	Messages uint64
	// Spent is the time that handlers and hooks have run, waiting included. It is sampled at the clock's ticks: a single value says little
	// below 100 ms.
	Spent time.Duration
	// Queue is how many messages wait, beside the one that is handled. It may be up to 15 too many. MailboxSize is how many may.
	Queue       int
	MailboxSize int
	// Drops counts messages that were accepted and then lost, by reason: the codes that Undelivered.Err can have. nil if none were.
	Drops map[Code]uint64
	// Parent is who spawned it, the zero value for root actors.
	Parent Relative
	// Children are the living ones, the youngest first and 100 at most; MoreChildren says that there are more: Handle.Children yields all.
	Children     []Relative
	MoreChildren bool
	// Attrs are what the actor has published, AttrsLost how many keys there was no room for.
	Attrs     []slog.Attr
	AttrsLost int
	// Failure is why the actor has failed, restarts or stops by a failure. It is there whenever the state is StateFailed, and never when it is
	// StateStopped or StateRunning.
	Failure *FailureReport
	// LastFailure is a failure that the actor has got over: that of the last incarnation which failed.
	LastFailure *FailureReport
	// Abandoned says that the actor was killed under a handler, Running, that has not returned.
	Abandoned bool
	// Log are the last records written through ctx.Log(), the oldest first: see FlightRecorder.
	Log []LogRecord
}

// Running is a handler or hook that runs.
type Running struct {
	// Handler is its name, as bank.Account.Deposit.
	Handler string
	// Since is when it began.
	Since time.Time
	// Inline says that it runs on its caller's goroutine.
	Inline bool
}

// A Relative is a parent or a child. The zero value is none.
type Relative struct {
	ID    ID
	Label string
}

// A Wait is what a handler waits for.
type Wait struct {
	// ID is the actor waited for; it is zero if that is in another proc.
	ID ID
	// Label names it for people. For one in another proc it is the handler that was called.
	Label string
	// Room says that it is room in the actor's mailbox, its start, or its end that is waited for, and not an answer.
	Room bool
}

// A FailureReport tells of a failure.
type FailureReport struct {
	// Err is the error.
	Err error
	// At is when it was noted.
	At time.Time
	// Handler is the handler that failed; "" for a hook, whose name the error has, and for a child's failure.
	Handler string
	// Root is the actor in which it began, RootLabel its name in errors and logs.
	Root      ID
	RootLabel string
	// Propagated says that it began in another actor, whose failure escalated.
	Propagated bool
	// Stack is the goroutine's stack where a panic arose, else "".
	Stack string
}

// String returns the report for people, in several lines without a newline at the end.
func (r *FailureReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "failed: %v\nat:     %s", r.Err, r.At.UTC().Format(time.RFC3339Nano))
	if r.Handler != "" {
		fmt.Fprintf(&b, "\nin:     %s", r.Handler)
	}
	fmt.Fprintf(&b, "\nroot:   %s (%v)", r.RootLabel, r.Root)
	if r.Propagated {
		b.WriteString(", whose failure escalated")
	}
	if r.Stack != "" {
		fmt.Fprintf(&b, "\n\n%s", strings.TrimSpace(r.Stack))
	}
	return b.String()
}

// failures returns why the actor is as it is, and the failure before. It is called with sd locked.
func (sd *side) failures(state State, cause error, c *core, since uint32) (now, last *failure) {
	switch state {
	case StateFailed, StateRestarting, StateStopping:
		if sd.failure != nil {
			return sd.failure, sd.lastFailure()
		}
		if state == StateFailed { // Cleanup, or a start that failed
			return &failure{err: cause, op: noOp, at: c.proc.sched.clock.time(since), root: c.id(), rootLabel: c.label()}, sd.lastFailure()
		}
	default:
		if sd.failure != nil { // a stop or a kill came first
			return nil, sd.failure
		}
	}
	return nil, sd.lastFailure()
}

// report returns the report of a failure of the actor id, or nil.
func (f *failure) report(k *kindInfo, id ID) *FailureReport {
	if f == nil {
		return nil
	}
	r := &FailureReport{Err: f.err, At: f.at, Root: f.root, RootLabel: f.rootLabel, Propagated: f.root != id, Stack: stackOf(f.err)}
	if f.op != noOp {
		r.Handler = k.running(f.op)
	}
	return r
}

// maxShownChildren bounds Snapshot.Children.
const maxShownChildren = 100

// Inspect returns what the runtime knows about the actor now. It waits for nothing and takes nothing from the actor. The
// snapshot of the zero handle is zero.
func (h Handle) Inspect() Snapshot {
	c := h.c
	if c == nil {
		return Snapshot{}
	}
	k := c.proc.sched.clock
	s := Snapshot{ID: c.id(), Name: c.name, Kind: c.kind().name, Label: c.label(), Proc: c.proc.name, Address: h.Address(),
		Incarnation: c.incarnation(), Started: k.time(c.born), MailboxSize: c.config.mailbox}
	s.relatives(c)
	since := c.born
	sd := c.side.Load()
	if sd == nil {
		s.Status = c.statusLocked(nil)
	} else {
		sd.mu.Lock()
		s.Status = c.statusLocked(sd)
		if sd.since != 0 {
			since = sd.since
		}
		now, last := sd.failures(s.Status.State, s.Status.Cause, c, since)
		s.WaitsFor = sd.waiting()
		sd.mu.Unlock()
		s.Failure, s.LastFailure = now.report(c.kind(), s.ID), last.report(c.kind(), s.ID)
		s.Suspended = c.suspended(sd)
		s.show(sd.shown.Load())
		s.Abandoned = s.Status.State.Terminal() && c.proc.isHung(c)
	}
	s.Since = k.time(since)
	runs, running := s.runs(c)
	s.Messages, s.Queue = c.tally(runs, running || s.Abandoned)
	s.Messages -= min(s.Messages, uint64(len(s.Suspended))) // they are not handled yet
	s.At = time.Now()                                       // not before anything that it tells of
	return s
}

// runs fills in what runs.
func (s *Snapshot) runs(c *core) (runs uint64, running bool) {
	k := c.proc.sched.clock
	running = c.running.Load() != nil
	runs = c.runs.Load()
	st := c.st.Load()
	begun, op := uint32(runs>>16), uint16(runs)
	ticks := c.spent.Load()
	if begun != 0 {
		s.LastHandler = c.kind().running(op)
	}
	if st&starting != 0 {
		begun, s.LastHandler = c.born, c.kind().running(opInit)
	}
	if inline := st&inlined != 0 && !running; running || inline || s.Abandoned {
		s.Running = &Running{Handler: s.LastHandler, Since: k.time(begun), Inline: inline}
		if now := k.now(); now > begun {
			ticks += now - begun
		}
	}
	s.Spent = time.Duration(ticks) * clockTick
	return runs, running
}

// relatives fills in parent and children.
func (s *Snapshot) relatives(c *core) {
	c.proc.tree.Lock()
	up := c.parent
	var young []*core
	for child := c.firstChild(); child != nil; child = child.nextSibling {
		if len(young) == maxShownChildren {
			s.MoreChildren = true
			break
		}
		young = append(young, child)
	}
	c.proc.tree.Unlock()
	if up != nil {
		s.Parent = Relative{up.id(), up.label()}
	}
	for _, child := range young {
		s.Children = append(s.Children, Relative{child.id(), child.label()})
	}
}

// show fills in what the actor shows, if it does.
func (s *Snapshot) show(sh *shown) {
	if sh == nil {
		return
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s.Attrs, s.AttrsLost, s.Drops, s.Log = sh.attrs, sh.lost, maps.Clone(sh.drops), sh.log.all()
}

// waiting returns what the actor's handlers wait for. It is called with sd locked.
func (sd *side) waiting() []Wait {
	var all []Wait
	for _, e := range sd.waits {
		if w, ok := e.wait(); ok {
			all = append(all, w)
		}
	}
	return all
}

// wait tells what an edge waits for, if it still does.
func (e *edge) wait() (w Wait, ok bool) {
	switch {
	case !e.holds():
	case e.to != nil:
		return Wait{ID: e.to.id(), Label: e.to.label(), Room: e.call == nil && e.session == nil}, true
	case e.call != nil && e.call.kind != nil:
		return Wait{Label: e.call.kind.what(e.call.op) + " in another proc"}, true
	case e.session != nil:
		return Wait{ID: e.session.server.id, Label: e.session.server.name}, true
	}
	return w, false
}

// tally returns how many messages were worked off and how many wait, as far as the turn's holder has published it.
// running tells that one is being handled.
func (c *core) tally(runs uint64, running bool) (handled uint64, queue int) {
	s := c.lock()
	count, seen := c.count, c.seen
	c.unlock(s)
	done := c.consumed.Load()
	begun := seen // those that do not wait any more
	if int32(done-seen) > 0 {
		begun = done
	}
	if s&ended == 0 {
		queue = int(max(int32(count-begun), 0))
	}
	low := begun
	switch {
	case c.exact(): // then seen counts what was dropped for others, too
		low = done
	case s&ended != 0 && s&killed == 0, running && uint16(runs) >= opUndelivered:
		low = done // published before
	case running && low > 0:
		low--
	}
	halves := runs >> runsHalves
	if uint64(low>>31) != halves&1 {
		halves++ // since the last tick
	}
	return halves>>1<<32 | uint64(low), queue
}

// isHung tells whether the actor was killed under a handler that has not returned.
func (p *Proc) isHung(c *core) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for in, h := range p.hung {
		if in.c == c && h.n > 0 {
			return true
		}
	}
	return false
}

// snapshotOfEnded returns the snapshot of an actor that has ended.
func (p *Proc) snapshotOfEnded(e *endedActor, abandoned bool) Snapshot {
	k := p.sched.clock
	s := Snapshot{At: time.Now(), ID: ID{p.id, e.serial}, Name: e.name, Kind: e.kind.name, Label: e.label(), Proc: p.name,
		Incarnation: e.run, Started: k.time(e.born), Since: k.time(e.since), Messages: e.handled, Abandoned: abandoned,
		Status: e.status(), Spent: time.Duration(e.spent) * clockTick}
	if e.run.IsZero() {
		s.Incarnation = firstIncarnation(p, e.serial, e.born)
	}
	s.Failure, s.LastFailure = e.failure.report(e.kind, s.ID), e.last.report(e.kind, s.ID)
	begun, op := uint32(e.runs>>16), uint16(e.runs)
	if begun != 0 {
		s.LastHandler = e.kind.running(op)
	}
	if abandoned {
		s.Running = &Running{Handler: s.LastHandler, Since: k.time(begun)}
	}
	if e.parentKind != nil {
		s.Parent = Relative{ID{p.id, e.parent}, e.parentKind.label(e.parentName, e.parent)}
	}
	s.show(e.shown)
	return s
}
