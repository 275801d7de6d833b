package remote

import (
	"context"
	"slices"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A lobby is where the Begins of one class of messages wait for room in the buffer. Those who wait go in turn, each woken by the one before. While
// they are being woken others find room too, or every message would cost a wake-up; but if the first of them comes
// too late for that reason, all others queue up behind it.
type lobby struct {
	limit   int // bytes in the buffer above which one waits
	waiting []*waiter
	passed  bool // others have gone before the first that waits
}

type waiter struct{ turn chan struct{} }

// The values of sessions wait while less is in the buffer than calls and casts do, so that a call does not come behind all that thousands of
// sessions have room for.
const valuesShare = 32

// lobbyOf returns where messages of kind k wait, nil if they do not: those answer something, or make room, and there is no room for more to answer until
// they are away.
func (l *link) lobbyOf(k actor.MessageKind) *lobby {
	switch k {
	case actor.MessageCall, actor.MessageCast:
		return &l.messages
	case actor.MessageIn, actor.MessageOut:
		return &l.values
	}
	return nil
}

// mustWait tells whether a message of the class has to wait. The lock is held.
func (l *link) mustWait(r *lobby) bool { return l.queued() > r.limit || r.passed && len(r.waiting) > 0 }

// waitForRoom waits until it is this Begin's turn and there is room. The lock is held on entry and on success,
// and not after an error.
func (l *link) waitForRoom(ctx context.Context, r *lobby) error {
	end, err := l.lendTurn(ctx)
	if err != nil {
		l.mu.Unlock()
		return err
	}
	defer end()
	w := &waiter{turn: make(chan struct{}, 1)}
	r.waiting = append(r.waiting, w)
	for l.lost == nil && !l.closing && (r.waiting[0] != w || l.queued() > r.limit) {
		l.mu.Unlock()
		select {
		case <-w.turn:
		case <-ctx.Done():
			err = ctx.Err()
		}
		l.mu.Lock()
		if err != nil {
			l.leave(w, r)
			l.mu.Unlock()
			code := actor.CodeCanceled
			if err == context.DeadlineExceeded {
				code = actor.CodeDeadline
			}
			return actor.NewError(code, "waiting for room in the buffer of the link to proc "+l.remote.name+": "+err.Error(), err)
		}
		if r.waiting[0] == w && l.queued() > r.limit {
			r.passed = true
		}
	}
	r.passed = false
	l.leave(w, r)
	return nil
}

// lendTurn tells the proc that ctx's handler waits, if it is a handler's. An error is that of the Begin. The lock is held.
func (l *link) lendTurn(ctx context.Context) (end func(), err error) {
	l.mu.Unlock()
	defer l.mu.Lock()
	return actor.BeginWait(ctx)
}

// leave takes w out of the queue, and lets the next one try.
func (l *link) leave(w *waiter, r *lobby) {
	switch i := slices.Index(r.waiting, w); i {
	case -1:
	case 0: // as a rule, and there may be thousands
		r.waiting[0] = nil
		r.waiting = r.waiting[1:]
	default:
		r.waiting = slices.Delete(r.waiting, i, i+1)
	}
	if l.queued() <= r.limit {
		r.wakeFirst()
	}
}

func (r *lobby) wakeFirst() {
	if len(r.waiting) > 0 {
		r.waiting[0].wake()
	}
}

func (w *waiter) wake() {
	select {
	case w.turn <- struct{}{}:
	default:
	}
}

// wakeWaiting lets everybody who waits see that the link is lost, or closing.
func (l *link) wakeWaiting() {
	for _, r := range []*lobby{&l.messages, &l.values} {
		for _, w := range r.waiting {
			w.wake()
		}
	}
}

// madeRoom is called when something was written. It wakes who waits once half of the room is free: each wake-up then
// serves many messages.
func (l *link) madeRoom() {
	for _, r := range [...]*lobby{&l.values, &l.messages} {
		if l.queued() <= r.limit/2 {
			r.wakeFirst()
		}
	}
	if l.queued() > l.config.buffer/2 {
		return
	}
	select {
	case l.room <- struct{}{}:
	default:
	}
}
