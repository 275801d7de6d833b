package remote

import (
	"context"
	"slices"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A waiter is a Begin that waits for room in the buffer. Those who wait go in turn, each woken by the one before. While
// they are being woken others find room too, or every message would cost a wake-up; but if the first of them comes
// too late for that reason, all others queue up behind it.
type waiter struct{ turn chan struct{} }

// mustWait tells whether a call or cast has to wait. The lock is held.
func (l *link) mustWait() bool { return l.queued() > l.config.buffer || l.passed && len(l.waiting) > 0 }

// waitForRoom waits until it is this Begin's turn and there is room. The lock is held on entry and on success,
// and not after an error.
func (l *link) waitForRoom(ctx context.Context) error {
	w := &waiter{turn: make(chan struct{}, 1)}
	l.waiting = append(l.waiting, w)
	defer l.lendTurn(ctx)()
	for l.lost == nil && !l.closing && (l.waiting[0] != w || l.queued() > l.config.buffer) {
		l.mu.Unlock()
		var err error
		select {
		case <-w.turn:
		case <-ctx.Done():
			err = ctx.Err()
		}
		l.mu.Lock()
		if err != nil {
			l.leave(w)
			l.mu.Unlock()
			code := actor.CodeCanceled
			if err == context.DeadlineExceeded {
				code = actor.CodeDeadline
			}
			return actor.NewError(code, "waiting for room in the buffer of the link to proc "+l.remote.name+": "+err.Error(), err)
		}
		if l.waiting[0] == w && l.queued() > l.config.buffer {
			l.passed = true
		}
	}
	l.passed = false
	l.leave(w)
	return nil
}

// lendTurn tells the proc that ctx's handler waits, if it is a handler's. The lock is held.
func (l *link) lendTurn(ctx context.Context) (end func()) {
	l.mu.Unlock()
	end = actor.BeginWait(ctx)
	l.mu.Lock()
	return end
}

// leave takes w out of the queue, and lets the next one try.
func (l *link) leave(w *waiter) {
	if i := slices.Index(l.waiting, w); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	if l.queued() <= l.config.buffer {
		l.wakeFirst()
	}
}

func (l *link) wakeFirst() {
	if len(l.waiting) > 0 {
		select {
		case l.waiting[0].turn <- struct{}{}:
		default:
		}
	}
}

// wakeWaiting lets everybody who waits see that the link is lost, or closing.
func (l *link) wakeWaiting() {
	for _, w := range l.waiting {
		select {
		case w.turn <- struct{}{}:
		default:
		}
	}
}

// madeRoom is called when something was written. It wakes who waits once half of the buffer is free: each wake-up then
// serves many messages.
func (l *link) madeRoom() {
	if l.queued() > l.config.buffer/2 {
		return
	}
	l.wakeFirst()
	select {
	case l.room <- struct{}{}:
	default:
	}
}
