package actor

import "time"

// The tree of a proc's actors is guarded by proc.tree: parents, siblings and what waits for children.

// linkInTree makes c a child of parent, or a root actor. It fails if the parent, or the proc, does not take any more.
func (c *core) linkInTree(parent *core) error {
	p := c.proc
	p.tree.Lock()
	defer p.tree.Unlock()
	if p.closed {
		return NewError(CodeStopped, "proc "+p.name+" is shutting down, or has shut down", nil)
	}
	first := &p.firstRoot
	if parent != nil {
		if parent.awaited || parent.st.Load()&(ended|killed) != 0 {
			return NewError(CodeStopped, "the parent "+parent.label()+" is stopping", nil)
		}
		first = &parent.sideOf().firstChild
	}
	c.parent = parent
	if c.nextSibling = *first; c.nextSibling != nil {
		c.nextSibling.prevSibling = c
	}
	*first = c
	p.actors++
	if p.index != nil {
		p.index.add(c)
	}
	return nil
}

// unlinkFromTree takes c out, keeps it with those that have ended, and tells of its end. A parent that waits for its children goes on after the last.
//
// Monitors' exits are queued within the lock, and so in the order in which the actors leave the tree, and before the proc can
// be empty.
func (c *core) unlinkFromTree(sd *side) {
	p := c.proc
	e, kept := c.endedNow(sd)
	p.tree.Lock()
	if kept {
		p.ended.add(&e)
	}
	parent := c.parent
	if p.walks != nil {
		p.walks.leave(c)
	}
	if p.index != nil {
		p.index.remove(c.serial)
	}
	if c.nextSibling != nil {
		c.nextSibling.prevSibling = c.prevSibling
	}
	switch {
	case c.prevSibling != nil:
		c.prevSibling.nextSibling = c.nextSibling
	case parent != nil:
		parent.side.Load().firstChild = c.nextSibling
	default:
		p.firstRoot = c.nextSibling
	}
	c.nextSibling, c.prevSibling = nil, nil
	last := parent != nil && parent.awaited && parent.firstChild() == nil
	if p.closed {
		p.stopped = append(p.stopped, e.stoppedActor)
		if parent == nil {
			p.lookForRest()
		}
	}
	if monitors := sd.complete(c); monitors != nil {
		p.tellMonitors(monitors, c.exit(sd, time.Now()))
	}
	if p.actors--; p.closed && p.actors == 0 {
		close(p.empty)
	}
	p.tree.Unlock()
	if last {
		parent.resume()
	}
}

// lookForRest sees whether the root actor that is to end last is the only one, or there is none at all. It is called under tree.
func (p *Proc) lookForRest() {
	if p.rest != nil && (p.firstRoot == nil || p.firstRoot == p.last && p.last.nextSibling == nil) {
		close(p.rest)
		p.rest = nil
	}
}

// firstChild returns the youngest child, or nil. It is called under tree.
func (c *core) firstChild() *core {
	if sd := c.side.Load(); sd != nil {
		return sd.firstChild
	}
	return nil
}

// children returns the children that have not ended, the youngest first.
func (c *core) children() []*core {
	c.proc.tree.Lock()
	defer c.proc.tree.Unlock()
	return siblings(c.firstChild())
}

// awaitChildren returns the children, and has resume called once the last has ended. From then on the actor gets
// no more children, until childrenWelcome.
func (c *core) awaitChildren() (children []*core, none bool) {
	c.proc.tree.Lock()
	defer c.proc.tree.Unlock()
	c.awaited = true
	return siblings(c.firstChild()), c.firstChild() == nil
}

// childrenWelcome lets a restarted actor have children again.
func (c *core) childrenWelcome() {
	c.proc.tree.Lock()
	c.awaited = false
	c.proc.tree.Unlock()
}

func siblings(first *core) []*core {
	var all []*core
	for c := first; c != nil; c = c.nextSibling {
		all = append(all, c)
	}
	return all
}
