package actor

import "time"

// A scope is how long something that belongs to an actor lasts.
type scope uint8

const (
	ofIncarnation scope = iota // until the incarnation ends
	ofActor                    // until the actor ends for good
	scopes
)

// An attachment is something that belongs to an actor or to a proc, and ends with that at the latest: an opened port, a
// timer, a source, a task, a subscription.
type attachment struct {
	owner      *core // nil if it belongs to the proc
	proc       *Proc
	scope      scope
	listed     bool // under the owner's lock, as next and prev
	next, prev *attachment
	self       ender
}

// ender is what an attachment does at its owner's end. It is called without locks, once, unless it was detached before.
type ender interface{ end(cause error) }

// attachments are those of one owner, under its lock.
type attachments struct {
	first [scopes]*attachment
	// tasks are those whose goroutines have not returned; an incarnation does not end before its own have.
	tasks [scopes]map[*Task]struct{}
	// idle is the timer of StopWhenIdle.
	idle *time.Timer
}

// attachments returns what belongs to the actor, made now if need be. It is called with sd locked.
func (sd *side) attachments() *attachments {
	if sd.attached == nil {
		sd.attached = &attachments{}
	}
	return sd.attached
}

// noTasks tells whether no goroutine works for the owner in the scopes up to last. No list has none.
func (l *attachments) noTasks(last scope) bool {
	if l == nil {
		return true
	}
	for s := ofIncarnation; s <= last; s++ {
		if len(l.tasks[s]) > 0 {
			return false
		}
	}
	return true
}

func (l *attachments) add(a *attachment) {
	first := &l.first[a.scope]
	if a.next = *first; a.next != nil {
		a.next.prev = a
	}
	*first, a.listed = a, true
}

func (l *attachments) remove(a *attachment) bool {
	if !a.listed {
		return false
	}
	if a.next != nil {
		a.next.prev = a.prev
	}
	if a.prev != nil {
		a.prev.next = a.next
	} else {
		l.first[a.scope] = a.next
	}
	a.next, a.prev, a.listed = nil, nil, false
	return true
}

// take empties the list of a scope.
func (l *attachments) take(s scope) []*attachment {
	var all []*attachment
	for a := l.first[s]; a != nil; {
		next := a.next
		a.next, a.prev, a.listed = nil, nil, false
		all = append(all, a)
		a = next
	}
	l.first[s] = nil
	return all
}

// ownerOf returns the proc, and the actor if it is one, that parent names as an owner.
func ownerOf(parent Spawner) (*Proc, *core, error) {
	if parent == nil {
		return nil, nil, NewError(CodeMisuse, "the owner is nil: it has to be a *Proc, or the *Context of a handler or hook", nil)
	}
	p, c, _, err := parent.spawner()
	return p, c, err
}

// attach gives a to the owner that parent names. It fails if that has ended, or is ending.
func (a *attachment) attach(parent Spawner, s scope, self ender) error {
	p, c, err := ownerOf(parent)
	a.proc, a.owner, a.scope, a.self = p, c, s, self
	if err != nil {
		return err
	}
	if c == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.detached {
			return NewError(CodeStopped, "proc "+p.name+" has shut down", nil)
		}
		p.attached.add(a)
		return nil
	}
	sd := c.sideOf()
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.finished || sd.step != stepNone {
		return NewError(CodeStopped, c.label()+" is ending", nil)
	}
	l := sd.attachments()
	l.add(a)
	if t, ok := self.(*Task); ok {
		if l.tasks[s] == nil {
			l.tasks[s] = make(map[*Task]struct{})
		}
		l.tasks[s][t] = struct{}{}
		p.sched.wg.Add(1)
	}
	return nil
}

// detach takes a back. It is false if it has ended, or is about to be ended, by its owner.
func (a *attachment) detach() bool {
	switch {
	case a.owner != nil:
		sd := a.owner.sideOf()
		sd.mu.Lock()
		defer sd.mu.Unlock()
		return sd.attached.remove(a)
	case a.proc != nil:
		a.proc.mu.Lock()
		defer a.proc.mu.Unlock()
		return a.proc.attached.remove(a)
	}
	return false // it was never attached
}

// endAttached ends what belongs to the incarnation, and with the actor what belongs to that.
func (c *core) endAttached(sd *side, last scope) {
	var all []*attachment
	sd.mu.Lock()
	for s := ofIncarnation; s <= last && sd.attached != nil; s++ {
		all = append(all, sd.attached.take(s)...)
	}
	sd.mu.Unlock()
	if len(all) == 0 {
		return
	}
	cause := NewError(CodeStopped, c.label()+" has ended, or restarts", nil)
	for _, a := range all {
		a.self.end(cause)
	}
}

// writeOffTasks does not wait for the actor's tasks any longer. The proc's report names those that have not returned by then.
func (c *core) writeOffTasks(sd *side, last scope) {
	var left []*Task
	sd.mu.Lock()
	for s := ofIncarnation; s <= last && sd.attached != nil; s++ {
		for t := range sd.attached.tasks[s] {
			left = append(left, t)
		}
		sd.attached.tasks[s] = nil
	}
	sd.mu.Unlock()
	for _, t := range left {
		c.proc.abandonedTask(t, +1)
	}
}

// endAttached ends what belongs to the proc and to no actor.
func (p *Proc) endAttached(cause error) {
	p.mu.Lock()
	p.detached = true
	all := p.attached.take(ofIncarnation)
	p.mu.Unlock()
	for _, a := range all {
		a.self.end(cause)
	}
}
