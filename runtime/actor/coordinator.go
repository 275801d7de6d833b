package actor

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Coordinator makes a root actor the coordinator of its proc: its HandleExit, which it must have, hears of the end of every
// other root actor as it does of its children's, clean ends included. There is one at a time: until it has ended for good a
// second one is an error of Spawn that names the first, and so is a child. The proc's shutdown stops it last.
//
// About a root actor's failure that escalates it decides before OnRootFailure does: if HandleExit returns true that is the end
// of it, and Proc.Failures says so. If it returns false or an error, or panics, if the coordinator ends or has not decided
// within 10 s, then OnRootFailure decides, as it does about the coordinator's own failures. The coordinator does not fail
// because of the other actor. What it has not heard of when it is restarted its next incarnation hears. Failures are logged,
// and in Proc.Failures, in any case.
//
// HandleExit cannot wait for the proc's shutdown, but start it: go p.Shutdown(context.Background()).
func Coordinator() SpawnOption { return spawnOption(func(c *spawnConfig) { c.coordinator = true }) }

// decideTime is how long OnRootFailure waits for the coordinator.
const decideTime = 10 * time.Second

// coordination is what a proc knows of its coordinator.
type coordination struct {
	mu   sync.Mutex
	core atomic.Pointer[core] // nil if there is none; changed under mu

	// The root actors about whose failure the coordinator is to decide. Who takes one off has its decision: the coordinator by
	// its answer, its end, or the timer.
	open map[*core]undecided
}

// undecided is a root actor's failure that escalates.
type undecided struct {
	f     *failure
	timer *time.Timer // if OnRootFailure waits for the decision
}

// appoint makes c the coordinator, if its options ask for that.
func (p *Proc) appoint(c, parent *core) error {
	if !c.config.coordinator {
		return nil
	}
	if parent != nil {
		return NewError(CodeMisuse, "a child of "+parent.label()+" cannot be the proc's coordinator: spawn it from the proc", nil)
	}
	k := &p.coordination
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.core.Load(); first != nil {
		return NewError(CodeMisuse, fmt.Sprintf("proc %s has a coordinator already: %s", p.name, first.label()), nil)
	}
	k.core.Store(c)
	return nil
}

// dismiss ends c's time as the coordinator, if it is. What it has not decided is left to OnRootFailure.
func (p *Proc) dismiss(c *core) {
	if !c.config.coordinator {
		return
	}
	k := &p.coordination
	k.mu.Lock()
	var open map[*core]undecided
	if k.core.CompareAndSwap(c, nil) {
		open, k.open = k.open, nil
	}
	k.mu.Unlock()
	for root, u := range open {
		u.stop()
		p.rootFailed(root, u.f)
	}
}

// coordinator returns the actor that is the coordinator, or nil.
func (p *Proc) coordinator() *core { return p.coordination.core.Load() }

func (u undecided) stop() {
	if u.timer != nil {
		u.timer.Stop()
	}
}

// rootEnded tells the coordinator of the end of a root actor. It is true if the caller need not care for a failure that
// escalates.
func (p *Proc) rootEnded(c *core, sd *side) bool {
	if to := p.coordinator(); to == nil || to == c {
		return false
	}
	k := &p.coordination
	k.mu.Lock()
	to := k.core.Load()
	if to == nil {
		k.mu.Unlock()
		return false
	}
	ev := c.exit(sd, time.Now())
	if ev.Escalates {
		u := undecided{f: ev.failure}
		if p.rootPolicy != 0 {
			u.timer = time.AfterFunc(decideTime, func() {
				p.logger.Warn("the coordinator has not decided about a root actor's failure in time", "actor", c.label(), "within", decideTime)
				p.decided(c, false)
			})
		}
		if k.open == nil {
			k.open = make(map[*core]undecided)
		}
		k.open[c] = u
	}
	k.mu.Unlock()
	if to.hearOfRoot(ev) {
		return true
	}
	_, mine := k.settle(c) // it has ended; if the failure is not on the list any more dismiss has seen to it
	return !mine
}

// settle takes c's failure off the list. It is false if it was not there: then somebody else decides.
func (k *coordination) settle(c *core) (undecided, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	u, ok := k.open[c]
	u.stop()
	delete(k.open, c)
	return u, ok
}

// hearOfRoot queues the exit of a root actor for the coordinator. It is false if that has ended. One that is restarting, or
// about to, hears of it in its next incarnation.
func (c *core) hearOfRoot(ev *Exit) bool {
	sd := c.sideOf()
	sd.mu.Lock()
	if sd.finished {
		sd.mu.Unlock()
		return false
	}
	sd.exits = append(sd.exits, ev)
	sd.mu.Unlock()
	c.raise(0)
	return true
}

// rootExits returns those of the exits that are about other root actors, and so concern the coordinator in its next incarnation
// too.
func rootExits(all []*Exit) []*Exit {
	var roots []*Exit
	for _, ev := range all {
		if ev.ofRoot() {
			roots = append(roots, ev)
		}
	}
	return roots
}

// ofRoot tells whether the exit is a root actor's: the coordinator hears of it, not a parent.
func (e *Exit) ofRoot() bool { return e.Child.c.parent == nil }

// decided is what the coordinator says about a root actor's failure that escalates, or what follows when it does not say
// anything.
func (p *Proc) decided(root *core, handled bool) {
	u, ok := p.coordination.settle(root)
	switch {
	case !ok: // too late
	case handled:
		p.noteHandled(root.id())
	default:
		p.rootFailed(root, u.f)
	}
}
