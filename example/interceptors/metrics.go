package interceptors

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Bounds are the upper bounds of all but the last bucket of a histogram of latencies.
var Bounds = [...]time.Duration{
	100 * time.Microsecond, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second,
}

// A Series counts the messages of one handler.
type Series struct {
	Count   int
	Errors  int                  // also refused messages and panics
	Latency [len(Bounds) + 1]int // messages by the time that they took, the last bucket being the rest
}

// Metrics counts messages by handler. The zero value is ready.
type Metrics struct {
	mu     sync.Mutex
	series map[string]Series
}

// Handled counts what actors handle.
func (m *Metrics) Handled(next actor.HandlerFunc) actor.HandlerFunc {
	return func(ctx context.Context, in actor.Incoming) error {
		begin := time.Now()
		err := next(ctx, in)
		m.count(in.Handler(), time.Since(begin), err)
		return err
	}
}

// Sent counts what is sent, and how it ends for the sender: a handler that does not answer in time, a mailbox that is full or a
// proc that cannot be reached is seen here alone.
func (m *Metrics) Sent(next actor.SendFunc) actor.SendFunc {
	return func(ctx context.Context, out actor.Outgoing) error {
		begin := time.Now()
		err := next(ctx, out)
		m.count(out.Handler(), time.Since(begin), err)
		return err
	}
}

func (m *Metrics) count(handler string, took time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.series == nil {
		m.series = make(map[string]Series)
	}
	s := m.series[handler]
	s.Count++
	if err != nil {
		s.Errors++
	}
	bucket := 0
	for bucket < len(Bounds) && took > Bounds[bucket] {
		bucket++
	}
	s.Latency[bucket]++
	m.series[handler] = s
}

// Read returns the series by handler.
func (m *Metrics) Read() map[string]Series {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.series)
}
