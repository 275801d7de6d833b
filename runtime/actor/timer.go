package actor

import (
	"fmt"
	"sync"
	"time"
)

// A Timer sends to a port when its time comes: see After and Every.
type Timer struct {
	feed
	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// After sends m to a port once d has passed, not before the handler has returned if the port is the actor's own. It is the actor's:
// a restart does not change it, and if the actor ends first, m is not sent. The error is that of an actor that is ending, or of a port
// that leads nowhere.
func After[M any](ctx *Context, to Port[M], d time.Duration, m M) (*Timer, error) {
	return newTimer(ctx, to, d, ofActor, func(t *Timer) {
		if t.Stop() {
			deliver(&t.feed, to, m)
		}
	})
}

// Every sends m to a port each time that d has passed, from the first time on, until the incarnation ends: an Init that sets it
// sets it again after a restart. As with a time.Ticker a tick is left out while the one before has not been handled; that takes an actor of this proc.
// It ends by itself once the port leads to nobody any more. The error says that d is not positive, that the actor is ending, or that the port leads nowhere.
func Every[M any](ctx *Context, to Port[M], d time.Duration, m M) (*Timer, error) {
	if d <= 0 {
		return nil, NewError(CodeMisuse, fmt.Sprintf("a timer that ticks every %v: the time has to be positive", d), nil)
	}
	next := time.Now().Add(d)
	return newTimer(ctx, to, d, ofIncarnation, func(t *Timer) {
		t.mu.Lock()
		over := t.over
		t.mu.Unlock()
		if over || !t.full() && !deliver(&t.feed, to, m) {
			t.Stop()
			return
		}
		now := time.Now()
		next = next.Add(d)
		if late := now.Sub(next); late > 0 {
			next = next.Add(late.Truncate(d) + d)
		}
		t.mu.Lock()
		if !t.over {
			t.timer.Reset(next.Sub(now))
		}
		t.mu.Unlock()
	})
}

// newTimer makes a timer that calls fire when d has passed.
func newTimer[M any](ctx *Context, to Port[M], d time.Duration, s scope, fire func(*Timer)) (*Timer, error) {
	if to.IsZero() {
		return nil, errZeroPort("setting a timer")
	}
	t := &Timer{}
	if err := t.feed.start(ctx, s, 1, t); err != nil {
		return nil, fmt.Errorf("setting a timer: %w", err)
	}
	t.mu.Lock()
	if !t.over {
		t.timer = time.AfterFunc(d, func() { fire(t) })
	}
	t.mu.Unlock()
	return t, nil
}

// Stop ends the timer. It is false if that had ended already: it has fired, was stopped, or its actor has ended.
// What it has sent is not taken back.
func (t *Timer) Stop() bool {
	t.detach()
	return t.halt()
}

// halt reports whether this call was the one that ended the timer.
func (t *Timer) halt() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := !t.over
	t.over = true
	if t.timer != nil {
		t.timer.Stop()
	}
	return was
}

func (t *Timer) end(error) { t.halt() }
