package actor_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func TestBugStopNowEndsAfterTheMessageInTheBatch(t *testing.T) {
	var lost atomic.Int64
	p := newProc(t, quiet, actor.OnUndelivered(func(*actor.Undelivered) { lost.Add(1) }))
	g := spawnGate(t, p)
	release := hold(t, g)
	var ran atomic.Int64
	for i := range 10 {
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
			ran.Add(1)
			if i == 2 {
				cx.Self().Stop(actor.StopNow, nil)
			}
			return nil
		}))
	}
	release()
	g.Actor().Wait(soon(t))
	if ran.Load() != 3 || lost.Load() != 7 {
		t.Errorf("ran %d, undelivered %d", ran.Load(), lost.Load())
	}
}

func TestBugRestartByHandInTheBatch(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	release := hold(t, g)
	var inc []actor.UUID
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Add(1)
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
			defer wg.Done()
			inc = append(inc, cx.Incarnation())
			if i == 2 {
				cx.Self().Restart(nil)
			}
			return nil
		}))
	}
	release()
	await(t, &wg, "x")
	for i := range 10 {
		if (inc[i] == inc[0]) != (i <= 2) {
			t.Error(i, inc[i] == inc[0])
		}
	}
}

func TestBugKillInBackoffReportsTheRestOfTheBatch(t *testing.T) {
	var lost atomic.Int64
	p := newProc(t, quiet, actor.OnUndelivered(func(*actor.Undelivered) { lost.Add(1) }))
	g := spawnGate(t, p, actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Hour)}))
	release := hold(t, g)
	for i := range 10 {
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
			if i == 2 {
				return errBoom
			}
			return nil
		}))
	}
	release()
	for s := range g.Actor().Watch(soon(t)) {
		if s.State == actor.StateRestarting {
			break
		}
	}
	g.Actor().Stop(actor.StopKill, nil)
	g.Actor().Wait(soon(t))
	if lost.Load() != 7 {
		t.Errorf("undelivered %d, want 7; drops %v", lost.Load(), p.Drops())
	}
}

func TestBugConcurrentStops(t *testing.T) {
	p := newProc(t, quiet)
	for range 300 {
		g := spawnCounter(t, p)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { g.Actor().Stop(actor.StopMode(1+i%3), fmt.Errorf("%d", i)) })
		}
		await(t, &wg, "stops")
		_, err := g.Actor().Wait(soon(t))
		ok(t, err)
	}
}

func TestBugConcurrentStopsWithChildrenAndCleanup(t *testing.T) {
	p := newProc(t, quiet)
	for range 300 {
		var cleaned atomic.Int64
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned.Add(1); return errBoom }})
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			spawnGate(t, cx)
			spawnGate(t, cx)
			return nil
		}))
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { g.Actor().Stop(actor.StopMode(1+i%3), fmt.Errorf("%d", i)) })
		}
		wg.Go(func() { g.Actor().Restart(nil) })
		await(t, &wg, "stops")
		_, err := g.Actor().Wait(soon(t))
		ok(t, err)
	}
}

func TestBugWithHeaderContextEnds(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	var kept context.Context
	ok(t, g.Post(context.Background(), func(cx *actor.Context) error { kept = actor.WithHeader(cx, "a", "b"); return nil }))
	flush(t, g)
	if kept.Err() == nil {
		t.Error("a context made with WithHeader lives on after the handler")
	}
}

func TestBugEnsureWhileProcCloses(t *testing.T) {
	for range 200 {
		p := newProc(t, quiet)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				sample.EnsureGate(p, "x", func() *sample.Gate { return &sample.Gate{} })
			})
		}
		wg.Go(func() { p.Close() })
		await(t, &wg, "Ensure")
	}
}

func TestBugTwoChildrenFailAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	for range 300 {
		g := spawnGate(t, p, actor.OnFailure(actor.Restart{Max: actor.Unlimited, Backoff: actor.NoBackoff}))
		var a, b sample.GateHandle
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			a = spawnGate(t, cx, actor.OnFailure(actor.Escalate))
			b = spawnGate(t, cx, actor.OnFailure(actor.Escalate))
			return nil
		}))
		var wg sync.WaitGroup
		for _, c := range []sample.GateHandle{a, b} {
			wg.Go(func() { c.Do(soon(t), func(*actor.Context) error { return actor.Fatal(errBoom) }) })
		}
		await(t, &wg, "failures")
		a.Actor().Wait(soon(t))
		b.Actor().Wait(soon(t))
		flush(t, g)
		flush(t, g)
		if n := g.Actor().Status().Restarts; n != 1 {
			t.Errorf("%d restarts", n)
		}
		g.Actor().Stop(actor.StopKill, nil)
	}
}

func TestBugFramesAcrossBubbles(t *testing.T) {
	once := func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g := spawnGate(t, p)
		for range 10 {
			if s, err := g.Echo(context.Background(), "x"); s != "x" || err != nil {
				t.Error(s, err)
			}
		}
	}
	once(t)
	for range 3 {
		synctest.Test(t, once)
		once(t)
	}
}

func TestBugCallCancelledInTheQueueNeverRuns(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	var ran atomic.Int64
	for range 200 {
		release := hold(t, g)
		ctx, cancel := context.WithCancel(context.Background())
		done := queue(t, ctx, g, 1, func(*actor.Context) error { ran.Add(1); return nil })
		cancel()
		release()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		flush(t, g)
	}
	if ran.Load() > 0 {
		t.Error(ran.Load(), "ran")
	}
}

func TestBugFailuresKnownWhenDone(t *testing.T) {
	p := newProc(t, quiet)
	for i := range 200 {
		g := spawnGate(t, p, actor.OnFailure(actor.Escalate))
		g.Do(soon(t), func(*actor.Context) error { return actor.Fatal(errBoom) })
		g.Actor().Wait(soon(t))
		if n := len(p.Failures()); n != i+1 {
			t.Fatal(n, i+1)
		}
	}
}

func TestBugStopActorRootIsInFailures(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
	g.Do(soon(t), func(*actor.Context) error { return actor.Fatal(errBoom) })
	g.Actor().Wait(soon(t))
	if n := len(p.Failures()); n != 1 {
		t.Fatal(n)
	}
}

func TestBugMailboxOfOne(t *testing.T) {
	p := newProc(t, quiet)
	for policy := actor.FullReject; policy <= actor.FullDropOldest; policy++ {
		g := spawnGate(t, p, actor.MailboxSize(1), actor.OnFull(policy))
		release := hold(t, g)
		var ran atomic.Int64
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		err := g.Post(ctx, func(*actor.Context) error { ran.Add(1); return nil })
		cancel()
		release()
		flush(t, g)
		t.Log(policy, "one waiting: ", err, "ran", ran.Load())
	}
}

func TestBugFalseCircleByRoom(t *testing.T) {
	p := newProc(t, quiet)
	for range 200 {
		a := spawnGate(t, p)
		b := spawnGate(t, p, actor.MailboxSize(2), actor.OnFull(actor.FullBlock))
		release := hold(t, b)
		ok(t, b.Post(context.Background(), func(cx *actor.Context) error { return nil }))
		// a waits for room in b
		inA := make(chan struct{})
		done := begin(func() error {
			return a.Do(soon(t), func(cx *actor.Context) error {
				close(inA)
				return b.Post(cx, func(*actor.Context) error { return nil })
			})
		})
		<-inA
		for range 100 {
			time.Sleep(10 * time.Microsecond)
		}
		var err error
		_ = err
		release()
		ok(t, <-done)
		_ = err
	}
}

func TestBugFalseCircleAfterAnswer(t *testing.T) {
	p := newProc(t, quiet)
	a, b := spawnGate(t, p), spawnGate(t, p)
	for range 20000 {
		second := make(chan error, 1)
		ok(t, a.Do(soon(t), func(cx *actor.Context) error {
			return b.Do(cx, func(cx *actor.Context) error {
				return b.Post(cx, func(cx *actor.Context) error {
					_, err := a.Echo(cx, "x")
					second <- err
					return nil
				})
			})
		}))
		if err := <-second; err != nil {
			t.Fatal(err)
		}
	}
}
