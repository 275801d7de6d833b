package interceptors

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// ErrTooFast is the error of a caller that sends more than it may.
//
//actor:error
var ErrTooFast = errors.New("too many messages: slow down")

// A Limit is a rate limit for each caller: a bucket of Burst tokens, one of which comes back every Interval. A message takes one,
// and is refused if there is none.
type Limit struct {
	Burst    int
	Interval time.Duration

	mu      sync.Mutex
	buckets map[actor.ID]time.Time // when each will be full again
	sweep   int                    // how many buckets there may be before those that are full are forgotten
}

// Intercept applies the limit. Senders that are no actors share a bucket with the others of their proc.
func (l *Limit) Intercept(next actor.HandlerFunc) actor.HandlerFunc {
	return func(ctx context.Context, in actor.Incoming) error {
		caller := in.Caller()
		if caller.IsZero() {
			caller.Proc, _ = in.CallerProc()
		}
		if !l.take(caller, time.Now()) {
			return ErrTooFast
		}
		return next(ctx, in)
	}
}

func (l *Limit) take(caller actor.ID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.buckets = make(map[actor.ID]time.Time)
	}
	if len(l.buckets) > l.sweep {
		maps.DeleteFunc(l.buckets, func(_ actor.ID, full time.Time) bool { return !full.After(now) })
		l.sweep = max(1000, 2*len(l.buckets))
	}
	full := l.buckets[caller]
	if full.Before(now) {
		full = now
	}
	if full = full.Add(l.Interval); full.Sub(now) > time.Duration(l.Burst)*l.Interval {
		return false
	}
	l.buckets[caller] = full
	return true
}
