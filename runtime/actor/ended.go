package actor

import (
	"cmp"
	"slices"
)

// maxEnded is how many actors that have ended are kept.
const maxEnded = 100

// endedActor is what is kept of an actor that has ended: neither its state nor what made it.
type endedActor struct {
	stoppedActor
	order   uint64   // of the ends
	failure *failure // nil for a clean stop
	last    *failure
	born    uint32
	since   uint32 // the end
	spent   uint32
	runs    uint64
	handled uint64
	run     UUID // zero for the first incarnation
	shown   *shown

	parent     uint64
	parentName string
	parentKind *kindInfo
}

// endedActors are those that have ended last, and the failures that came first. It is guarded by proc.tree.
type endedActors struct {
	failed []endedActor
	clean  []endedActor // a ring
	oldest int          // of the ring
	ends   uint64
}

// add keeps an actor, in place of a clean stop if there is one. Without any, the failures that came first stay.
func (all *endedActors) add(e *endedActor) {
	all.ends++
	e.order = all.ends
	room := maxEnded - len(all.failed) - len(all.clean)
	if e.state == StateFailed {
		if room == 0 && len(all.clean) == 0 {
			return
		}
		if room == 0 {
			all.clean = slices.Delete(all.clean, all.oldest, all.oldest+1)
			if all.oldest == len(all.clean) {
				all.oldest = 0
			}
		}
		all.failed = append(all.failed, *e)
		return
	}
	switch {
	case room > 0:
		all.clean = append(all.clean, *e)
	case len(all.clean) > 0:
		all.clean[all.oldest] = *e
		all.oldest = (all.oldest + 1) % len(all.clean)
	}
}

// endedNow returns what is kept of an actor that ends. Of one whose Spawn has returned an error that is for a shutdown's report only.
func (c *core) endedNow(sd *side) (e endedActor, kept bool) {
	e.stoppedActor = c.stoppedActor(sd)
	if c.st.Load()&starting != 0 {
		return e, false
	}
	e.born, e.since, e.spent, e.runs, e.shown = c.born, c.proc.sched.tickNow(), c.spent.Load(), c.runs.Load(), sd.shown.Load()
	sd.mu.Lock()
	if sd.rerun != nil {
		e.run = sd.rerun.id
	}
	e.failure, e.last = sd.failures(e.state, e.cause, c, e.since)
	sd.mu.Unlock()
	e.handled, _ = c.tally(e.runs, e.killed && c.proc.isHung(c))
	if up := c.parent; up != nil { // it does not change
		e.parent, e.parentName, e.parentKind = up.serial, up.name, up.kind()
	}
	return e, true
}

// Ended returns snapshots of actors that have ended, the first end first: 100 at most. Clean stops make room for later ends, the oldest first; of
// failures those that came first stay.
func (p *Proc) Ended() []Snapshot {
	p.tree.Lock()
	kept := slices.Concat(p.ended.failed, p.ended.clean)
	p.tree.Unlock()
	slices.SortFunc(kept, func(a, b endedActor) int { return cmp.Compare(a.order, b.order) })
	p.mu.Lock()
	hung := make(map[uint64]bool, len(p.hung))
	for in := range p.hung {
		hung[in.c.serial] = true
	}
	p.mu.Unlock()
	all := make([]Snapshot, len(kept))
	for i := range kept {
		all[i] = p.snapshotOfEnded(&kept[i], hung[kept[i].serial])
	}
	return all
}
