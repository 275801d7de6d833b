package actor

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// A ShutdownReport tells how a proc's shutdown went. A nil report is one of nothing.
type ShutdownReport struct {
	// Stopped is the number of actors that have ended in the shutdown: Actors tells which.
	Stopped int
	// Failed is how many of them have ended by a failure.
	Failed int
	// Killed is how many of them were killed: because ctx ended first, because they, or their Cleanup, took longer than
	// StopTimeout and CleanupTimeout allow, or by a Stop with StopKill that came meanwhile.
	Killed int
	// Abandoned are the killed actors, since the proc's start, whose handler has not returned. Their goroutines are left
	// behind.
	Abandoned []Abandoned
	// Took is how long the shutdown took.
	Took time.Duration

	proc  UUID
	ended []stoppedActor
}

// An Ended is an actor that has ended in a shutdown.
type Ended struct {
	ID     ID
	Name   string // "" if anonymous
	Kind   string
	Status Status // the last one
	Killed bool   // see ShutdownReport.Killed
}

// Actors yields every actor that has ended in the shutdown, in the order of their ends.
func (r *ShutdownReport) Actors() iter.Seq[Ended] {
	return func(yield func(Ended) bool) {
		if r == nil {
			return
		}
		for i := range r.ended {
			e := &r.ended[i]
			if !yield(Ended{ID: ID{Proc: r.proc, Serial: e.serial}, Name: e.name, Kind: e.kind.name, Status: e.status(), Killed: e.killed}) {
				return
			}
		}
	}
}

// Kinds counts the actors that have ended in the shutdown by their kind.
func (r *ShutdownReport) Kinds() map[string]int {
	all := make(map[string]int)
	if r != nil {
		for i := range r.ended {
			all[r.ended[i].kind.name]++
		}
	}
	return all
}

// stoppedActor is what a shutdown keeps of an actor, without the actor: 64 bytes.
type stoppedActor struct {
	kind     *kindInfo
	serial   uint64
	name     string
	cause    error
	restarts uint32
	state    State
	killed   bool
}

// stoppedActor describes the actor, whose outcome does not change any more.
func (c *core) stoppedActor(sd *side) stoppedActor {
	return stoppedActor{
		kind: c.kind(), serial: c.serial, name: c.name, cause: sd.outcome.Cause, restarts: sd.epoch.Load(),
		state: sd.outcome.State, killed: c.st.Load()&killed != 0,
	}
}

// label names the actor as core.label does.
func (e *stoppedActor) label() string { return e.kind.label(e.name, e.serial) }

// status is the actor's last.
func (e *stoppedActor) status() Status {
	return Status{State: e.state, Cause: e.cause, Restarts: int(e.restarts)}
}

// sum fills in what is counted.
func (r *ShutdownReport) sum(ended []stoppedActor) {
	r.ended, r.Stopped = ended, len(ended)
	for i := range ended {
		if ended[i].killed {
			r.Killed++
		}
		if ended[i].state == StateFailed {
			r.Failed++
		}
	}
}

// maxNamed is how many actors String names of each sort.
const maxNamed = 10

// String says it in one line: how many actors have stopped, which were killed, and which handlers have not returned. It
// names at most ten of each.
func (r *ShutdownReport) String() string {
	if r == nil {
		return "no report"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d actors stopped in %v", r.Stopped, r.Took.Round(time.Millisecond))
	name := func(what string, count int, which func(*stoppedActor) bool) {
		if count == 0 {
			return
		}
		fmt.Fprintf(&b, "; %d %s:", count, what)
		named := 0
		for i := range r.ended {
			if e := &r.ended[i]; which(e) && named < maxNamed {
				named++
				b.WriteString(separator(named) + e.label())
			}
		}
		more(&b, count-named)
	}
	name("failed", r.Failed, func(e *stoppedActor) bool { return e.state == StateFailed })
	name("killed", r.Killed, func(e *stoppedActor) bool { return e.killed })
	if len(r.Abandoned) > 0 {
		b.WriteString("; handlers that have not returned:")
		for i, a := range r.Abandoned[:min(len(r.Abandoned), maxNamed)] {
			b.WriteString(separator(i+1) + a.String())
		}
		more(&b, len(r.Abandoned)-maxNamed)
	}
	return b.String()
}

func separator(n int) string {
	if n == 1 {
		return " "
	}
	return ", "
}

func more(b *strings.Builder, n int) {
	if n > 0 {
		fmt.Fprintf(b, " and %d more", n)
	}
}

// An Abandoned is an actor that was killed while a handler ran which has not returned, or that has ended before one of its tasks.
type Abandoned struct {
	ID   ID
	Name string
	Kind string
	// Handler is the handler or hook that has not returned, as bank.Account.Deposit, or "a task". It is what the stack shows, and ""
	// if that shows none.
	Handler string
	// Since is when the actor was killed, or the task left to itself: it has been running at least since then.
	Since time.Time
	// Stack is the stack of the handler's goroutine at the time of the report, at most 16 KiB of it: its first line says what the
	// goroutine waits for, and for how long if that is more than a minute. It is "" if the goroutine was not found.
	Stack string

	label string
}

// String names the actor, the handler, and what that waits for as far as it is known.
func (a Abandoned) String() string {
	text := a.label
	if a.Handler != "" {
		text += " in " + a.Handler
	}
	if waits := waitReason(a.Stack); waits != "" {
		text += " (" + waits + ")"
	}
	return text
}
