package actor

import (
	"context"
	"fmt"
)

// GenActor is one actor: S is its behavior, C its work cell. Generated handles hold it.
//
// What senders change comes first, with the beginning of the core, and what the turn's holder changes last: see core.
type GenActor[S, C any] struct {
	info *GenKind[S, C]
	mail mailbox[C] // under the lock
	core
	work  taken[C] // the turn's
	state S
	build func() S
}

// Handle returns the actor's control.
func (a *GenActor[S, C]) Handle() Handle {
	if a == nil {
		return Handle{}
	}
	return Handle{&a.core}
}

// Ref returns a value that names the actor from anywhere.
func (a *GenActor[S, C]) Ref() GenRef {
	if a == nil {
		return GenRef{}
	}
	return a.core.ref()
}

// ref returns the actor's ref and lets it be found by its number.
func (c *core) ref() GenRef {
	sd := c.sideOf()
	sd.mu.Lock()
	if !sd.exposed.Load() && !sd.finished {
		sd.exposed.Store(true)
		c.proc.serials.put(c.serial, c)
	}
	sd.mu.Unlock()
	return newRef(c.proc, target{id: c.id(), address: c.proc.Address()})
}

// exact tells that messages are taken one by one, so that the limit is kept to the message and the oldest
// can be dropped.
func (c *core) exact() bool { return c.config.full == FullDropOldest }

// fromLink is the context of messages from other procs: a link never waits.
var fromLink context.Context = linkContext{context.Background()}

type linkContext struct{ context.Context }

// reserve takes the lock and a free cell, waiting for room if the policy says so. Without a cell the lock is not
// held; without an error either, the message is to be dropped.
func (a *GenActor[S, C]) reserve(ctx context.Context, cx *Context, op uint16) (*cell[C], error) {
	fed := cx != nil && cx.feed != nil
	for {
		s := a.lock()
		if s&(closing|ended) != 0 {
			a.unlock(s)
			return nil, errGone(&a.core, op)
		}
		if a.waitingFull() && !fed {
			if done := a.consumed.Load(); int32(done-a.seen) > 0 {
				a.seen = done
			}
			if a.waitingFull() {
				switch a.config.full {
				case FullBlock:
					if ctx == fromLink {
						break
					}
					if err := a.waitForRoom(ctx, s, cx, a.info.what(op)); err != nil {
						return nil, err
					}
					continue
				case FullDropNewest:
					a.unlock(s)
					return nil, nil
				case FullDropOldest:
					a.evict(s)
					continue
				}
				a.unlock(s)
				return nil, errFull(&a.core, op)
			}
		}
		c := a.mail.reserve(&a.info.blocks, a.proc)
		if c == nil {
			a.unlock(s)
			return nil, NewError(CodeMailboxFull, fmt.Sprintf(
				"%s: proc %s holds %d bytes of mail already (MaxQueued)", a.info.what(op), a.proc.name, a.proc.maxQueued), nil)
		}
		if fed {
			a.limit++ // until it is worked off
		}
		return c, nil
	}
}

// waitingFull tells whether as many messages wait as may, for all that the senders know. It is called under the lock.
func (c *core) waitingFull() bool { return int32(c.count-c.seen) >= int32(c.limit) }

// commit ends what reserve began: the message is queued.
func (c *core) commit(w *worker) {
	c.count++
	s := c.st.Load() &^ locked
	c.st.Store(s | held | queued)
	if s&held == 0 {
		c.proc.sched.schedule(c, w)
	}
}

// evict drops the oldest message. It is called with the lock, and has given it up when it returns.
func (a *GenActor[S, C]) evict(s uint32) {
	var oldest cell[C]
	a.mail.dequeue(&a.info.blocks, &oldest)
	a.seen++
	if a.seen == a.count {
		s &^= queued
	}
	a.unlock(s)
	a.undelivered(oldest.from, oldest.extra, oldest.op, &oldest.args, errFull(&a.core, oldest.op))
}

// drop reports everything in the mailbox undelivered. The caller has the turn.
func (a *GenActor[S, C]) drop() {
	a.dropTaken()
	a.dropQueue()
}

// clear is drop for another reason than the actor's end.
func (a *GenActor[S, C]) clear(err *Error) (dropped int) {
	taken := a.report(&a.work, err)
	queued := a.reportQueue(err)
	a.worked += uint32(taken + queued) // as if handled: they do not wait any more
	a.consumed.Store(a.worked)
	if a.exact() {
		s := a.lock()
		a.seen += uint32(queued)
		a.unlock(s)
	}
	return taken + queued
}

// dropTaken reports undelivered what the turn's holder has taken. The caller has the turn.
func (a *GenActor[S, C]) dropTaken() {
	a.report(&a.work, nil)
}

// report reports undelivered what t holds; without an error because the actor is gone.
func (a *GenActor[S, C]) report(t *taken[C], err *Error) (dropped int) {
	for c := t.current(); c != nil; c = t.current() {
		if err == nil {
			err = errGoneText(&a.core)
		}
		a.undelivered(c.from, c.extra, c.op, &c.args, err)
		t.advance(&a.info.blocks)
		dropped++
	}
	t.release(&a.info.blocks)
	return dropped
}

// dropQueue reports undelivered what the turn's holder has not taken.
func (a *GenActor[S, C]) dropQueue() { a.reportQueue(nil) }

func (a *GenActor[S, C]) reportQueue(err *Error) (dropped int) {
	s := a.lock()
	var slot cell[C]
	var rest taken[C]
	a.mail.moveTo(&rest, &slot)
	a.mail.release(&a.info.blocks)
	a.admit()
	a.unlock(s &^ queued)
	return a.report(&rest, err)
}
