package actor

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Strategy says what becomes of an actor that has failed: it is one of Restart, StopActor, Escalate and Resume.
//
// A failure is a panic, an ended goroutine, an error marked by Fatal, a cast's returned error, an error of Init in a
// restart, or the failure of a child that escalates. An error that a call returns is its caller's alone. An actor that was
// asked to stop ends as failed whatever its strategy: it does not restart, and does not escalate.
type Strategy interface {
	// decide is called with the side struct locked.
	decide(sd *side) (restart bool, after time.Duration, escalate bool)
}

type (
	stopActor struct{}
	escalate  struct{}
	resume    struct{}
)

var (
	// StopActor ends the actor as failed. Its parent is not told.
	StopActor Strategy = stopActor{}
	// Escalate ends the actor as failed, and its parent fails with the same root cause. For a root actor
	// OnRootFailure decides.
	Escalate Strategy = escalate{}
	// Resume goes on after a returned error of a cast. After a panic, an ended goroutine or Fatal the state cannot be
	// trusted: then it is as Restart{}.
	Resume Strategy = resume{}
)

func (stopActor) decide(*side) (bool, time.Duration, bool) { return false, 0, false }
func (escalate) decide(*side) (bool, time.Duration, bool)  { return false, 0, true }
func (resume) decide(sd *side) (bool, time.Duration, bool) { return Restart{}.decide(sd) }

// Unlimited as Restart.Max restarts without limit.
const Unlimited = -1

// Restart makes a new state after a failure; mailbox, name and refs stay. When the limit is reached the failure
// escalates. The zero value is the default: at most 3 restarts within 5 s, with Exponential(50ms, 5s) between.
type Restart struct {
	// Max is how many restarts are allowed within Within: the failure after the Max-th one escalates.
	// 0 is 3; Unlimited has no limit.
	Max int
	// Within is the window in which restarts count; 0 is 5 s.
	Within time.Duration
	// Backoff is the time before a restart; nil is Exponential(50ms, 5s).
	Backoff Backoff
}

// The default of Restart.
const (
	defaultMaxRestarts = 3
	defaultWithin      = 5 * time.Second
	defaultMinBackoff  = 50 * time.Millisecond
	defaultMaxBackoff  = 5 * time.Second
)

func (r Restart) decide(sd *side) (bool, time.Duration, bool) {
	limit, within, backoff := r.Max, r.Within, r.Backoff
	if limit == 0 {
		limit = defaultMaxRestarts
	}
	if within <= 0 {
		within = defaultWithin
	}
	if backoff == nil {
		backoff = Exponential(defaultMinBackoff, defaultMaxBackoff)
	}
	now := time.Now()
	recent := sd.restarts[:0]
	for _, at := range sd.restarts {
		if now.Sub(at) < within {
			recent = append(recent, at)
		}
	}
	sd.restarts = recent
	if limit >= 0 && len(recent) >= limit {
		return false, 0, true
	}
	if limit < 0 && len(recent) > maxRestartTimes {
		recent = recent[len(recent)-maxRestartTimes:] // enough for the backoff to be at its greatest
		sd.restarts = recent
	}
	return true, backoff.Delay(len(recent)), false
}

// restarted notes the time of a restart after a failure. It is called with the side struct locked.
func (sd *side) restarted() { sd.restarts = append(sd.restarts, time.Now()) }

// maxRestartTimes bounds what an unlimited restart remembers.
const maxRestartTimes = 64

// A Backoff gives the time to wait before a restart.
type Backoff interface {
	// Delay returns the time before a restart, after n others in the window.
	Delay(n int) time.Duration
}

type backoff func(n int) time.Duration

func (b backoff) Delay(n int) time.Duration { return b(n) }

// NoBackoff restarts at once.
var NoBackoff Backoff = backoff(func(int) time.Duration { return 0 })

// Static waits d before every restart.
func Static(d time.Duration) Backoff { return backoff(func(int) time.Duration { return d }) }

// Linear waits from, then step more for every restart in the window, up to limit.
func Linear(from, limit, step time.Duration) Backoff {
	return backoff(func(n int) time.Duration {
		if step > 0 && n > int((limit-from)/step) {
			return limit
		}
		return min(limit, from+time.Duration(n)*step)
	})
}

// Exponential waits from, then twice as long for every restart in the window, up to limit; each time a random part
// between none and a fifth less, so that many do not restart together.
func Exponential(from, limit time.Duration) Backoff {
	return backoff(func(n int) time.Duration {
		d := limit
		if f := float64(from) * math.Pow(2, float64(n)); f < float64(limit) {
			d = time.Duration(f)
		}
		return d - time.Duration(rand.Float64()*float64(d)/5)
	})
}
