package actor

import (
	"fmt"
	"time"
)

// An Exit tells of an actor that has ended for good: because it was asked to stop, or by a failure that its strategy does not
// get over. A restart is no exit. A parent hears of its children by HandleExit, those left out that it stops itself because it
// ends or restarts; the proc's Coordinator so hears of the root actors; who has asked for it by Handle.Monitor hears of any
// actor.
type Exit struct {
	// Child is the control of the actor that has ended: the child, root actor or monitored actor. Its name is free.
	Child Handle
	// Status is its last one: StateStopped or StateFailed, with the cause.
	Status Status
	// Escalates tells that it leaves its failure to its parent, which fails too unless HandleExit handles it; a root actor
	// leaves it to the Coordinator and to OnRootFailure.
	Escalates bool
	// At is when it ended. It may be some 10 ms early if it had ended before Monitor asked for it.
	At time.Time

	failure *failure
}

// Failed tells whether the child has ended by a failure.
func (e *Exit) Failed() bool { return e.Status.State == StateFailed }

// Root returns the actor in which the failure began: the child, or one below it whose failure has escalated. For a child that
// has not failed it is the child.
func (e *Exit) Root() Handle {
	root := e.Child.c
	for f := e.failure; f != nil && f.child != nil; _, f = f.below() {
		root = f.child
	}
	return Handle{root}
}

// Headers returns the headers of the message in whose handler the failure began. The slice must not be changed.
func (e *Exit) Headers() []Header {
	f := e.failure
	for f != nil && f.child != nil {
		_, f = f.below()
	}
	if f == nil {
		return nil
	}
	return f.headers.all()
}

// String tells of the exit in one line.
func (e *Exit) String() string {
	if e.Child.c == nil {
		return "an exit of nobody"
	}
	return fmt.Sprintf("%s: %s", e.Child.c.label(), e.Status)
}

// An ExitHandler is an actor that hears of the ends of its children, in its own turn and before its mail. It handles the
// failure of a child that escalates, or returns false: then the actor fails with the child's root cause, as it does without the
// hook. An error is a failure of the actor, as a cast's is; about a child that escalates it always is one. The proc's
// Coordinator hears of root actors too.
type ExitHandler interface {
	HandleExit(ctx *Context, ev *Exit) (handled bool, err error)
}

// childEnded tells the parent that a child has ended. f is why, if it has failed.
func (c *core) childEnded(child *core, outcome Status, f *failure, escalates bool) {
	if c.flags.Load()&hearsExits == 0 {
		if escalates {
			c.childFailed(child, f)
		}
		return
	}
	sd := c.sideOf()
	sd.mu.Lock()
	news := sd.failure == nil && sd.step == stepNone && !sd.finished
	if news {
		outcome.Restarts = int(child.side.Load().epoch.Load())
		sd.exits = append(sd.exits, &Exit{Child: Handle{child}, Status: outcome, Escalates: escalates, At: time.Now(), failure: f})
	}
	sd.mu.Unlock()
	if news {
		c.raise(0)
	}
}

// handleExit gives the actor the next exit of a child. It is true if there was one. The caller has the turn.
func (c *core) handleExit(w *worker, sd *side) bool {
	sd.mu.Lock()
	if len(sd.exits) == 0 {
		sd.mu.Unlock()
		return false
	}
	ev := sd.exits[0]
	sd.exits = sd.exits[1:]
	sd.mu.Unlock()
	handled := false
	var failed *failure
	if ev.ofRoot() && ev.Escalates {
		defer func() { c.proc.decided(ev.Child.c, handled && failed == nil) }() // also when the hook ends its goroutine
	}
	if hook, ok := c.self.behavior().(ExitHandler); ok {
		failed = c.hook(w, "HandleExit", func(cx *Context) (err error) {
			handled, err = hook.HandleExit(cx, ev)
			return err
		})
	}
	switch {
	case failed != nil && (failed.panicked || !ev.Escalates || ev.ofRoot()):
		c.hookFailed(failed)
	case failed != nil:
		c.fail(&failure{err: fmt.Errorf("%w; it was about child %s, which failed: %w", failed.err, ev.Child.c.label(), ev.Status.Cause),
			op: noOp, child: ev.Child.c, own: failed.err, root: ev.failure.root, rootLabel: ev.failure.rootLabel})
	case ev.Escalates && !handled && !ev.ofRoot():
		c.fail(failureOf(ev.Child.c, ev.failure))
	}
	return true
}

// failureOf is the failure of a parent whose child has failed.
func failureOf(child *core, f *failure) *failure {
	return &failure{err: fmt.Errorf("child %s failed: %w", child.label(), f.err), op: noOp, child: child, root: f.root, rootLabel: f.rootLabel}
}
