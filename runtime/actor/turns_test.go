package actor_test

import (
	"bytes"
	"context"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Calls, casts and inline calls of eight goroutines change the actor's state without a lock: the race detector, and the
// sum, would tell of two turns at once.
func TestOneHandlerRunsAtATime(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p, actor.MailboxSize(1<<16))
	inside, sum := 0, 0
	step := func(*actor.Context) error {
		if inside++; inside != 1 {
			t.Errorf("%d handlers at once", inside)
		}
		if sum++; sum%8 == 0 {
			runtime.Gosched() // a chance for another
		}
		inside--
		return nil
	}
	const senders, rounds = 8, 500
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range rounds {
				if err := g.Do(context.Background(), step); err != nil {
					t.Error(err)
				}
				if err := g.Post(context.Background(), step); err != nil {
					t.Error(err)
				}
				if err := g.DoInline(context.Background(), step); err != nil {
					t.Error(err)
				}
			}
		})
	}
	await(t, &wg, "the senders")
	flush(t, g)
	ok(t, g.Do(soon(t), func(*actor.Context) error {
		if sum != 3*senders*rounds {
			t.Errorf("%d messages handled, want %d", sum, 3*senders*rounds)
		}
		return nil
	}))
}

func TestInlineCallRunsOnTheCallersGoroutineIfIdle(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ok(t, g.DoInline(context.Background(), func(cx *actor.Context) error {
		if cx.Self() != g.Actor() {
			t.Errorf("the context is that of %v", cx.Self())
		}
		if !g.Actor().Status().Busy {
			t.Error("the status does not tell that the actor is busy")
		}
		if !bytes.Contains(debug.Stack(), []byte(t.Name())) {
			t.Error("the handler runs on another goroutine")
		}
		return nil
	}))
}

func TestInlineCallWaitsForItsTurnIfBusy(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	release := hold(t, g)
	var order []int
	ok(t, g.Post(context.Background(), func(*actor.Context) error { order = append(order, 1); return nil }))
	inside := make(chan struct{})
	done := begin(func() error {
		return g.DoInline(&enteringContext{Context: soon(t), inside: inside}, func(*actor.Context) error {
			order = append(order, 2)
			return nil
		})
	})
	closed(t, inside, "the inline call to wait")
	release()
	ok(t, receive(t, done, "the inline call"))
	if len(order) != 2 || order[0] != 1 {
		t.Errorf("handled in the order %v", order)
	}
}

func TestBlockedHandlerHoldsUpItsOwnActorOnly(t *testing.T) {
	p := newProc(t)
	for range 20 {
		hold(t, spawnGate(t, p))
	}
	for range 20 {
		flush(t, spawnGate(t, p))
	}
}

func TestHandlerMayCallManyActorsFromItsGoroutines(t *testing.T) {
	p := newProc(t)
	a := spawnGate(t, p)
	var others [16]sample.GateHandle
	for i := range others {
		others[i] = spawnGate(t, p)
	}
	ok(t, a.Do(soon(t), func(cx *actor.Context) error {
		var wg sync.WaitGroup
		for _, o := range others {
			wg.Go(func() {
				for range 50 {
					if s, err := o.Echo(cx, "x"); s != "x" || err != nil {
						t.Errorf("%q, %v", s, err)
						return
					}
				}
			})
		}
		wg.Wait()
		return nil
	}))
}

// parity: CT38, CT41
// Who calls gets the answer to what it has sent: one call after the other, all at once, and from within a handler.
func TestEachCallerGetsItsOwnAnswer(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	ask := func(text string) {
		if s, err := g.Echo(soon(t), text); s != text || err != nil {
			t.Errorf("%q: %q, %v", text, s, err)
		}
		if s, err := other.Meet(soon(t), g.Ref(), text); s != text || err != nil {
			t.Errorf("%q, by another actor: %q, %v", text, s, err)
		}
	}
	var wg sync.WaitGroup
	for i := range 10 {
		ask(strconv.Itoa(i))
		wg.Go(func() { ask(strconv.Itoa(100 + i)) })
	}
	await(t, &wg, "the callers")
	_, err := g.Trade(soon(t), bigOne("big"))
	ok(t, err)
	if back, err := g.Trade(soon(t), sample.Big{}); !reflect.DeepEqual(back, bigOne("big")) || err != nil {
		t.Errorf("%+v, %v", back, err)
	}
}

// parity: BT1, BT40
func TestStatusTellsWhetherTheActorIsBusy(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	flush(t, g)
	release := hold(t, g)
	if s := g.Actor().Status(); s.State != actor.StateRunning || !s.Busy {
		t.Errorf("while a handler runs: %+v", s)
	}
	release()
	flush(t, g)
	// The turn is given up soon after the last answer.
	for s := g.Actor().Status(); s.Busy; s = g.Actor().Status() {
		if s.State != actor.StateRunning {
			t.Fatalf("%+v", s)
		}
	}
}

// A handler may use all of its actor: the goroutine it runs on changes from message to message, the state is one.
func TestStateIsSeenByEveryTurn(t *testing.T) {
	p := newProc(t)
	var gates [50]sample.GateHandle
	counts := make([]int, len(gates))
	for i := range gates {
		gates[i] = spawnGate(t, p)
	}
	for range 100 {
		for i, g := range gates {
			ok(t, g.Post(context.Background(), func(*actor.Context) error { counts[i]++; return nil }))
		}
	}
	for i, g := range gates {
		flush(t, g)
		if counts[i] != 100 {
			t.Errorf("actor %d handled %d of 100", i, counts[i])
		}
	}
}
