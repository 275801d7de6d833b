package actor

import (
	"fmt"
	"slices"
	"time"
)

// A GroupPolicy says what a failure of one child means for its siblings. The terms are those of Erlang's supervisors
// (https://www.erlang.org/doc/system/sup_princ.html#restart-strategy).
type GroupPolicy uint8

// The policies.
const (
	// OneForOne restarts the child that has failed, and no other. It is the default.
	OneForOne GroupPolicy = iota
	// OneForAll restarts all children when one of them restarts after a failure.
	OneForAll
	// RestForOne restarts those that were spawned after it.
	RestForOne
)

// Group sets what becomes of an actor's other children when one of them restarts after a failure, as its own strategy says. First all
// of them end their incarnations, then they begin the next ones in the order of their spawning, each after the Init of the one before: so the next incarnation of
// a child finds those that it depends on. Handles, refs and mailboxes stay; the restart counts against the limit of
// the child that has failed only, and its backoff is that of the group.
//
// A child whose failure ends it concerns its siblings by what the parent does about it, in HandleExit or by failing.
func Group(p GroupPolicy) SpawnOption {
	return spawnOption(func(c *spawnConfig) { c.group = p })
}

// A regroup is one restart of several siblings together. It is guarded by proc.regroups.
type regroup struct {
	members []member      // in the order of their spawning
	delay   time.Duration // before the first of them begins
}

type member struct {
	c     *core
	ended bool // its incarnation has
	next  bool // it is its turn to begin the next
	built bool // which has begun
}

// of returns the member that is c.
func (g *regroup) of(c *core) *member {
	return &g.members[slices.IndexFunc(g.members, func(m member) bool { return m.c == c })]
}

// next returns the member that may begin its next incarnation: when all have ended theirs, the first that has not. It is nil if there is
// none. A group in which all have is none any more.
func (g *regroup) next() (first *core) {
	for _, m := range g.members {
		if !m.ended {
			return nil
		}
		if !m.built && first == nil {
			first = m.c
		}
	}
	if first == nil {
		for _, m := range g.members {
			m.c.sideOf().regroup.Store(nil)
		}
		g.members = nil
	}
	return first
}

// beginRegroup has the siblings restart with an actor that has failed and restarts, if its parent's policy wants that. It takes them out of
// what they were regrouped for before.
func (c *core) beginRegroup(sd *side) {
	sd.mu.Lock()
	begin, delay, failed := sd.regroups, sd.delay, sd.outcome.Cause
	sd.regroups = false
	sd.mu.Unlock()
	if !begin || c.parent == nil || c.parent.config.group == OneForOne {
		return
	}
	family := c.parent.children()
	slices.Reverse(family)
	g := &regroup{delay: delay}
	var left []*core // of other groups, whose turn it may be now
	c.proc.regroups.Lock()
	if c.parent.config.group == RestForOne {
		mine := sd.regroup.Load()
		family = family[max(slices.IndexFunc(family, func(m *core) bool {
			// Who has to wait for its elders goes on waiting for them.
			return m == c || mine != nil && m.sideOf().regroup.Load() == mine && !mine.of(m).built
		}), 0):]
	}
	family = slices.DeleteFunc(family, func(m *core) bool { return m != c && m.st.Load()&(starting|ended) != 0 })
	for _, m := range family {
		side, ended := m.sideOf(), false
		if old := side.regroup.Load(); old != nil {
			before := *old.of(m)
			ended = before.ended && !before.next
			old.members = slices.DeleteFunc(old.members, func(o member) bool { return o.c == m })
			left = append(left, old.next())
		}
		side.regroup.Store(g)
		g.members = append(g.members, member{c: m, ended: ended})
	}
	c.proc.regroups.Unlock()
	for _, m := range left {
		if m != nil {
			m.resume()
		}
	}
	cause := NewError(CodeStopped, fmt.Sprintf("its sibling %s restarts", c.label()), failed)
	for _, m := range family {
		if m != c {
			m.restartByHand(cause)
			m.resume() // it may be restarting already
		}
		if m.st.Load()&ended != 0 { // meanwhile, and so perhaps before it was in the group
			m.leaveRegroup(m.sideOf())
		}
	}
}

// lockRegroup returns the group that the actor restarts with, and locks proc.regroups; or nil, with nothing locked.
func (c *core) lockRegroup(sd *side) *regroup {
	if sd.regroup.Load() == nil {
		return nil
	}
	c.proc.regroups.Lock()
	g := sd.regroup.Load()
	if g == nil {
		c.proc.regroups.Unlock()
	}
	return g
}

// groupReady tells whether the actor may begin its next incarnation, as far as siblings are concerned that restart with it. Its
// present one has ended. An actor that is to stop does not wait for them.
func (c *core) groupReady(sd *side) bool {
	g := c.lockRegroup(sd)
	if g == nil {
		return true
	}
	mine := g.of(c)
	if mine.built { // and it restarts again, for itself
		c.proc.regroups.Unlock()
		return true
	}
	mine.ended = true
	next := g.next()
	granted := next == c && !mine.next
	delay := g.delay
	if granted {
		mine.next, g.delay = true, 0
	}
	c.proc.regroups.Unlock()
	if next != nil && next != c {
		next.resume()
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if granted {
		sd.delay = delay
	}
	return next == c || !sd.restart || sd.stop != 0
}

// groupBuilt lets the next sibling begin its incarnation. An actor that was to restart with others while it began this one does
// so now.
func (c *core) groupBuilt(sd *side) {
	g := c.lockRegroup(sd)
	if g == nil {
		return
	}
	mine := g.of(c)
	mine.built = mine.ended
	again := !mine.ended
	next := g.next()
	c.proc.regroups.Unlock()
	if again {
		c.restartByHand(NewError(CodeStopped, "a sibling restarts", nil))
	}
	if next != nil {
		next.resume()
	}
}

// leaveRegroup takes an actor that has ended out of the group that it restarts with.
func (c *core) leaveRegroup(sd *side) {
	g := c.lockRegroup(sd)
	if g == nil {
		return
	}
	sd.regroup.Store(nil)
	g.members = slices.DeleteFunc(g.members, func(m member) bool { return m.c == c })
	next := g.next()
	c.proc.regroups.Unlock()
	if next != nil {
		next.resume()
	}
}
