package actor

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// The bits of an actor's state word. Zero is idle, open and empty.
//
// Who has set locked owns the senders' fields and may change the other bits; it is held for a few instructions.
// Who has set held owns the turn: the state, the work taken from the mailbox, the lifecycle's steps. The turn is handed
// on by a channel, the run queue or the state word itself.
const (
	locked    uint32 = 1 << iota // somebody changes the senders' fields
	held                         // somebody has the turn
	queued                       // the mailbox has work that the turn's holder has not taken
	alarm                        // the turn's holder has to look at the side struct before it takes mail
	starting                     // Spawn has not returned: not found by name yet
	closing                      // accepts nothing more
	killed                       // ended without waiting for its handler
	ended                        // has ended
	queues                       // runs no call inline: the word is never zero
	inlined                      // a caller has the turn, for an inline handler
	returning                    // a strand wants its turn back
)

// core is the part of an actor that does not depend on its type. Senders, and the turn's holder on another processor, take
// cache lines from each other when they change what lies within the same 64 bytes. So what senders change comes first, next to
// the mailbox before it in GenActor, then what they read, then what is seldom used or never changed, and last what the
// turn's holder changes with every message.
type core struct {
	st    atomic.Uint32
	count uint32   // messages accepted so far; under locked
	seen  uint32   // of these worked off, when a sender last looked; under locked
	limit uint32   // cells that may wait
	calls *GenCall // calls that are not answered; under locked

	proc   *Proc
	config *spawnConfig

	self   turner
	name   string
	serial uint64

	// The tree, under proc.tree; the first child is in the side struct.
	parent, nextSibling, prevSibling *core

	side  atomic.Pointer[side] // what few actors need, or only at the end
	flags atomic.Uint32        // what the turn's holder has to look for, and what the state has hooks for
	born  uint32               // the clock's tick when it was spawned

	runNext   *core                   // in the run queue
	running   atomic.Pointer[Context] // the turn holder's context while it handles messages
	runs      atomic.Uint64           // what handles messages, or did last, and since when: see clock.go
	worked    uint32                  // messages worked off; the turn's
	consumed  atomic.Uint32           // the same, as published for senders
	spent     atomic.Uint32           // ticks of the clock that handlers have run; the turn's holder writes it
	unsettled bool                    // the lifecycle has something to do before mail; the turn's
	returns   uint8                   // strands that got the turn back in a row; the turn's
	awaited   bool                    // the lifecycle waits for the children to end; under proc.tree
}

// The bits of core.flags.
const (
	lookAlarm     uint32 = 1 << iota // the alarm was raised
	doomed                           // the actor was killed: whoever holds the turn lets go of it
	hearsLosses                      // of its own messages that were lost, by HandleUndelivered
	hearsExits                       // of its children's ends, by HandleExit
	lookReturning                    // a strand wants its turn back

	stopsBatch = endsBatch | lookReturning // batch stops after the message
	endsBatch  = lookAlarm | doomed        // and the rest is for later
	hearsAny   = hearsLosses | hearsExits
)

// isDoomed tells whether the actor was killed.
func (c *core) isDoomed() bool { return c.flags.Load()&doomed != 0 }

// turner is the typed part of an actor, as the scheduler and the lifecycle see it.
type turner interface {
	turns(w *worker)                               // handles what there is to do; the caller has the turn
	rebuild(cx *Context) error                     // makes and starts a new state
	runMessage(r *interception, cx *Context) error // runs the handler of a message that is intercepted
	arguments(r *interception) any                 // of that message
	kindInfo() *kindInfo
	behavior() any        // the state, for hooks
	hasTaken() bool       // tells whether the turn's holder has messages left
	forget()              // drops the state
	clear(err *Error) int // reports what is in the mailbox for another reason; the caller has the turn
	drop()                // reports what is in the mailbox, by the turn's holder
	dropTaken()           // reports what the turn's holder has taken
	dropQueue()           // the same without what the turn's holder has taken
}

// side holds what few actors need. It is made when first needed.
type side struct {
	mu sync.Mutex

	firstChild *core   // under proc.tree
	waits      []edge  // whom the actor's handlers wait for
	senders    waiters // for room; under the core's lock
	strands    strands // under the core's lock

	// What is to become of the actor, and where that stands: see lifecycle.go. Small fields stand together: who stops many actors
	// makes as many of these.
	drained       atomic.Bool
	generation    uint32   // counts what judge has decided
	stop          StopMode // asked for; 0 is not
	childrenAsked StopMode // how the children were asked to stop; 0 is not yet
	step          step
	parked        bool // the step waits, with the turn kept for resume
	wakeup        bool // resume was called while the step did not wait
	again         bool // a restart by hand was asked for
	building      bool // build and Init of the next incarnation run
	restart       bool // to be done after the steps, else the end
	escalate      bool
	regroups      bool // the restart is one that others may share
	panicked      bool // no Cleanup
	waited        bool // the delay is over
	finished      bool // claimed by the one that ends the actor
	over          bool // the end is complete: out of the tree, and told
	startDone     bool
	stopCause     error
	againCause    error
	failure       *failure // what ends the incarnation
	outcome       Status
	delay         time.Duration // before the restart
	timer         *time.Timer
	restarts      []time.Time // of the present window

	changed  chan struct{} // closed at the next change of status
	done     chan struct{} // closed at the end
	started  chan struct{} // closed when Spawn is through with it
	previous any           // the state of the incarnation before, so that build cannot bring it back; the turn's

	undelivered []*Undelivered // for HandleUndelivered
	exits       []*Exit        // for HandleExit
	epoch       atomic.Uint32  // failed incarnations before this one
	exposed     atomic.Bool    // has a ref, and so is found by its number

	monitors *monitor                // that wait for the end
	regroup  atomic.Pointer[regroup] // that restarts the actor with others; changed under proc.regroups
	attached *attachments            // what belongs to the actor: opened ports, timers, sources, tasks

	// For introspection.
	shown atomic.Pointer[shown]
	rerun *rerun
	since uint32 // the clock's tick of the last change of status; 0 is the actor's birth
}

// rerun is what there is more of an incarnation that is not the first.
type rerun struct {
	id   UUID
	last *failure // of an incarnation before
}

// lastFailure returns the failure that the actor has got over, or nil.
func (sd *side) lastFailure() *failure {
	if sd.rerun == nil {
		return nil
	}
	return sd.rerun.last
}

// sideOf returns the side struct, made now if need be.
func (c *core) sideOf() *side {
	if sd := c.side.Load(); sd != nil {
		return sd
	}
	c.side.CompareAndSwap(nil, &side{})
	return c.side.Load()
}

// lock sets the locked bit and returns the word without it.
func (c *core) lock() uint32 {
	if s, ok := c.tryLock(); ok {
		return s
	}
	return c.lockSlow()
}

// lockSlow waits longer and longer between looks, because every look takes the cache line from the holder. The holder needs
// some hundred nanoseconds at most; if it takes longer it has been preempted, by Go or by the system, and needs the processor.
func (c *core) lockSlow() uint32 {
	for pause, yields := 16, 0; ; {
		if s, ok := c.tryLock(); ok {
			return s
		}
		for range pause {
		}
		switch {
		case pause < 4096:
			pause *= 2
		case yields < 32:
			runtime.Gosched()
			yields++
		default:
			return c.lockInTurns()
		}
	}
}

// lockInTurns has one at a time look on, for a while each, because the holders may themselves wait for what others hold here. They
// do not sleep, which would make time pass in a bubble of testing/synctest.
func (c *core) lockInTurns() uint32 {
	patience := &c.proc.sched.patience
	for {
		patience.Lock()
		for range 32 {
			if s, ok := c.tryLock(); ok {
				patience.Unlock()
				return s
			}
			runtime.Gosched()
		}
		patience.Unlock()
	}
}

// tryLock is lock if nobody has set the bit.
func (c *core) tryLock() (s uint32, ok bool) {
	s = c.st.Load()
	return s, s&locked == 0 && c.st.CompareAndSwap(s, s|locked)
}

// unlock stores s, which must not have the locked bit.
func (c *core) unlock(s uint32) { c.st.Store(s) }

// raise sets the alarm, and schedules the actor if nobody has the turn. It does nothing once the actor has ended.
func (c *core) raise(bits uint32) {
	s := c.lock()
	if s&ended != 0 {
		c.unlock(s)
		return
	}
	c.unlock(s | alarm | bits | held)
	c.flags.Or(lookAlarm)
	if s&held == 0 {
		c.proc.sched.schedule(c, nil)
		return
	}
	c.resume()
}

// release gives up a turn that was taken by other means than the run queue. inline is inlined for that of an inline handler.
func (c *core) release(w *worker, inline uint32) {
	if c.st.CompareAndSwap(held|inline, 0) {
		return
	}
	s := c.lock() &^ inline
	if s&killed != 0 {
		c.unlock(s)
		return
	}
	if s&(queued|alarm|closing|returning) != 0 {
		c.unlock(s)
		c.proc.sched.schedule(c, w)
		return
	}
	c.unlock(s &^ held)
}

// id returns the actor's ID.
func (c *core) id() ID { return ID{Proc: c.proc.id, Serial: c.serial} }

// label names the actor in errors and logs: its kind, and its name or number.
func (c *core) label() string { return c.kind().label(c.name, c.serial) }

// kind returns what is the same for all actors of its type.
func (c *core) kind() *kindInfo { return c.self.kindInfo() }
