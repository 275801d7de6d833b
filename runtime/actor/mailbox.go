package actor

import (
	"context"
	"sync"
)

// blockCells is the number of cells in a block of a mailbox.
const blockCells = 16

// A cell is one queued unit of work. It lives by value in the mailbox.
type cell[C any] struct {
	from  *core  // the sending actor of this proc, or nil
	extra *extra // headers, the frame of a call, a sender in another proc; nil for most casts
	op    uint16 // which handler
	args  C      // arguments of the casts that travel in the cell
}

// A block is a run of cells; a mailbox is a chain of them.
type block[C any] struct {
	cells [blockCells]cell[C]
	next  *block[C]
}

// mailbox is an actor's queue. One cell is part of the actor: a mailbox with at most one message needs no block.
//
// Under the core's lock senders fill slot, if it is free and no block is queued, and else the chain. The turn's
// holder takes slot and chain together, and works them off without the lock, the slot first.
type mailbox[C any] struct {
	first, last *block[C] // the chain; under locked
	fill        uint32    // cells used in last; under locked
	full        bool      // slot holds a message that is not worked off; under locked
	taken       bool      // the turn's holder works it off; under locked
	slot        cell[C]

	// What the turn's holder has taken, and how far it is.
	cur    *block[C]
	pos    uint32
	end    uint32 // cells used in the last block of the chain taken
	inSlot bool   // slot is among what was taken, and not worked off
}

// reserve returns a free cell, appended to the queue. It is called under the lock.
func (m *mailbox[C]) reserve(k *blocks[C], p *Proc) *cell[C] {
	if !m.full && m.first == nil {
		m.full = true
		return &m.slot
	}
	if m.last == nil || m.fill == blockCells {
		b := k.get(p)
		if b == nil {
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

// take takes all that is queued. It is called under the lock by the turn's holder, who has worked off what it took
// before.
func (m *mailbox[C]) take() {
	m.taken, m.inSlot = m.full, m.full
	m.cur, m.pos, m.end = m.first, 0, m.fill
	m.first, m.last, m.fill = nil, nil, 0
}

// settle frees the slot once its message is worked off. It is called under the lock by the turn's holder.
func (m *mailbox[C]) settle() {
	if m.taken && !m.inSlot {
		m.full, m.taken = false, false
	}
}

// moveTo moves what is queued, and not taken by the turn's holder, to rest, taken. It is called under the lock.
func (m *mailbox[C]) moveTo(rest *mailbox[C], exact bool) {
	if m.full && !m.taken {
		rest.slot, m.slot = m.slot, cell[C]{}
		m.full = false
		rest.inSlot = true
	}
	rest.cur, rest.end = m.first, m.fill
	if exact {
		rest.pos, m.pos = m.pos, 0
	}
	m.first, m.last, m.fill = nil, nil, 0
}

// takeOne takes the oldest message alone, into spare. It is called under the lock by the turn's holder.
func (m *mailbox[C]) takeOne(k *blocks[C], p *Proc, spare *cell[C]) {
	if m.full {
		*spare, m.slot, m.full = m.slot, cell[C]{}, false
		return
	}
	// Here pos counts the cells of first that are worked off.
	c := &m.first.cells[m.pos]
	*spare, *c = *c, cell[C]{}
	m.pos++
	if m.first == m.last && m.pos == m.fill {
		k.put(p, m.first)
		m.first, m.last, m.fill, m.pos = nil, nil, 0, 0
	} else if m.pos == blockCells {
		b := m.first
		m.first, m.pos = b.next, 0
		k.put(p, b)
	}
}

// current returns the cell to work off next of what was taken, or nil.
func (m *mailbox[C]) current() *cell[C] {
	if m.inSlot {
		return &m.slot
	}
	if m.cur == nil || m.cur.next == nil && m.pos == m.end {
		return nil
	}
	return &m.cur.cells[m.pos]
}

// advance drops the current cell. It reports whether a block was worked off.
func (m *mailbox[C]) advance(k *blocks[C], p *Proc) bool {
	if m.inSlot {
		m.slot = cell[C]{}
		m.inSlot = false
		return false
	}
	m.cur.cells[m.pos] = cell[C]{}
	m.pos++
	switch {
	case m.cur.next == nil && m.pos == m.end:
		k.put(p, m.cur)
		m.cur, m.pos = nil, 0
		return true
	case m.pos == blockCells:
		b := m.cur
		m.cur, m.pos = b.next, 0
		k.put(p, b)
		return true
	}
	return false
}

// blocks is the pool of a kind's blocks. What is in use counts against its proc's MaxQueued.
type blocks[C any] struct {
	pool sync.Pool
	size int64 // bytes of one block
}

func (k *blocks[C]) get(p *Proc) *block[C] {
	if p.queued.Add(k.size) > p.maxQueued {
		p.queued.Add(-k.size)
		return nil
	}
	if b, ok := k.pool.Get().(*block[C]); ok {
		return b
	}
	return new(block[C])
}

// put gives back a block whose cells are zeroed.
func (k *blocks[C]) put(p *Proc, b *block[C]) {
	p.queued.Add(-k.size)
	b.next = nil
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
	room := make(chan struct{})
	sd.senders = append(sd.senders, room)
	c.unlock(s)
	if cx != nil {
		if err := cx.waitFor(edge{to: c, room: room}); err != nil {
			c.leaveRoom(room)
			return err
		}
		defer cx.waited(edge{to: c, room: room})
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
	sd := c.side.Load()
	for i, r := range sd.senders {
		if r == room {
			sd.senders = append(sd.senders[:i], sd.senders[i+1:]...)
			break
		}
	}
	c.unlock(s)
}

// admit wakes the senders that wait for room. It is called under the lock.
func (c *core) admit() {
	sd := c.side.Load()
	if sd == nil || len(sd.senders) == 0 {
		return
	}
	for _, room := range sd.senders {
		close(room)
	}
	sd.senders = nil
}
