package remote

import (
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// probeTime is how long a link whose other end may have been given up has to show a sign of life.
const probeTime = 2 * time.Second

// A pulse is what was seen of a link at the last tick.
type pulse struct {
	committed, arrived uint64
	silent             time.Duration
}

// keepAlive looks at all links, twice in an interval, until the transport stops.
func (t *transport) keepAlive() {
	every := t.config.keepAlive / 2
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, l := range t.all() {
				l.tick(every)
			}
		case <-t.stopped.Done():
			return
		}
	}
}

// tick says something if nothing was said since the last tick, and gives the link up if nothing was heard for too long.
// It counts ticks, not time: a machine that slept has not been silent. Only one goroutine calls it.
func (l *link) tick(every time.Duration) {
	arrived := l.arrived.Load()
	if arrived != l.pulse.arrived || l.paused.Load() {
		l.pulse.silent = 0
	} else if l.pulse.silent += every; l.pulse.silent > l.config.silence(l.remote.keepAlive) {
		l.fail(fmt.Errorf("nothing was heard for %v", l.pulse.silent))
		return
	}
	l.pulse.arrived = arrived

	l.mu.Lock()
	silent := l.committed == l.pulse.committed
	if silent && l.writer == nobody && cap(l.buf)+cap(l.out) > 2*usualBuffer {
		l.buf, l.out, l.written = nil, nil, 0
	}
	l.mu.Unlock()
	if silent {
		l.ping()
	}
	l.mu.Lock()
	l.pulse.committed = l.committed
	l.mu.Unlock()
}

// ping puts an empty batch into the buffer if nothing else is there: anything tells the other side that we are alive.
func (l *link) ping() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil || l.closing || l.queued() > 0 {
		return
	}
	l.buf = append(l.buf, 0, 0, 0, 0, 0, 0, 0, 0)
	l.committed++
	if l.writer == nobody {
		l.handOver()
	}
}

// probe gives the link up unless the other side answers soon.
func (l *link) probe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil || l.closing || l.probing {
		return
	}
	l.probing = true
	before := l.arrived.Load()
	l.say(kindProbe)
	time.AfterFunc(probeTime, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.probing = false
		if l.arrived.Load() == before && !l.paused.Load() {
			l.failLocked(fmt.Errorf("nothing was heard for %v after a question whether the other end still has the link", probeTime))
		}
	})
}

// say puts a message about the link itself into the buffer. The lock is held.
func (l *link) say(kind actor.MessageKind) {
	b := l.open()
	l.close(append(b, byte(kind), 0))
	if l.writer == nobody {
		l.handOver()
	}
}
