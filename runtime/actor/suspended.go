package actor

import (
	"bytes"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// endStrands ends what the strands of an incarnation that ends wait for, and reports whether none is left. Those that have not returned within the
// actor's stop timeout are left behind. The caller has the turn.
func (c *core) endStrands(sd *side) bool {
	sd.mu.Lock()
	cause, generation := sd.outcome.Cause, sd.generation
	sd.mu.Unlock()
	s := c.lock()
	var all []*strand
	for st := sd.strands.all; st != nil; st = st.next {
		all = append(all, st)
	}
	some := unfinished(all, cause)
	c.unlock(s)
	for _, st := range some {
		st.finish()
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if len(all) == 0 {
		sd.stopTimer()
		return true
	}
	if sd.timer == nil {
		sd.timer = time.AfterFunc(c.config.stopTimeout, func() { c.leaveBehind(sd, generation) })
	}
	return false
}

// errNoCause is why an incarnation has ended that was stopped without a cause.
var errNoCause = NewError(CodeStopped, "the actor stops", nil)

// leaveBehind has the actor go on without the strands that have not returned in time, if the same step still waits for them. Their callers get an error.
func (c *core) leaveBehind(sd *side, generation uint32) {
	sd.mu.Lock()
	waits := sd.step == stepStrands && sd.generation == generation && !sd.finished
	sd.mu.Unlock()
	if !waits {
		return
	}
	s := c.lock()
	if s&killed != 0 {
		c.unlock(s)
		return
	}
	l, all := sd.newLimbo()
	var calls []*GenCall
	for _, st := range all {
		if f := st.call; f != nil && f.listed {
			f.unlink(c)
			calls = append(calls, f)
		}
	}
	c.flags.And(^lookReturning)
	c.unlock(s &^ returning)
	if l == nil {
		return
	}
	cx := c.running.Load()
	mine := cx != nil && cx.strand != nil && cx.strand.limbo == l && c.running.CompareAndSwap(cx, nil)
	for _, st := range all {
		c.proc.abandoned(c, st.w)
	}
	for _, f := range calls {
		f.orphan(errGoneText(c))
	}
	if !mine { // no handler has the turn: the step waits for them
		l.leave()
		c.resume()
		return
	}
	l.taken(cx.strand)
	s = c.lock()
	cx.strand.robbed = true
	c.unlock(s)
	cx.w.block()
	c.proc.sched.schedule(c, nil)
}

// A Suspended is a handler that has given up its turn: it waits in a session's stream, or for a call that it made.
type Suspended struct {
	// Handler is its name, as bank.Account.Transfer.
	Handler string
	// Since is when its wait began.
	Since time.Time
	// WaitsIn names what it waits in: the call, or the method of its session. It is "" while it waits for nothing but its turn.
	WaitsIn string
	// WaitsFor is whom it waits for: the actor that it called, or the client of its session. It is zero while it waits for nothing but its turn.
	WaitsFor Wait
	// Session is the state of the session that it serves, SessionNone if it serves none.
	Session SessionState
}

// suspended returns the handlers that have given up their turn, the oldest first.
func (c *core) suspended(sd *side) (all []Suspended) {
	k := c.proc.sched.clock
	var strands []*strand
	s := c.lock()
	for st := sd.strands.all; st != nil; st = st.next {
		if st.out {
			h := Suspended{Handler: c.kind().what(st.op), Since: k.time(max(st.since, 1))}
			if what := st.waits.Load(); what != nil && !st.recalled {
				h.WaitsIn = *what
			}
			strands = append(strands, st)
			all = append(all, h)
		}
	}
	c.unlock(s)
	for i, st := range strands {
		all[i].describe(sd, st)
	}
	slices.Reverse(all)
	return all
}

// describe fills in what a strand waits for.
func (h *Suspended) describe(sd *side, st *strand) {
	var talk *session
	if st.call != nil {
		talk = st.call.session
	}
	h.Session = talk.state(serverSide)
	if h.WaitsIn == "" {
		return
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	for _, e := range sd.waits {
		if w, ok := e.wait(); ok && e.strand == st {
			h.WaitsFor = w
			return
		}
	}
	if talk != nil {
		h.WaitsFor = Wait{ID: talk.client.id, Label: talk.client.name}
	}
}

// goroutineID returns the number of the calling goroutine, as its stack has it.
func goroutineID() uint64 {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(line, []byte(" "))
	id, _ := strconv.ParseUint(string(number), 10, 64)
	return id
}
