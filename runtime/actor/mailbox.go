package actor

import (
	"context"
	"sync"
)

// blockCells is the number of cells in a block of a mailbox.
const blockCells = 16

// maxSpares is how many blocks a busy actor keeps for its senders before it gives them to the pool. A pool serves each
// processor from what that has put back, and so never has the right ones where one processor sends and another handles.
const maxSpares = 32

// A cell is one queued unit of work. It lives by value in the mailbox.
type cell[C any] struct {
	from  *core  // the sending actor of this proc, or nil
	extra *extra // headers, the frame of a call, a sender in another proc; nil for most casts
	op    uint16 // which handler
	args  C      // arguments of the casts that travel in the cell
}

// A block is a run of cells; a mailbox is a chain of them.
type block[C any] struct {
	cells   [blockCells]cell[C]
	next    *block[C]
	used    uint16 // cells that are not zero
	charged *Proc  // counts it in its MaxQueued
}

// zero zeroes the cells before they are used again. Whoever fills them does it, all at once: that brings the cache
// lines over in one go, where each cell on its own would have its sender wait.
func (b *block[C]) zero() {
	clear(b.cells[:b.used])
	b.used = 0
}

// mailbox is what senders fill of an actor's queue, under the core's lock. One cell is part of it: a queue with at most one
// message needs no block. The turn's holder takes slot and chain together, and works them off without the lock, the
// slot first.
type mailbox[C any] struct {
	slot        cell[C]
	first, last *block[C] // the chain
	free        *block[C] // a chain of those worked off, for the next messages
	fill        uint16    // cells used in last
	head        uint16    // cells of first that are gone, in mailboxes that are worked off one by one
	full        bool      // slot holds a message that is not worked off
	lent        bool      // the turn's holder works it off
}

// taken is what the turn's holder has taken of the queue, and how far it is.
type taken[C any] struct {
	slot   *cell[C] // the mailbox's slot, if that is not worked off
	cur    *block[C]
	spare  *block[C] // a chain of blocks worked off
	spares uint16    // its length
	pos    uint16    // in cur
	end    uint16    // cells used in the last block of the chain taken
}

// room returns a free cell, appended to the queue, or nil if that takes another block. It is called under the lock.
func (m *mailbox[C]) room() *cell[C] {
	b := m.last
	if b == nil {
		if m.full {
			return nil
		}
		m.full = true
		return &m.slot
	}
	if m.fill == blockCells {
		return nil
	}
	c := &b.cells[m.fill%blockCells]
	m.fill++
	return c
}

// reserve returns a free cell, appended to the queue. It is called under the lock.
func (m *mailbox[C]) reserve(k *blocks[C], p *Proc) *cell[C] {
	if c := m.room(); c != nil {
		return c
	}
	if m.last == nil || m.fill == blockCells {
		b := m.free
		if b != nil {
			m.free, b.next = b.next, nil
			b.zero()
		} else if b = k.get(p); b == nil {
			return nil
		}
		if m.last == nil {
			m.first = b
		} else {
			m.last.next = b
		}
		m.last, m.fill = b, 0
	}
	c := &m.last.cells[m.fill]
	m.fill++
	return c
}

// lend moves all that is queued to t, which is empty. It is called under the lock.
func (m *mailbox[C]) lend(t *taken[C]) {
	if m.full {
		m.lent, t.slot = true, &m.slot
	}
	t.cur, t.pos, t.end = m.first, 0, m.fill
	m.first, m.last, m.fill = nil, nil, 0
}

// lendOne moves the oldest message alone to t, which is empty. It is called under the lock.
func (m *mailbox[C]) lendOne(t *taken[C], k *blocks[C]) {
	b := k.new()
	m.dequeue(k, &b.cells[0])
	t.cur, t.pos, t.end = b, 0, 1
}

// settle takes back the slot once its message is worked off, and the blocks that are. It is called under the lock.
func (m *mailbox[C]) settle(t *taken[C]) {
	if m.lent && t.slot == nil {
		m.full, m.lent = false, false
	}
	if t.spare != nil && m.free == nil {
		m.free, t.spare, t.spares = t.spare, nil, 0
	}
}

// release gives up the blocks that wait for messages. It is called under the lock.
func (m *mailbox[C]) release(k *blocks[C]) {
	k.putChain(m.free)
	m.free = nil
}

// release gives up the blocks that were worked off last.
func (t *taken[C]) release(k *blocks[C]) {
	k.putChain(t.spare)
	t.spare, t.spares = nil, 0
}

// moveTo moves what is queued, and not lent, to t; slot is where a message of the mailbox's slot goes. It is called
// under the lock.
func (m *mailbox[C]) moveTo(t *taken[C], slot *cell[C]) {
	if m.full && !m.lent {
		*slot, m.slot = m.slot, cell[C]{}
		m.full = false
		t.slot = slot
	}
	t.cur, t.pos, t.end = m.first, m.head, m.fill
	m.first, m.last, m.fill, m.head = nil, nil, 0, 0
}

// dequeue moves the oldest message to c, in mailboxes that are worked off one by one. It is called under the lock.
func (m *mailbox[C]) dequeue(k *blocks[C], c *cell[C]) {
	if m.full {
		*c, m.slot, m.full = m.slot, cell[C]{}, false
		return
	}
	*c = m.first.cells[m.head]
	m.head++
	m.first.used = m.head
	switch b := m.first; {
	case b == m.last && m.head == m.fill:
		m.first, m.last, m.fill, m.head = nil, nil, 0, 0
		k.put(b)
	case m.head == blockCells:
		m.first, m.head = b.next, 0
		k.put(b)
	}
}

// current returns the cell to work off next, or nil.
func (t *taken[C]) current() *cell[C] {
	if t.slot != nil {
		return t.slot
	}
	if t.cur == nil || t.cur.next == nil && t.pos == t.end {
		return nil
	}
	return &t.cur.cells[t.pos]
}

// advance drops the current cell. It reports whether a block was worked off.
func (t *taken[C]) advance(k *blocks[C]) bool {
	if t.slot != nil {
		*t.slot = cell[C]{}
		t.slot = nil
		return false
	}
	b := t.cur
	t.pos++
	b.used = t.pos
	switch {
	case b.next == nil && t.pos == t.end:
		t.cur = nil
	case t.pos == blockCells:
		t.cur = b.next
	default:
		return false
	}
	t.pos = 0
	if t.spares < maxSpares && b.charged != nil {
		b.next, t.spare = t.spare, b
		t.spares++
	} else {
		k.put(b)
	}
	return true
}

// blocks is the pool of a kind's blocks.
type blocks[C any] struct {
	pool sync.Pool
	size int64 // bytes of one block
}

// get returns a block for a mailbox of p, or nil if that would exceed MaxQueued.
func (k *blocks[C]) get(p *Proc) *block[C] {
	b := k.new()
	if b.charged = p; p.queued.Add(k.size) > p.maxQueued {
		k.put(b)
		return nil
	}
	return b
}

// new returns a block that does not count.
func (k *blocks[C]) new() *block[C] {
	if b, ok := k.pool.Get().(*block[C]); ok {
		b.zero()
		return b
	}
	return new(block[C])
}

// putChain gives back all blocks of a chain.
func (k *blocks[C]) putChain(b *block[C]) {
	for b != nil {
		next := b.next
		k.put(b)
		b = next
	}
}

// put gives back a block.
func (k *blocks[C]) put(b *block[C]) {
	if b.charged != nil {
		b.charged.queued.Add(-k.size)
	}
	b.next, b.charged = nil, nil
	k.pool.Put(b)
}

// A FullPolicy says what becomes of a message for a mailbox that is full.
type FullPolicy uint8

// The policies. Every drop is counted, and told to the sender's HandleUndelivered or to OnUndelivered.
const (
	// FullReject refuses the message: the sender gets ErrMailboxFull. It is the default.
	FullReject FullPolicy = iota
	// FullBlock makes a sender of this proc wait for room, until its context ends. Messages from other procs are
	// refused as with FullReject, because a link never waits for an actor.
	FullBlock
	// FullDropNewest accepts the message and drops it; a call is answered with ErrMailboxFull.
	FullDropNewest
	// FullDropOldest drops the oldest message for the new one; if that was a call, it is answered with ErrMailboxFull.
	FullDropOldest
)

// waitForRoom waits until a cell may be free. It is called with the lock, and has given it up when it returns.
func (c *core) waitForRoom(ctx context.Context, s uint32, cx *Context, what string) error {
	sd := c.sideOf()
	room := sd.senders.join()
	c.unlock(s)
	if cx != nil {
		wait := &edge{to: c, room: room}
		if err := cx.waitFor(wait); err != nil {
			c.leaveRoom(room)
			return err
		}
		defer cx.waited(wait)
		cx.w.block()
		defer cx.w.unblock()
	}
	select {
	case <-room:
		return nil
	case <-ctx.Done():
		c.leaveRoom(room)
		return contextError(what, ctx)
	}
}

// leaveRoom forgets a sender that does not wait any more.
func (c *core) leaveRoom(room chan struct{}) {
	s := c.lock()
	c.side.Load().senders.leave(room)
	c.unlock(s)
}

// admit wakes the senders that wait for room. It is called under the lock.
func (c *core) admit() {
	if sd := c.side.Load(); sd != nil {
		sd.senders.admit()
	}
}
