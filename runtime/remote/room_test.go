package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A handler that has waited for room goes on in its actor's turn, which may take its time: these are about the room meanwhile.

// returning plays such a handler, from when it has room: it is before those behind it. meanwhile is called while it waits for its turn.
func returning(ctx context.Context, l *link, meanwhile func(), behind ...*waiter) error {
	w := &waiter{turn: make(chan struct{}, 1)}
	l.mu.Lock()
	l.values.waiting = append([]*waiter{w}, behind...)
	err := l.awaitTurn(ctx, &l.values, w, meanwhile)
	if err == nil {
		l.mu.Unlock()
	}
	return err
}

// wouldWait tells whether a value would have to wait for room.
func wouldWait(l *link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mustWait(&l.values)
}

func value() actor.Envelope { return actor.Envelope{Kind: actor.MessageOut, Call: 1} }

// Others do not take the room that it has waited for.
func TestRoomIsKeptForAHandlerThatWaitsForItsTurn(t *testing.T) {
	a, _, _ := stuck(t, "pipe", Buffer(minBuffer))
	if err := send(a, value(), strings.Repeat("x", 3*minBuffer/valuesShare/4)); err != nil {
		t.Fatal(err)
	}
	if wouldWait(a) {
		t.Fatal("there is no room for one more")
	}
	if err := returning(t.Context(), a, func() {
		if !wouldWait(a) {
			t.Error("there is room for another one")
		}
	}); err != nil {
		t.Fatal(err)
	}
	if wouldWait(a) {
		t.Error("the room is kept still")
	}
}

// Who comes after it goes before it, if there is room for both.
func TestHandlerThatWaitsForItsTurnHoldsUpNobody(t *testing.T) {
	a, _, _ := stuck(t, "pipe", Buffer(minBuffer))
	next := &waiter{turn: make(chan struct{}, 1)}
	if err := returning(t.Context(), a, func() {
		if len(next.turn) == 0 {
			t.Error("the next one still waits")
		}
	}, next); err != nil {
		t.Fatal(err)
	}
}

// It may send nothing after all, and nobody waits for what was kept for it.
func TestRoomThatWasKeptForNothingIsAnothers(t *testing.T) {
	a, _, _, atB := linked(t, "tcp", Buffer(minBuffer))
	if err := send(a, value(), strings.Repeat("x", 2*minBuffer)); err != nil { // so that the room for one like it is all that there is
		t.Fatal(err)
	}
	<-atB.got
	for queued := 1; queued > 0; {
		queued, _ = a.backlog()
	}
	ctx, leave := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	err := returning(ctx, a, func() {
		go func() { sent <- send(a, value(), "") }()
		for waiting := 0; waiting == 0; {
			a.mu.Lock()
			waiting = len(a.values.waiting)
			a.mu.Unlock()
		}
		leave()
	})
	if actor.CodeOf(err) != actor.CodeCanceled {
		t.Errorf("the one that has left gets %v", err)
	}
	select {
	case err := <-sent:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("another one waits for room still")
	}
}
