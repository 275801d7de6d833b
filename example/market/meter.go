package main

import (
	"slices"
	"sync"
	"time"
)

// A meter measures how long calls take: one goroutine adds, another one reads.
type meter struct {
	mu   sync.Mutex
	n    int
	last [4096]time.Duration // of the calls; call n is at n % len
}

func (m *meter) add(d time.Duration) {
	m.mu.Lock()
	m.last[m.n%len(m.last)] = d
	m.n++
	m.mu.Unlock()
}

// p99 returns how long it took at most, but for one call in a hundred. It looks at the last 4,096.
func (m *meter) p99() time.Duration {
	m.mu.Lock()
	recent := slices.Clone(m.last[:min(m.n, len(m.last))])
	m.mu.Unlock()
	if len(recent) == 0 {
		return 0
	}
	slices.Sort(recent)
	return recent[(len(recent)*99-1)/100]
}

// A rate is how fast something grows.
type rate struct {
	at    time.Time // when it was looked at last
	count uint64    // then
	last  uint64    // how much it had grown a second
}

// rateEach is how long a rate stays the same, so that it can be read.
const rateEach = 400 * time.Millisecond

// of returns how much count grows a second.
func (r *rate) of(count uint64, now time.Time) uint64 {
	if passed := now.Sub(r.at); passed >= rateEach {
		r.last = perSecond(count-r.count, passed)
		r.at, r.count = now, count
	}
	return r.last
}
