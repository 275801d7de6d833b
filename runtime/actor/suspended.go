package actor

import (
	"bytes"
	"runtime"
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
	// Session is the state of the session that it serves, SessionNone if it serves none.
	Session SessionState
}

// suspended returns the handlers that have given up their turn, the oldest first.
func (c *core) suspended(sd *side) []Suspended {
	k := c.proc.sched.clock
	var all []Suspended
	var sessions []*session
	s := c.lock()
	for st := sd.strands.all; st != nil; st = st.next {
		if !st.out {
			continue
		}
		h := Suspended{Handler: c.kind().what(st.op), Since: k.time(max(st.since, 1))}
		if what := st.waits.Load(); what != nil {
			h.WaitsIn = *what
		}
		var talk *session
		if st.call != nil {
			talk = st.call.session
		}
		all, sessions = append(all, h), append(sessions, talk)
	}
	c.unlock(s)
	for i, talk := range sessions {
		all[i].Session = talk.state(serverSide)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// goroutineID returns the number of the calling goroutine, as its stack has it.
func goroutineID() uint64 {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(line, []byte(" "))
	id, _ := strconv.ParseUint(string(number), 10, 64)
	return id
}
