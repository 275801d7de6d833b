package actor

import (
	"fmt"
	"time"
)

// A step is where the end or the restart of an incarnation stands. The turn is kept through all of them.
type step uint8

const (
	stepNone     step = iota
	stepStrands       // the handlers that have given up their turn end
	stepChildren      // the children are stopping
	stepCleanup       // Cleanup is due
	stepBackoff       // the restart waits
	stepBuild         // the new state is made
	stepEnd           // the actor ends
)

// attend does what comes before mail: stops, failures, restarts, undelivered messages. The caller has the turn. It
// is true if the turn goes on with mail, and false if the turn is not the caller's any more: the actor has ended, or a
// step waits for something and resume goes on with it.
func (c *core) attend(w *worker) bool {
	c.flags.And(^lookAlarm)
	s := c.lock()
	c.unlock(s &^ alarm)
	sd := c.sideOf()
	for {
		sd.mu.Lock()
		if sd.finished {
			sd.mu.Unlock()
			c.self.dropTaken()
			return false
		}
		ends := sd.step == stepNone && sd.judge(c)
		now, panicked, outcome := sd.step, sd.panicked, sd.outcome
		sd.mu.Unlock()
		if ends {
			c.close()
		}

		switch now {
		case stepNone:
			if !c.handleExit(w, sd) && !c.handleUndelivered(w, sd) {
				c.unsettled = false
				return true
			}
		case stepStrands:
			if c.endStrands(sd) {
				sd.advance(stepChildren)
			} else if c.handOver(false) || sd.park() {
				return false
			}
		case stepChildren:
			c.beginRegroup(sd)
			if c.stopChildren(sd) {
				sd.advance(stepCleanup)
			} else if sd.park() {
				return false
			}
		case stepCleanup:
			sd.advance(stepBackoff) // first, so that Cleanup runs once whatever it does
			if !panicked {
				c.cleanup(w, sd, outcome.Cause)
			}
		case stepBackoff:
			c.self.forget()
			if !(c.groupReady(sd) && c.backoff(sd)) && sd.park() {
				return false
			}
		case stepBuild:
			c.rebuild(w, sd)
		case stepEnd:
			if !c.stopChildren(sd) { // the tasks of an actor that was stopped while its restart waited
				if sd.park() {
					return false
				}
				continue
			}
			c.finish(outcome)
			return false
		}
	}
}

// close has the actor accept nothing more.
func (c *core) close() {
	s := c.lock()
	c.unlock(s | closing)
}

// judge decides what becomes of the incarnation, and tells whether the actor ends with it. It is called under sd.mu with no step
// under way.
func (sd *side) judge(c *core) (ends bool) {
	f := sd.failure
	switch {
	case sd.stop != 0 && (sd.stop != StopDrain || sd.drained.Load() || f != nil):
		sd.outcome = Status{State: StateStopped, Cause: sd.stopCause}
		if f != nil {
			sd.outcome = Status{State: StateFailed, Cause: f.err}
		}
		sd.restart = false
	case f != nil:
		sd.outcome = Status{State: StateFailed, Cause: f.err}
		sd.restart, sd.delay, sd.escalate = c.config.strategy.decide(sd)
		sd.waited = false
	case sd.again && sd.stop == 0: // else it drains as it is
		sd.restart, sd.delay, sd.escalate = true, 0, false
		sd.outcome = Status{State: StateStopped, Cause: sd.againCause}
	default:
		return false
	}
	if f != nil {
		sd.epoch.Add(1)
	}
	sd.again, sd.againCause, sd.building = false, nil, false
	sd.exits = rootExits(sd.exits) // the incarnation ends: what is left of its children's concerns nobody
	sd.panicked = f != nil && f.panicked
	sd.generation++
	sd.childrenAsked = 0
	sd.regroups = f != nil && sd.restart
	sd.step = stepStrands
	sd.announce(c)
	return !sd.restart
}

// advance goes to the next step.
func (sd *side) advance(to step) {
	sd.mu.Lock()
	sd.step = to
	sd.mu.Unlock()
}

// park leaves the turn to resume. It is false if resume has been called, or the actor killed, since the step looked: look again.
func (sd *side) park() bool {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.wakeup || sd.finished {
		sd.wakeup = false
		return false
	}
	sd.parked = true
	return true
}

// unpark takes the turn from a step that waits, if one does.
func (sd *side) unpark() bool {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	parked := sd.parked
	sd.parked = false
	return parked
}

// resume has a step that waits look again.
func (c *core) resume() {
	sd := c.side.Load()
	if sd == nil {
		return
	}
	sd.mu.Lock()
	parked := sd.parked
	sd.parked = false
	sd.wakeup = !parked && sd.step != stepNone
	sd.mu.Unlock()
	if parked {
		c.proc.sched.schedule(c, nil)
	}
}

// stopChildren asks the children to stop, and reports whether all have ended, and the tasks with them. Those that have not within
// the actor's stop timeout are killed, and tasks are left to themselves.
func (c *core) stopChildren(sd *side) bool {
	sd.mu.Lock()
	last := ofActor
	if sd.restart {
		last = ofIncarnation
	}
	sd.mu.Unlock()
	c.endAttached(sd, last)
	children, none := c.awaitChildren()
	sd.mu.Lock()
	none = none && sd.attached.noTasks(last)
	if none {
		sd.stopTimer()
		sd.mu.Unlock()
		return true
	}
	text := "the parent " + c.label() + " is stopping"
	if sd.restart {
		text = "the parent " + c.label() + " is restarting"
	}
	mode := StopNow
	if sd.stop == StopDrain && sd.failure == nil {
		mode = StopDrain
	}
	if sd.childrenAsked == 0 {
		generation := sd.generation
		sd.timer = time.AfterFunc(c.config.stopTimeout, func() { c.killChildren(sd, generation, last) })
	}
	ask := mode > sd.childrenAsked // for the first time, or because the actor itself is to stop sooner than it was
	if ask {
		sd.childrenAsked = mode
	}
	sd.mu.Unlock()
	if ask {
		for _, child := range children {
			child.stop(mode, NewError(CodeStopped, text, nil))
		}
	}
	return false
}

// killChildren kills the children that have not stopped in time, if the same step still waits for them.
func (c *core) killChildren(sd *side, generation uint32, last scope) {
	children := c.children() // of that incarnation: there is no next one before the last of them has ended
	sd.mu.Lock()
	waits := (sd.step == stepChildren || sd.step == stepEnd) && sd.generation == generation
	sd.mu.Unlock()
	if !waits {
		return
	}
	c.writeOffTasks(sd, last)
	c.resume()
	for _, child := range children {
		child.kill(NewError(CodeStopped, fmt.Sprintf("%s has not stopped within %v of its parent's stop", child.label(),
			c.config.stopTimeout), nil))
	}
}

// stopTimer stops the timer of the step. It is called with sd locked.
func (sd *side) stopTimer() {
	if sd.timer != nil {
		sd.timer.Stop()
		sd.timer = nil
	}
}

// cleanup runs the hook, bounded: if it does not return in time the actor ends without it.
func (c *core) cleanup(w *worker, sd *side, cause error) {
	hook, ok := c.self.behavior().(Cleaner)
	if !ok {
		return
	}
	limit := c.config.cleanupTimeout
	timer := time.AfterFunc(limit, func() {
		c.abandon(NewError(CodeStopped, fmt.Sprintf("%s: Cleanup has not returned within %v", c.label(), limit), cause))
	})
	defer timer.Stop()
	if f := c.hook(w, cleanupHook, func(cx *Context) error { return hook.Cleanup(cx, cause) }); f != nil {
		c.cleanupFailed(sd, f)
	}
}

// These are the hooks of which something else is expected: build goes before Init, and after Cleanup the incarnation ends, however it
// ends itself.
const (
	initHook    = "Init"
	cleanupHook = "Cleanup"
)

// cleanupFailed notes that Cleanup has failed.
func (c *core) cleanupFailed(sd *side, f *failure) {
	c.proc.logFailure(c, f)
	sd.mu.Lock()
	ends := !sd.restart || sd.stop != 0
	if ends && sd.outcome.State == StateStopped && !sd.finished { // the run was clean: what Cleanup says is news
		sd.outcome = Status{State: StateFailed, Cause: f.err}
	}
	sd.mu.Unlock()
}

// backoff waits before a restart, or goes on to the end. It is false if there is something to wait for.
func (c *core) backoff(sd *side) bool {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.stop != 0 && sd.restart {
		sd.restart, sd.childrenAsked = false, 0
		sd.generation++
	}
	switch {
	case !sd.restart:
		sd.step = stepEnd
	case sd.delay <= 0 || sd.waited:
		sd.step = stepBuild
	case sd.timer == nil:
		sd.timer = time.AfterFunc(sd.delay, func() {
			sd.mu.Lock()
			sd.waited = true
			sd.mu.Unlock()
			c.resume()
		})
		return false
	default:
		return false // woken for something else
	}
	sd.stopTimer()
	return true
}

// rebuild makes the next incarnation. If it fails, supervision decides again.
func (c *core) rebuild(w *worker, sd *side) {
	sd.mu.Lock()
	last := sd.lastFailure()
	if sd.failure != nil {
		sd.restarted()
		last, sd.failure = sd.failure, nil
		last.child = nil // its root is noted
	}
	sd.rerun = &rerun{newUUID(), last}
	sd.step, sd.building = stepNone, true
	sd.since = c.proc.sched.tickNow()
	sd.mu.Unlock()
	if sh := sd.shown.Load(); sh != nil {
		sh.unpublish()
	}
	c.childrenWelcome()
	f := c.hook(w, initHook, func(cx *Context) error {
		ready := false
		defer func() {
			if !ready { // whatever ended Init, runtime.Goexit too: such a state has no Cleanup
				c.self.forget()
			}
		}()
		err := c.self.rebuild(cx)
		ready = err == nil
		return err
	})
	if f != nil {
		c.fail(f)
		return
	}
	c.groupBuilt(sd)
	sd.mu.Lock()
	sd.building = false
	sd.announce(c)
	sd.mu.Unlock()
	c.log().Info("restarted", "restarts", sd.epoch.Load())
}

// hook runs user code of the lifecycle in the actor's turn. It returns how it failed, or nil. If the code ends its
// goroutine, the worker goes on with attend in a new one.
func (c *core) hook(w *worker, name string, run func(cx *Context) error) (f *failure) {
	cx := w.cx
	cx.from = nil // not the last message's
	returned := false
	defer func() {
		begins := cx.begins
		cx.begins = false
		if returned {
			c.leave(w)
			return
		}
		p := recover()
		f = panicked(p)
		f.err.(*Error).Text = fmt.Sprintf("%s: %s", c.hookLabel(name, begins), f.err.(*Error).Text)
		w.renew(cx)
		if p != nil {
			c.leave(w)
			return
		}
		if name == cleanupHook {
			c.cleanupFailed(c.sideOf(), f)
		} else {
			c.fail(f)
		}
		c.exitedGoroutine(w)
	}()
	c.consumed.Store(c.worked)
	c.begin(w, hookOp(name), false)
	if !c.enter(w) {
		returned = true
		return nil // killed: attend finds out
	}
	err := run(cx)
	returned = true
	if err != nil {
		f = &failure{err: fmt.Errorf("%s: %w", c.hookLabel(name, cx.begins), err), op: noOp}
	}
	if cx.over.Load() != nil {
		w.renew(cx)
	}
	return f
}

// hookLabel names a hook of the actor in errors. What fails before Init has begun is build.
func (c *core) hookLabel(name string, begins bool) string {
	if name == initHook && !begins {
		name = "build"
	}
	return name + " of " + c.label()
}

// restartByHand asks for a restart.
func (c *core) restartByHand(cause error) {
	sd := c.sideOf()
	sd.mu.Lock()
	ask := !sd.finished && sd.stop == 0 && sd.failure == nil && sd.step == stepNone
	if ask {
		sd.again, sd.againCause = true, cause
	}
	sd.mu.Unlock()
	if ask {
		c.raise(0)
	}
}
