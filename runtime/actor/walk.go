package actor

import "iter"

// walkStep is how many actors a walk takes from the tree at a time.
const walkStep = 64

// A walk goes through the tree of a proc, or through what is below one actor, parents before children. It holds the tree's lock for a few actors
// at a time: while it does not, whoever takes an actor out of the tree sees to it that the walk does not stand on that one.
type walk struct {
	proc       *Proc
	top        *core // below which it stays; nil is the proc itself
	at         *core // the next one; nil at the end
	depth      int   // of at, below top
	deepest    int   // how deep it goes, if not negative
	next, prev *walk // in proc.walks
}

// begin lists the walk and puts it before its first actor.
func (wk *walk) begin() {
	p := wk.proc
	p.tree.Lock()
	defer p.tree.Unlock()
	wk.at = p.firstRoot
	if wk.top != nil {
		wk.at = wk.top.firstChild()
	}
	if wk.next = p.walks; wk.next != nil {
		wk.next.prev = wk
	}
	p.walks = wk
}

// end takes the walk from the list.
func (wk *walk) end() {
	p := wk.proc
	p.tree.Lock()
	defer p.tree.Unlock()
	if wk.next != nil {
		wk.next.prev = wk.prev
	}
	if wk.prev != nil {
		wk.prev.next = wk.next
	} else {
		p.walks = wk.next
	}
}

// A walked actor is one that a walk has come to.
type walked struct {
	c     *core
	depth int
}

// take returns the next actors, none at the end.
func (wk *walk) take(into *[walkStep]walked) []walked {
	wk.proc.tree.Lock()
	defer wk.proc.tree.Unlock()
	n := 0
	for ; n < len(into) && wk.at != nil; n++ {
		into[n] = walked{wk.at, wk.depth}
		if below := wk.at.firstChild(); below != nil && (wk.deepest < 0 || wk.depth < wk.deepest) {
			wk.at = below
			wk.depth++
		} else {
			wk.over(wk.at)
		}
	}
	return into[:n]
}

// over goes on behind c and all that is below it; the walk stands there. It is called under proc.tree.
func (wk *walk) over(c *core) {
	for c.nextSibling == nil {
		if c = c.parent; c == wk.top {
			wk.at = nil
			return
		}
		wk.depth--
	}
	wk.at = c.nextSibling
}

// leave has the walks not stand on c, nor below it: it is taken out of the tree. It is called under proc.tree.
func (wk *walk) leave(c *core) {
	for ; wk != nil; wk = wk.next {
		up := 0
		for at := wk.at; at != nil && at != wk.top; at = at.parent {
			if at == c {
				wk.depth -= up
				wk.over(c)
				break
			}
			up++
		}
		if c == wk.top {
			wk.at = nil
		}
	}
}

// all yields what the walk comes to and lives, without holding a lock.
func (wk walk) all(yield func(c *core, depth int) bool) {
	wk.begin()
	defer wk.end()
	var some [walkStep]walked
	for {
		found := wk.take(&some)
		if len(found) == 0 {
			return
		}
		for _, f := range found {
			if f.c.st.Load()&ended == 0 && !yield(f.c, f.depth) {
				return
			}
		}
	}
}

// Actors yields the actors that live, parents before children, in no other order. Nothing is held up, and there is no copy of the whole: actors may
// come, go and be stopped while the loop's body runs, also by it. Whoever lives all the time is yielded once; one that
// is spawned meanwhile may be.
func (p *Proc) Actors() iter.Seq[Handle] {
	return func(yield func(Handle) bool) {
		walk{proc: p, deepest: -1}.all(func(c *core, _ int) bool { return yield(Handle{c}) })
	}
}

// Tree yields the same actors as Actors, each with its depth: 0 for root actors. The children of an actor follow it, the youngest first.
func (p *Proc) Tree() iter.Seq2[int, Handle] {
	return func(yield func(int, Handle) bool) {
		walk{proc: p, deepest: -1}.all(func(c *core, depth int) bool { return yield(depth, Handle{c}) })
	}
}

// Children yields the actor's children that live, the youngest first, under the rules of Proc.Actors. The zero handle has none.
func (h Handle) Children() iter.Seq[Handle] {
	return func(yield func(Handle) bool) {
		if h.c != nil {
			walk{proc: h.c.proc, top: h.c}.all(func(c *core, _ int) bool { return yield(Handle{c}) })
		}
	}
}

// TreeTo is Tree down to a depth: 0 are the root actors alone.
func (p *Proc) TreeTo(depth int) iter.Seq2[int, Handle] {
	return func(yield func(int, Handle) bool) {
		walk{proc: p, deepest: max(depth, 0)}.all(func(c *core, depth int) bool { return yield(depth, Handle{c}) })
	}
}

// TreeTo yields what is below the actor as Proc.TreeTo does what is in the proc: its children have depth 0.
func (h Handle) TreeTo(depth int) iter.Seq2[int, Handle] {
	return func(yield func(int, Handle) bool) {
		if h.c != nil {
			walk{proc: h.c.proc, top: h.c, deepest: max(depth, 0)}.all(func(c *core, depth int) bool { return yield(depth, Handle{c}) })
		}
	}
}

// Living returns how many actors the proc has, those that are about to end included.
func (p *Proc) Living() int {
	p.tree.Lock()
	defer p.tree.Unlock()
	return p.actors
}
