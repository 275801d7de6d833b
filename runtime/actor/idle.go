package actor

import (
	"fmt"
	"time"
)

// StopWhenIdle stops the actor, as by StopDrain, once it has had nothing to do for d: no message has come, no child lives, no task
// runs, and no timer that was set by After waits. It ends between d and one and a half times d after its last message. Who sends to it later gets
// ErrStopped, and spawns it again, as Ensure… does; a message that was accepted is never lost by it.
//
// Calls of such an actor do not run inline.
func StopWhenIdle(d time.Duration) SpawnOption {
	return spawnOption(func(c *spawnConfig) { c.idle = max(d, 0) })
}

// watchIdle begins to look, twice in d, whether the actor has been idle. Messages do not pay for it: what is compared is how many have
// been accepted.
func (c *core) watchIdle() {
	d := c.config.idle
	if d == 0 {
		return
	}
	look := max(d/2, 1)
	last, looks := uint32(0), 0
	sd := c.sideOf()
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if sd.finished {
		return
	}
	sd.attachments().idle = time.AfterFunc(look, func() {
		needed := c.needed(sd) // only a turn could change that, and then it is held, or count has changed
		c.stopIf(StopDrain, NewError(CodeStopped, fmt.Sprintf("%s has been idle for %v", c.label(), d), nil), func(s uint32) bool {
			switch {
			case s&(held|queued|closing) != 0 || needed || c.hasStrands():
				last, looks = c.count, -1 // when that ends is not known: the next look tells at least that it has
			case c.count != last:
				last, looks = c.count, 0
			default:
				looks++
			}
			return looks >= 2
		})
		sd.mu.Lock()
		defer sd.mu.Unlock()
		if !sd.finished && sd.stop == 0 {
			sd.attached.idle.Reset(look)
		}
	})
}

// needed tells whether an actor without mail has something to wait for.
func (c *core) needed(sd *side) bool {
	sd.mu.Lock()
	l := sd.attached
	busy := l != nil && (l.first[ofActor] != nil || !l.noTasks(ofActor))
	sd.mu.Unlock()
	return busy || len(c.children()) > 0
}

// stopIdleTimer ends what watchIdle has begun.
func (c *core) stopIdleTimer(sd *side) {
	sd.mu.Lock()
	defer sd.mu.Unlock()
	if l := sd.attached; l.idle != nil {
		l.idle.Stop()
	}
}
