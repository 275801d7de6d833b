package actor

import (
	"context"
	"fmt"
	"iter"
)

// A State is where an actor is in its life.
type State uint8

// The states. The first is the zero value, which is no actor's.
const (
	StateNone       State = iota
	StateStarting         // build or Init of the first incarnation runs
	StateRunning          // handles messages, or waits for some
	StateRestarting       // the incarnation has failed; the next one is on its way
	StateStopping         // accepts nothing more
	StateStopped          // has ended
	StateFailed           // has ended by a failure
)

var stateNames = [...]string{"none", "starting", "running", "restarting", "stopping", "stopped", "failed"}

// String returns the state's name in lower case.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// Terminal tells whether the state is an end.
func (s State) Terminal() bool { return s == StateStopped || s == StateFailed }

// A Status is an actor's state at one time.
type Status struct {
	State State
	// Busy tells whether a running actor has something to do at this moment.
	Busy bool
	// Cause is why the actor is restarting, stopping, stopped or failed; nil if no cause was given.
	Cause error
	// Restarts counts the incarnations that have failed.
	Restarts int
}

// String returns the state, and the cause if there is one.
func (s Status) String() string {
	if s.Cause != nil {
		return s.State.String() + ": " + s.Cause.Error()
	}
	return s.State.String()
}

// A Handle is an actor's control, apart from its type. It is comparable; the zero value is nobody's.
type Handle struct{ c *core }

// ID returns the actor's id, which it keeps as long as it lives.
func (h Handle) ID() ID {
	if h.c == nil {
		return ID{}
	}
	return h.c.id()
}

// Name returns the actor's name, "" if it is anonymous.
func (h Handle) Name() string {
	if h.c == nil {
		return ""
	}
	return h.c.name
}

// Address returns the address under which other procs find the actor by its name. It is "" for an anonymous actor, and in a proc
// that does not listen.
func (h Handle) Address() string {
	if h.c == nil || h.c.name == "" || h.c.proc.Address() == "" {
		return ""
	}
	return joinAddress(h.c.proc.Address(), h.c.name)
}

// Kind returns the name of the actor's type, with its import path unless //actor:actor name= says otherwise.
func (h Handle) Kind() string {
	if h.c == nil {
		return ""
	}
	return h.c.kind().name
}

// Status returns the actor's status now.
func (h Handle) Status() Status {
	if h.c == nil {
		return Status{}
	}
	return h.c.status()
}

func (c *core) status() Status {
	if sd := c.side.Load(); sd != nil {
		sd.mu.Lock()
		defer sd.mu.Unlock()
		return c.statusLocked(sd)
	}
	return c.statusLocked(nil)
}

// statusLocked is called with sd locked, or nil.
func (c *core) statusLocked(sd *side) Status {
	st := c.st.Load()
	s := Status{State: StateRunning}
	if sd != nil {
		s.Restarts = int(sd.epoch.Load())
	}
	switch {
	case sd != nil && sd.finished && st&ended != 0:
		s.State, s.Cause = sd.outcome.State, sd.outcome.Cause
	case sd != nil && sd.finished:
		s.State, s.Cause = StateStopping, sd.outcome.Cause
	case st&starting != 0 && (sd == nil || sd.step == stepNone): // else Spawn has failed, and Init's children end
		s.State = StateStarting
	case sd != nil && sd.stop == 0 && (sd.building || sd.step != stepNone && sd.restart):
		s.State, s.Cause = StateRestarting, sd.outcome.Cause
	case sd != nil && sd.step != stepNone:
		s.State, s.Cause = StateStopping, sd.outcome.Cause
	case sd != nil && sd.stop != 0:
		s.State, s.Cause = StateStopping, sd.stopCause
	default:
		s.Busy = st&held != 0
	}
	return s
}

// announce notes that the status of c has changed, and tells watchers. It is called with sd locked.
func (sd *side) announce(c *core) {
	sd.since = c.proc.sched.tickNow()
	if sd.changed != nil {
		close(sd.changed)
		sd.changed = nil
	}
}

// Watch yields the actor's status now and after every change, the last being its end, until ctx ends. Its name is free then. What changes
// while the loop's body runs is seen as one change. It does not tell of Busy.
func (h Handle) Watch(ctx context.Context) iter.Seq[Status] {
	return func(yield func(Status) bool) {
		if h.c == nil {
			return
		}
		sd := h.c.sideOf()
		var last Status
		for {
			sd.mu.Lock()
			now := h.c.statusLocked(sd)
			now.Busy = false
			if sd.changed == nil {
				sd.changed = make(chan struct{})
			}
			changed := sd.changed
			if now.State.Terminal() && !sd.over {
				now = last // the end is announced, and told, once the name is free
			}
			sd.mu.Unlock()
			news := now.State != last.State || now.Restarts != last.Restarts
			if news && !yield(now) || now.State.Terminal() {
				return
			}
			last = now
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

// Done returns a channel that is closed when the actor has ended and its name is free.
func (h Handle) Done() <-chan struct{} {
	if h.c == nil {
		return closedChannel
	}
	sd := h.c.sideOf()
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.done == nil {
		sd.done = make(chan struct{})
	}
	return sd.done
}

// Wait waits for the actor's end, no longer than ctx lives, and returns its last status. The error is ctx's, or
// CodeUnbound for the zero handle.
func (h Handle) Wait(ctx context.Context) (Status, error) {
	if h.c == nil {
		return Status{}, errZeroHandle
	}
	select {
	case <-h.Done():
		return h.Status(), nil
	case <-ctx.Done():
		return h.Status(), contextError("waiting for the end of "+h.c.label(), ctx)
	}
}

// Stop asks the actor to stop and does not wait. The cause, which may be nil, is told to those that ask why; a later
// request counts only if its mode is stronger. Stopping the zero handle or an ended actor does nothing.
func (h Handle) Stop(mode StopMode, cause error) {
	if h.c == nil || mode < StopDrain || mode > StopKill {
		return
	}
	h.c.stop(mode, cause)
}

// Restart asks for a new incarnation, after the message that is being handled. The mailbox stays. It does not count
// against the strategy's limit. An actor that is stopping, or restarts already, does not do so once more.
func (h Handle) Restart(cause error) {
	if h.c != nil {
		h.c.restartByHand(cause)
	}
}
