package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A lostAndFound keeps what was reported undelivered.
type lostAndFound struct {
	mu  sync.Mutex
	all []*actor.Undelivered
}

func (l *lostAndFound) add(u *actor.Undelivered) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, u)
}

func (l *lostAndFound) list() []*actor.Undelivered {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

func (l *lostAndFound) option() actor.ProcOption { return actor.OnUndelivered(l.add) }

// parity: BT51
func TestUndeliveredTellsWhatWasLostAndWhy(t *testing.T) {
	for mode, name := range map[actor.StopMode]string{actor.StopNow: "now", actor.StopKill: "kill"} {
		t.Run(name, func(t *testing.T) {
			var lost lostAndFound
			p := newProc(t, quiet, lost.option())
			h := spawnRecorder(t, p, "c", nil)
			release := holdCounter(t, h)
			ctx := context.Background()
			ok(t, h.Add(ctx, 7))
			ok(t, h.Note(ctx, "text"))
			ok(t, h.Move(ctx, "a", "b", 3))
			ok(t, h.Load(ctx, sample.Big{Name: "big"}))
			h.Actor().Stop(mode, errBoom)
			if mode == actor.StopNow {
				release()
			}
			_, err := h.Actor().Wait(soon(t))
			ok(t, err)
			all := lost.list()
			if len(all) != 4 {
				t.Fatalf("%d reports", len(all))
			}
			handlers := []string{"Add", "Note", "Move", "Load"}
			for i, u := range all {
				if u.To != h.Actor().ID() || u.Target != "sample.Counter c" || u.Handler != "sample.Counter."+handlers[i] {
					t.Errorf("report %d: %+v", i, u)
				}
				if !errors.Is(u.Err, actor.ErrStopped) || !errors.Is(u.Err, errBoom) {
					t.Errorf("report %d: %v", i, u.Err)
				}
				wantText(t, u.Err, "sample.Counter c has stopped", "boom")
			}
			if all[0].Args != int64(7) || all[1].Args != "text" {
				t.Errorf("arguments %v and %v", all[0].Args, all[1].Args)
			}
			if a, is := all[2].Args.(sample.CounterMoveArgs); !is || a.From != "a" || a.To != "b" || a.N != 3 {
				t.Errorf("arguments of Move: %#v", all[2].Args)
			}
			if b, is := all[3].Args.(sample.Big); !is || b.Name != "big" {
				t.Errorf("arguments of Load: %#v", all[3].Args)
			}
			if n := p.Drops()[actor.CodeStopped]; n != 4 || len(p.Drops()) != 1 {
				t.Errorf("drops %v", p.Drops())
			}
		})
	}
}

// parity: B64, BT14, BT51
// An actor that fails for good says so of what it had not handled, and to who sends later.
func TestUndeliveredTellsOfAFailure(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option())
	h := spawnRecorder(t, p, "c", nil, actor.OnFailure(actor.StopActor))
	release := holdCounter(t, h)
	ok(t, h.Move(soon(t), "a", "b", -1)) // fails
	ok(t, h.Add(soon(t), 7))
	release()
	s, err := h.Actor().Wait(soon(t))
	ok(t, err)
	all := lost.list()
	if s.State != actor.StateFailed || len(all) != 1 || all[0].To != h.Actor().ID() || all[0].Args != int64(7) {
		t.Fatalf("%+v, reports %+v", s, all)
	}
	for _, err := range []error{all[0].Err, h.Add(soon(t), 8)} {
		var much *sample.TooMuch
		if !errors.Is(err, actor.ErrStopped) || !errors.As(err, &much) {
			t.Error(err)
		}
		wantText(t, err, "sample.Counter c has stopped", "too much")
	}
}

// parity: B62, BT52
// Without the hook what is lost is counted, whatever the reason, and its sender goes on.
func TestSenderWithoutTheHookGoesOn(t *testing.T) {
	p := newProc(t, quiet)
	sender, _ := spawnWarden(t, p, takeIt, escalates)
	held, gone := spawnGate(t, p), spawnGate(t, p)
	to, values := actor.OpenPort[int](p)
	release := hold(t, held)
	gone.Actor().Stop(actor.StopNow, nil)
	ended(t, gone)
	ok(t, sender.Do(soon(t), func(cx *actor.Context) error {
		wantCode(t, gone.Post(cx, nop), actor.CodeStopped)
		return errors.Join(held.Post(cx, nop), to.Send(cx, 1))
	}))
	held.Actor().Stop(actor.StopNow, nil)
	release()
	ended(t, held)
	values.Close()
	ok(t, sender.Do(soon(t), func(cx *actor.Context) error {
		wantCode(t, to.Send(cx, 2), actor.CodeStopped)
		return nil
	}))
	aliveAs(t, sender, 0)
	if drops := p.Drops(); drops[actor.CodeStopped] != 2 || len(drops) != 1 {
		t.Errorf("drops %v", drops)
	}
}

func TestUndeliveredGoesToTheSendingActor(t *testing.T) {
	var others lostAndFound
	p := newProc(t, quiet, others.option())
	told := make(chan *actor.Undelivered, 10)
	sender := spawnGateAs(t, p, sample.Gate{OnLost: func(u *actor.Undelivered) { told <- u }})
	g := spawnGate(t, p)
	release := hold(t, g)
	nop := func(*actor.Context) error { return nil }
	ok(t, sender.Do(soon(t), func(cx *actor.Context) error {
		// By a derived context it is the same sender.
		return errors.Join(g.Post(cx, nop), g.Post(actor.WithHeader(cx, "k", "v"), nop))
	}))
	ok(t, g.Post(context.Background(), nop))
	g.Actor().Stop(actor.StopNow, nil)
	release()
	for range 2 {
		u := receive(t, told, "the report")
		if u.To != g.Actor().ID() || !errors.Is(u.Err, actor.ErrStopped) {
			t.Errorf("%+v", u)
		}
	}
	ended(t, g)
	flush(t, sender)
	if n := len(others.list()); n != 1 || len(told) > 0 {
		t.Errorf("%d reports to the proc, %d more to the actor", n, len(told))
	}
	if n := p.Drops()[actor.CodeStopped]; n != 3 {
		t.Errorf("drops %v", p.Drops())
	}
}

// What an actor sent that has ended meanwhile is not told to OnUndelivered, which is for senders that are no actors: the proc
// logs and counts it.
func TestUndeliveredOfAnActorThatHasEndedIsCounted(t *testing.T) {
	var others lostAndFound
	p := newProc(t, quiet, others.option())
	g := spawnGate(t, p)
	release := hold(t, g)
	gone := spawnGateAs(t, p, sample.Gate{OnLost: func(*actor.Undelivered) { t.Error("told after its end") }})
	ok(t, gone.Do(soon(t), func(cx *actor.Context) error {
		return g.Post(cx, func(*actor.Context) error { return nil })
	}))
	gone.Actor().Stop(actor.StopNow, nil)
	_, err := gone.Actor().Wait(soon(t))
	ok(t, err)
	g.Actor().Stop(actor.StopNow, nil)
	release()
	_, err = g.Actor().Wait(soon(t))
	ok(t, err)
	if len(others.list()) != 0 {
		t.Errorf("OnUndelivered was told of an actor's message: %+v", others.list()[0])
	}
	if n := p.Drops()[actor.CodeStopped]; n != 1 {
		t.Errorf("drops %v", p.Drops())
	}
}

func TestUndeliveredFromTheSendersOwnMailbox(t *testing.T) {
	var others lostAndFound
	p := newProc(t, quiet, others.option())
	g := spawnGateAs(t, p, sample.Gate{OnLost: func(*actor.Undelivered) { t.Error("an actor that has ended was told") }})
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		cx.Self().Stop(actor.StopNow, nil)
		return nil
	}))
	_, err := g.Actor().Wait(soon(t))
	ok(t, err)
	// A message to itself that waits when it stops is counted.
	g = spawnGate(t, p)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		err := g.Post(cx, func(*actor.Context) error { t.Error("ran"); return nil })
		cx.Self().Stop(actor.StopNow, nil)
		return err
	}))
	_, err = g.Actor().Wait(soon(t))
	ok(t, err)
	if n := p.Drops()[actor.CodeStopped]; n != 1 {
		t.Errorf("drops %v", p.Drops())
	}
}

// parity: BT52
// The hook is a turn as any other: its failure is the actor's.
func TestHandleUndeliveredFails(t *testing.T) {
	p := newProc(t, quiet)
	told := make(chan struct{}, 10)
	sender := spawnGateAs(t, p, sample.Gate{OnLost: func(*actor.Undelivered) { told <- struct{}{}; panic("boom") }}, atOnce)
	lose := func() {
		g := spawnGate(t, p)
		release := hold(t, g)
		ok(t, sender.Do(soon(t), func(cx *actor.Context) error {
			return g.Post(cx, func(*actor.Context) error { return nil })
		}))
		g.Actor().Stop(actor.StopKill, nil)
		release()
	}
	for i := range 3 {
		lose()
		receive(t, told, "the report")
		flush(t, sender)
		if n := sender.Actor().Status().Restarts; n != i+1 {
			t.Errorf("%d restarts after %d failed hooks", n, i+1)
		}
	}
}

// A call that was lost is its caller's: it is answered, and neither reported nor counted.
func TestLostCallIsAnsweredNotReported(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option())
	g := spawnGate(t, p)
	release := hold(t, g)
	done := queue(t, soon(t), g, 5, func(*actor.Context) error { return nil })
	g.Actor().Stop(actor.StopNow, errBoom)
	release()
	for range 5 {
		err := receive(t, done, "the answer")
		if !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
			t.Error(err)
		}
		wantText(t, err, "sample.Gate.Do", "has stopped", "boom")
	}
	g.Actor().Wait(soon(t))
	if len(lost.list()) != 0 || len(p.Drops()) != 0 {
		t.Errorf("reports %v, drops %v", lost.list(), p.Drops())
	}
}

// What is queued when the proc is shut down is handled, unless the time is up: then it is counted.
func TestUndeliveredAtShutdown(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option())
	g := spawnGate(t, p)
	release := hold(t, g)
	for range 10 {
		ok(t, g.Post(context.Background(), func(*actor.Context) error { return nil }))
	}
	ok(t, p.Close())
	release()
	if len(lost.list()) != 10 || p.Drops()[actor.CodeStopped] != 10 {
		t.Errorf("%d reports, drops %v", len(lost.list()), p.Drops())
	}
}
