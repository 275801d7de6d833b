package actor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Monitor has the actor's end told to a port: one Exit, when the actor has ended for good, is out of the tree and its name is
// free. If that is the case already it is told at once. A restart is no end. Any number of monitors may watch an actor; they
// share the Exit, which nobody may change.
//
// The Exit comes from no actor, soon after Done is closed; children's before their parents'. A port that is full gets it later:
// it is kept, in the order of the ends, until the port takes it or the proc has shut down. What the port refuses for another
// reason, its own actor's end above all, is counted in Proc.Drops and goes to OnUndelivered, with the Exit as its Args.
//
// stop ends the monitor, whether it has told its Exit or not; one that is on its way may still come. The zero handle is
// nobody's, which is told as an Exit without a Child.
func (h Handle) Monitor(to Port[*Exit]) (stop func()) {
	m := &monitor{to: to}
	c := h.c
	if c == nil {
		_ = to.Send(fromLink, &Exit{Status: Status{Cause: errZeroHandle}, At: time.Now()}) // no proc that could be told of a refusal
		return func() {}
	}
	sd := c.sideOf()
	sd.mu.Lock()
	if sd.over {
		sd.mu.Unlock()
		c.proc.couriers.take(parcel{m, c.exit(sd, time.Time{})})
		return m.end
	}
	if m.next = sd.monitors; m.next != nil {
		m.next.prev = m
	}
	sd.monitors = m
	sd.mu.Unlock()
	return func() {
		m.end()
		sd.mu.Lock()
		defer sd.mu.Unlock()
		sd.unlist(m)
	}
}

// A monitor is one that waits for an actor's end.
type monitor struct {
	to         Port[*Exit]
	stopped    atomic.Bool
	next, prev *monitor // of the same actor; under its side's lock
}

func (m *monitor) end() { m.stopped.Store(true) }

// unlist takes m from the list, if it is there. It is called with sd locked.
func (sd *side) unlist(m *monitor) {
	switch {
	case sd.over:
		return // it is told, or has been taken off
	case m.prev != nil:
		m.prev.next = m.next
	case sd.monitors == m:
		sd.monitors = m.next
	default:
		return
	}
	if m.next != nil {
		m.next.prev = m.prev
	}
	m.next, m.prev = nil, nil
}

// exit is the event of the actor's end. It does not change any more. A zero time stands for the one that was noted at the end, which
// is coarser.
func (c *core) exit(sd *side, at time.Time) *Exit {
	ev := &Exit{Child: Handle{c}, Status: sd.outcome, At: at}
	ev.Status.Restarts = int(sd.epoch.Load())
	if sd.failure != nil && ev.Failed() {
		ev.failure, ev.Escalates = sd.failure, sd.escalate
	}
	if at.IsZero() {
		ev.At = c.proc.sched.clock.time(sd.since)
	}
	return ev
}

// tellMonitors has the end told to those that wait for it, in the order in which they have asked.
func (p *Proc) tellMonitors(last *monitor, ev *Exit) {
	var all []parcel
	for m := last; m != nil; m = m.next {
		all = append(all, parcel{m, ev})
	}
	slices.Reverse(all)
	p.couriers.take(all...)
}

// A parcel is an Exit for one monitor.
type parcel struct {
	m  *monitor
	ev *Exit
}

// couriers bring the proc's exits to monitors: on a goroutine of their own, so that neither an actor's end nor who stops one
// waits for a port, and no lock is held. It runs while there is something to bring.
type couriers struct {
	proc *Proc

	mu      sync.Mutex
	queue   []parcel
	running bool
	closed  bool          // the proc has no actors left: what is refused now is lost
	wake    chan struct{} // tells the goroutine that there is more, or of closed
	idle    chan struct{} // closed when the goroutine has ended, once closed is set
}

// How long a full port is left alone before it is tried again: twice as long after each refusal.
const (
	minRetry = time.Millisecond
	maxRetry = 100 * time.Millisecond
)

// take accepts parcels.
func (k *couriers) take(all ...parcel) {
	k.mu.Lock()
	if k.closed && !k.running {
		k.mu.Unlock()
		for _, p := range all {
			k.bring(p, true)
		}
		return
	}
	k.queue = append(k.queue, all...)
	if !k.running {
		k.running = true
		go k.run()
	}
	k.mu.Unlock()
	knock(k.wake)
}

// finish has everything brought, and what a full port does not take reported. It returns once that is done, or if a port keeps
// it waiting a little after ctx has ended.
func (k *couriers) finish(ctx context.Context) {
	k.mu.Lock()
	k.closed = true
	if !k.running {
		k.mu.Unlock()
		return
	}
	k.idle = make(chan struct{})
	k.mu.Unlock()
	knock(k.wake)
	select {
	case <-k.idle:
		return
	case <-ctx.Done():
	}
	timer := time.NewTimer(byeTime)
	defer timer.Stop()
	select {
	case <-k.idle:
	case <-timer.C:
	}
}

// run brings what is there, and tries full ports again now and then.
func (k *couriers) run() {
	full := make(map[GenPort[*Exit]][]parcel) // what waits for a port that is full, in order
	pause := minRetry
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		k.mu.Lock()
		fresh, last := k.queue, k.closed
		k.queue = nil
		if len(fresh)+len(full) == 0 {
			k.running = false
			if k.idle != nil {
				close(k.idle)
			}
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		for _, p := range fresh {
			to := p.m.to.to
			if waiting, ok := full[to]; ok {
				full[to] = append(waiting, p)
			} else if !k.bring(p, false) {
				full[to] = []parcel{p}
				pause = minRetry
				timer.Reset(pause)
			}
		}
		if last {
			k.retry(full, true)
		}
		if len(full) == 0 {
			continue
		}
		select {
		case <-k.wake:
		case <-timer.C:
			if k.retry(full, false) {
				pause = minRetry
			} else {
				pause = min(2*pause, maxRetry)
			}
			timer.Reset(pause)
		}
	}
}

// retry tries the ports that were full. It reports whether one has taken something.
func (k *couriers) retry(full map[GenPort[*Exit]][]parcel, last bool) (progress bool) {
	for to, waiting := range full {
		n := 0
		for n < len(waiting) && k.bring(waiting[n], last) {
			n++
		}
		progress = progress || n > 0
		if n == len(waiting) {
			delete(full, to)
		} else if n > 0 {
			full[to] = waiting[n:]
		}
	}
	return progress
}

// bring sends one Exit. It is false if the port is full, unless it is the last attempt: then, and if the port refuses for
// another reason, the Exit is reported.
func (k *couriers) bring(p parcel, last bool) bool {
	if p.m.stopped.Load() {
		return true
	}
	err := p.m.to.Send(fromLink, p.ev) // as a link: it is not to wait for room
	if err == nil {
		return true
	}
	if CodeOf(err) == CodeMailboxFull && !last {
		return false
	}
	k.proc.countDrop(CodeOf(err))
	k.proc.tellUndelivered(nil, &Undelivered{
		Target: "a monitor of " + p.ev.Child.c.label(),
		Args:   p.ev,
		Err:    fmt.Errorf("telling a monitor of the end of %s: %w", p.ev.Child.c.label(), err),
	})
	return true
}
