package actor_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The operations of the model-based tests: what is done to a tree of actors, as plain values, so that the runtime and the model can
// both follow them, and a run that fails can be printed and made smaller.

// nobody stands where no actor does.
const nobody = -1

// An ending is how a handler, a hook or build ends.
type ending uint8

const (
	fine ending = iota
	anError
	aFatal
	aPanic
	aGoexit
	leaves     // HandleExit leaves the failure to the pipeline
	returnsNil // build returns no state
)

var endingNames = [...]string{"", "error", "Fatal", "panic", "Goexit", "leaves it", "nil"}

func (e ending) String() string { return endingNames[e] }

// A mark is the error of one place in a run: its identity is its text.
type mark string

func (m mark) Error() string { return "!" + string(m) }

// play ends user code as e says.
func (e ending) play(m mark) error {
	switch e {
	case anError:
		return m
	case aFatal:
		return actor.Fatal(m)
	case aPanic:
		panic(m)
	case aGoexit:
		runtime.Goexit()
	}
	return nil
}

// A script is what user code does: its deeds, and then its ending.
type script struct {
	id    mark
	deeds []deed
	end   ending
}

// A deed is one thing that a script or the driver of a run does.
type deed struct {
	kind  deedKind
	id    mark // the cause of a stop, a restart
	at    int  // the actor concerned
	mode  actor.StopMode
	plan  *plan
	mail  *mail
	gate  int
	soft  bool // a hold that the end of its context ends, too
	pause time.Duration
}

type deedKind uint8

const (
	doSpawn deedKind = iota
	doStop
	doRestart
	doCast
	doCall
	doHold
	doRelease
	doSleep
	doShutdown // within pause; 0 is without limit, less has ended already
)

// A mail is one message.
type mail struct {
	id     int
	call   bool
	script script
}

// hooks are those that an actor has.
type hooks uint8

const (
	bare   hooks = iota // none
	hooked              // Init, Cleanup and HandleUndelivered
	warden              // and HandleExit
)

// A plan is an actor that is to be: what it is spawned with, and what it does in its hooks. A list has one entry for each incarnation,
// or each call of the hook; beyond its end the hook does nothing.
type plan struct {
	slot           int
	name           string
	hooks          hooks
	strategy       strategyPlan
	build          []ending
	init, cleanup  []script
	exit, lost     []ending
	stopTimeout    time.Duration
	cleanupTimeout time.Duration
}

type strategyPlan struct {
	kind    strategyKind
	max     int
	within  time.Duration
	backoff backoffKind
	min     time.Duration
}

type strategyKind uint8

const (
	restarts strategyKind = iota
	stopsActor
	escalating
	resumes
)

type backoffKind uint8

const (
	noBackoff backoffKind = iota
	static
	linear
	exponential
)

// at returns the entry of a list, or what does nothing.
func at[T any](list []T, n int) (v T) {
	if n < len(list) {
		v = list[n]
	}
	return v
}

// An operation is what the driver does at once, before everybody has settled.
type operation []deed

func (o operation) String() string { return strings.Join(texts(o), "; at once ") }

func texts(deeds []deed) (all []string) {
	for i := range deeds {
		all = append(all, deeds[i].String())
	}
	return all
}

func (d *deed) String() string {
	switch d.kind {
	case doSpawn:
		return "spawn " + d.plan.String()
	case doStop:
		return fmt.Sprintf("stop a%d (%v)", d.at, d.mode)
	case doRestart:
		return fmt.Sprintf("restart a%d", d.at)
	case doCast:
		return fmt.Sprintf("cast m%d to a%d%v", d.mail.id, d.at, d.mail.script)
	case doCall:
		return fmt.Sprintf("call m%d to a%d%v", d.mail.id, d.at, d.mail.script)
	case doHold:
		if d.soft {
			return fmt.Sprintf("wait for gate %d or the context", d.gate)
		}
		return fmt.Sprintf("wait for gate %d", d.gate)
	case doRelease:
		return fmt.Sprintf("open gate %d", d.gate)
	case doSleep:
		return fmt.Sprintf("sleep %v", d.pause)
	case doShutdown:
		switch {
		case d.pause == 0:
			return "shut down"
		case d.pause < 0:
			return "close"
		}
		return fmt.Sprintf("shut down within %v", d.pause)
	}
	return "nothing"
}

func (s script) String() string {
	if len(s.deeds) == 0 && s.end == fine {
		return ""
	}
	parts := texts(s.deeds)
	if s.end != fine {
		parts = append(parts, s.end.String())
	}
	return " {" + strings.Join(parts, "; ") + "}"
}

func (p *plan) String() string {
	text := fmt.Sprintf("a%d", p.slot)
	if p.name != "" {
		text += fmt.Sprintf(" %q", p.name)
	}
	text += " " + [...]string{"without hooks", "with hooks", "with hooks and HandleExit"}[p.hooks]
	switch s := p.strategy; s.kind {
	case restarts:
		text += fmt.Sprintf(", Restart{%d in %v, %s %v}", s.max, s.within, [...]string{"NoBackoff", "Static", "Linear", "Exponential"}[s.backoff], s.min)
	default:
		text += [...]string{"", ", StopActor", ", Escalate", ", Resume"}[s.kind]
	}
	for n, e := range p.build {
		if e != fine {
			text += fmt.Sprintf(", build %d: %v", n+1, e)
		}
	}
	for what, list := range map[string][]script{"Init": p.init, "Cleanup": p.cleanup} {
		for n, s := range list {
			if len(s.deeds) > 0 || s.end != fine {
				text += fmt.Sprintf(", %s %d:%v", what, n+1, s)
			}
		}
	}
	for what, list := range map[string][]ending{"HandleExit": p.exit, "HandleUndelivered": p.lost} {
		for n, e := range list {
			if e != fine {
				text += fmt.Sprintf(", %s %d: %v", what, n+1, e)
			}
		}
	}
	return text + fmt.Sprintf(", StopTimeout %v, CleanupTimeout %v", p.stopTimeout, p.cleanupTimeout)
}

// marksOf returns the marks that errors.Is finds in err, in the order of its tree.
func marksOf(err error) (all []string) {
	seen := map[mark]bool{}
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) {
		case nil:
		case mark:
			if !seen[e] {
				seen[e] = true
				all = append(all, string(e))
			}
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				walk(inner)
			}
		default:
			walk(errors.Unwrap(err))
		}
	}
	walk(err)
	return all
}
