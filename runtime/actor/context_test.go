package actor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func TestCallEndsWithItsContextThoughTheHandlerHangs(t *testing.T) {
	p := newProc(t)
	for name, call := range map[string]func(sample.GateHandle, context.Context, func(*actor.Context) error) error{
		"call":   sample.GateHandle.Do,
		"inline": sample.GateHandle.DoInline, // on a busy actor it is a call as any other
	} {
		t.Run(name, func(t *testing.T) {
			g := spawnGate(t, p)
			if name == "inline" {
				hold(t, g)
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			running, release := make(chan struct{}), make(chan struct{})
			defer close(release)
			done := begin(func() error {
				inside := make(chan struct{})
				if name == "inline" {
					go func() { <-inside; close(running) }()
				}
				return call(g, &enteringContext{Context: ctx, inside: inside}, func(*actor.Context) error {
					close(running)
					<-release
					return nil
				})
			})
			closed(t, running, "the call to run")
			cancel(errBoom)
			err := receive(t, done, "the call's end")
			wantCode(t, err, actor.CodeCanceled)
			wantText(t, err, "sample.Gate.Do", "boom")
			if !errors.Is(err, errBoom) || !errors.Is(err, context.Canceled) {
				t.Errorf("%v is neither the cause nor context.Canceled", err)
			}
		})
	}
}

// parity: CT38, CT40
func TestCallEndsAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		g := spawnGate(t, p)
		release := make(chan struct{})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		begun := time.Now()
		ok(t, g.Do(ctx, func(*actor.Context) error { time.Sleep(time.Minute - 1); return nil })) // in time
		err := g.Do(ctx, func(*actor.Context) error { <-release; return nil })
		close(release)
		wantCode(t, err, actor.CodeDeadline)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestContextThatHasEndedSendsNothing(t *testing.T) {
	p := newProc(t)
	g, c := spawnGate(t, p), spawnCounter(t, p)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errBoom)
	for name, send := range map[string]func() error{
		"call":        func() error { _, err := c.Deposit(ctx, 1, ""); return err },
		"ref call":    func() error { _, err := c.Ref().Deposit(ctx, 1, ""); return err },
		"inline call": func() error { _, err := c.Total(ctx); return err },
		"cast":        func() error { return c.Add(ctx, 1) },
		"framed cast": func() error { return c.Load(ctx, sample.Big{}) },
		"ref cast":    func() error { return c.Ref().Add(ctx, 1) },
		"port":        func() error { return c.Ports().Add.Send(ctx, 1) },
		"local call":  func() error { return g.Do(ctx, func(*actor.Context) error { t.Error("ran"); return nil }) },
	} {
		err := send()
		if !errors.Is(err, context.Canceled) || !errors.Is(err, errBoom) || actor.CodeOf(err) != actor.CodeCanceled {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := c.Total(soon(t)); n != 0 || err != nil {
		t.Errorf("total %d, %v", n, err)
	}
}

func TestDeadlineAndCancellationReachTheHandler(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	deadline := time.Now().Add(time.Hour)
	ctx, stop := context.WithDeadline(context.Background(), deadline)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	done := begin(func() error {
		return a.Do(ctx, func(cx *actor.Context) error {
			return b.Do(cx, func(cx *actor.Context) error { // two hops away
				if got, ok := cx.Deadline(); !ok || !got.Equal(deadline) {
					t.Errorf("deadline %v, %v", got, ok)
				}
				if cx.Err() != nil {
					t.Errorf("it has ended already: %v", cx.Err())
				}
				cancel(errBoom)
				<-cx.Done()
				ended <- context.Cause(cx)
				return cx.Err()
			})
		})
	})
	if err := receive(t, ended, "the end of the handler's context"); err == nil {
		t.Error("no cause")
	}
	wantCode(t, receive(t, done, "the call"), actor.CodeCanceled)
}

func TestInlineHandlerSeesTheCallersDeadline(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	want, _ := ctx.Deadline()
	ok(t, g.DoInline(ctx, func(cx *actor.Context) error {
		if got, ok := cx.Deadline(); !ok || !got.Equal(want) {
			t.Errorf("deadline %v, %v", got, ok)
		}
		cancel()
		<-cx.Done()
		if cx.Err() == nil {
			t.Error("no error")
		}
		return nil
	}))
}

func TestCastsContextGovernsTheSendingAlone(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	release := hold(t, g)
	handled := make(chan struct{})
	ok(t, g.Post(ctx, func(cx *actor.Context) error {
		defer close(handled)
		if _, ok := cx.Deadline(); ok || cx.Err() != nil {
			t.Errorf("the handler has the sender's deadline or end: %v", cx.Err())
		}
		select {
		case <-cx.Done():
			t.Error("the handler's context has ended")
		default:
		}
		return nil
	}))
	cancel()
	release()
	closed(t, handled, "the cast to be handled")
}

type key struct{}

func TestValuesNeverCrossHeadersDo(t *testing.T) {
	p := newProc(t)
	a, b, c := spawnGate(t, p), spawnGate(t, p), spawnGate(t, p)
	ctx := context.WithValue(soon(t), key{}, "secret")
	ctx = actor.WithHeader(ctx, "trace", "1")
	ctx = actor.WithHeader(ctx, "user", "ann")
	check := func(cx *actor.Context, trace string) {
		if v := cx.Value(key{}); v != nil {
			t.Errorf("the value %v has crossed", v)
		}
		if cx.Header("trace") != trace || cx.Header("user") != "ann" || cx.Header("none") != "" {
			t.Errorf("headers %v", cx.Headers())
		}
	}
	last := make(chan struct{})
	ok(t, a.Do(ctx, func(cx *actor.Context) error {
		check(cx, "1")
		return b.DoInline(actor.WithHeader(context.WithValue(cx, key{}, 7), "trace", "2"), func(cx *actor.Context) error {
			check(cx, "2")
			return c.Post(cx, func(cx *actor.Context) error {
				check(cx, "2")
				close(last)
				return nil
			})
		})
	}))
	closed(t, last, "the third hop")
	// Headers are of one message: the next has none.
	ok(t, c.Do(soon(t), func(cx *actor.Context) error {
		if len(cx.Headers()) != 0 {
			t.Errorf("headers of another message: %v", cx.Headers())
		}
		return nil
	}))
}

func TestHeaderOfTheSameKeyReplaces(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ctx := actor.WithHeader(actor.WithHeader(actor.WithHeader(soon(t), "k", "1"), "l", "2"), "k", "3")
	ok(t, g.Do(ctx, func(cx *actor.Context) error {
		if cx.Header("k") != "3" || len(cx.Headers()) != 2 {
			t.Errorf("headers %v", cx.Headers())
		}
		return nil
	}))
}

// What a handler's context gave away ends when the handler returns: Done, derived contexts, AfterFunc.
func TestContextEndsWhenTheHandlerReturns(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	for name, send := range map[string]func(f func(*actor.Context) error) error{
		"call":   func(f func(*actor.Context) error) error { return g.Do(soon(t), f) },
		"inline": func(f func(*actor.Context) error) error { return g.DoInline(context.Background(), f) },
		"cast": func(f func(*actor.Context) error) error {
			if err := g.Post(context.Background(), f); err != nil {
				return err
			}
			return g.Do(soon(t), func(*actor.Context) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			var kept, derived, header context.Context
			var done <-chan struct{}
			after := make(chan struct{})
			ok(t, send(func(cx *actor.Context) error {
				kept, done = cx, cx.Done()
				var cancel context.CancelFunc
				derived, cancel = context.WithTimeout(cx, time.Hour)
				_ = cancel
				header = actor.WithHeader(derived, "k", "v")
				context.AfterFunc(cx, func() { close(after) })
				return nil
			}))
			closed(t, done, "the context's end")
			closed(t, derived.Done(), "the derived context's end")
			closed(t, header.Done(), "the end of the one with a header")
			closed(t, after, "AfterFunc")
			if kept.Err() == nil || derived.Err() == nil || header.Err() == nil {
				t.Errorf("errors %v, %v, %v", kept.Err(), derived.Err(), header.Err())
			}
			wantText(t, context.Cause(kept), "the handler has returned", "Detach")
			// What is sent with it later fails, and says why.
			err := g.Do(kept, func(*actor.Context) error { t.Error("ran"); return nil })
			wantCode(t, err, actor.CodeCanceled)
			wantText(t, err, "the handler has returned")
		})
	}
}

// A child's build that takes something from its parent's context works the first time, and is told at a restart what it does wrong.
func TestBuildThatUsesItsParentsContextIsTooLateAtARestart(t *testing.T) {
	p := newProc(t, quiet)
	children := make(chan sample.GateHandle, 1)
	_, err := sample.SpawnGate(p, "parent", withInit(func(cx *actor.Context) error {
		child, err := sample.SpawnGate(cx, "child", func() *sample.Gate {
			_ = cx.Proc()
			return &sample.Gate{}
		}, actor.OnFailure(actor.Restart{Max: 1, Backoff: actor.NoBackoff}))
		children <- child
		return err
	}), actor.OnFailure(actor.StopActor))
	ok(t, err)
	child := receive(t, children, "the child")
	fail(t, child)
	wantText(t, ended(t, child).Cause, "build of sample.Gate child: panic: ", "a Context was used after its handler had returned", "ctx.Proc()")
}

func TestAfterFuncCanBeStopped(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		stop := context.AfterFunc(cx, func() { t.Error("ran") })
		if !stop() {
			t.Error("stop is too late")
		}
		return nil
	}))
	flush(t, g)
}

// A context that somebody looked at is never given to another message.
func TestLookedAtContextIsNotReused(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	seen := map[*actor.Context]bool{}
	for range 100 {
		for _, send := range []func(f func(*actor.Context) error) error{
			func(f func(*actor.Context) error) error { return g.Do(soon(t), f) },
			func(f func(*actor.Context) error) error { return g.DoInline(context.Background(), f) },
			func(f func(*actor.Context) error) error { return g.Post(context.Background(), f) },
		} {
			ok(t, send(func(cx *actor.Context) error {
				if seen[cx] {
					t.Error("given a second time")
				}
				cx.Done()
				seen[cx] = true
				return nil
			}))
		}
		flush(t, g)
	}
	for cx := range seen {
		if cx.Err() == nil {
			t.Fatal("one has not ended")
		}
	}
}

func TestContextMadeWithAHeaderEndsToo(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	var kept context.Context
	ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
		kept = actor.WithHeader(cx, "a", "b")
		return nil
	}))
	flush(t, g)
	if kept.Err() == nil {
		t.Error("it has not ended with its handler")
	}
}

func TestFromContextFindsTheHandlersContext(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	for _, do := range ways {
		ok(t, do(g, soon(t), func(cx *actor.Context) error {
			derived, cancel := context.WithCancel(actor.WithHeader(context.WithValue(cx, key{}, 1), "k", "v"))
			defer cancel()
			for _, ctx := range []context.Context{cx, derived} {
				if got, ok := actor.FromContext(ctx); got != cx || !ok {
					t.Errorf("%v, %v", got, ok)
				}
			}
			for _, ctx := range []context.Context{cx.Detach(), soon(t), actor.WithHeader(soon(t), "k", "v")} {
				if got, ok := actor.FromContext(ctx); got != nil || ok {
					t.Errorf("%v, %v", got, ok)
				}
			}
			return nil
		}))
	}
}

func TestDetachedContextOutlivesTheHandler(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(actor.WithHeader(context.Background(), "trace", "1"), deadline)
	var detached context.Context
	ok(t, a.Do(ctx, func(cx *actor.Context) error { detached = cx.Detach(); return nil }))
	cancel()
	if got, ok := detached.Deadline(); !ok || !got.Equal(deadline) || detached.Err() != nil {
		t.Errorf("deadline %v, %v, error %v", got, ok, detached.Err())
	}
	ok(t, b.Do(detached, func(cx *actor.Context) error {
		if cx.Header("trace") != "1" {
			t.Errorf("headers %v", cx.Headers())
		}
		if !cx.Caller().IsZero() {
			t.Errorf("caller %v", cx.Caller())
		}
		return nil
	}))
}

func TestDetachedContextHasNoTurnAndNoChain(t *testing.T) {
	p := newProc(t)
	a := spawnGate(t, p)
	result := make(chan error, 1)
	ok(t, a.Do(soon(t), func(cx *actor.Context) error {
		detached := cx.Detach()
		go func() {
			_, err := a.Echo(detached, "x") // would be a circle with cx
			result <- err
		}()
		return nil
	}))
	ok(t, receive(t, result, "the detached call"))
}

func TestDetachedContextEndsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		g := spawnGate(t, p)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var detached context.Context
		ok(t, g.Do(ctx, func(cx *actor.Context) error { detached = cx.Detach(); return nil }))
		<-detached.Done()
		if !errors.Is(detached.Err(), context.DeadlineExceeded) {
			t.Error(detached.Err())
		}
	})
}

func TestCallerIsTheSendingActor(t *testing.T) {
	p := newProc(t)
	a := spawnGate(t, p)
	var seen []actor.ID
	note := func(cx *actor.Context) error { seen = append(seen, cx.Caller()); return nil }
	b := spawnGateAs(t, p, sample.Gate{
		OnCleanup: func(cx *actor.Context, _ error) error { return note(cx) },
	})
	ok(t, a.Do(soon(t), func(cx *actor.Context) error {
		if err := b.Do(cx, note); err != nil {
			return err
		}
		if err := b.Post(cx, note); err != nil {
			return err
		}
		return b.Do(cx, note)
	}))
	ok(t, b.Do(soon(t), note))
	ok(t, a.Do(soon(t), func(cx *actor.Context) error { return b.Do(cx, note) }))
	b.Actor().Stop(actor.StopDrain, nil)
	if _, err := b.Actor().Wait(soon(t)); err != nil {
		t.Fatal(err)
	}
	id := a.Actor().ID()
	want := []actor.ID{id, id, id, {}, id, {}}
	if len(seen) != len(want) {
		t.Fatalf("%d messages", len(seen))
	}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("message %d: caller %v, want %v", i, seen[i], want[i])
		}
	}
}

func TestIncarnationIsTheSameUntilARestart(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.Restart{Backoff: actor.NoBackoff}))
	id := func() (id actor.UUID) {
		ok(t, g.Do(soon(t), func(cx *actor.Context) error { id = cx.Incarnation(); return nil }))
		return id
	}
	first := id()
	if first.IsZero() || id() != first {
		t.Errorf("%v, then %v", first, id())
	}
	if version := first.String()[14]; version != '7' {
		t.Errorf("%v is of version %c", first, version)
	}
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	if second := id(); second == first || second.IsZero() {
		t.Errorf("the same id %v after a restart", second)
	}
}

// A call whose context ended in the queue never runs, also if its caller has not noticed yet.
func TestCallThatEndedInTheQueueNeverRuns(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	for range 200 {
		release := hold(t, g)
		ctx, cancel := context.WithCancel(context.Background())
		calls := queue(t, ctx, g, 3, func(*actor.Context) error { t.Error("ran"); return nil })
		cancel()
		release()
		for range 3 {
			if err := receive(t, calls, "the call"); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		flush(t, g)
	}
}

// Frames of calls are used again, also inside and outside of bubbles of testing/synctest in turn.
func TestCallsInAndOutOfBubbles(t *testing.T) {
	calls := func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g, h := spawnGate(t, p), spawnCounter(t, p)
		for range 10 {
			if s, err := g.Echo(context.Background(), "x"); s != "x" || err != nil {
				t.Error(s, err)
			}
			ok(t, h.Load(context.Background(), sample.Big{}))
			if _, err := h.Total(context.Background()); err != nil {
				t.Error(err)
			}
		}
	}
	for range 3 {
		synctest.Test(t, calls)
		calls(t)
	}
}

// What a kill has left behind keeps looking at the context that it was called with, however many messages its caller handles since.
func TestKilledHandlerKeepsItsCallersContext(t *testing.T) {
	p := newProc(t, quiet)
	a, b := spawnGate(t, p), spawnGate(t, p)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	want, _ := ctx.Deadline()
	inside, gate, late := make(chan struct{}), make(chan struct{}), make(chan time.Time, 1)
	done := begin(func() error {
		return a.Do(ctx, func(cx *actor.Context) error {
			return b.Do(cx, func(cx *actor.Context) error {
				close(inside)
				<-gate
				got, _ := cx.Deadline()
				late <- got
				return nil
			})
		})
	})
	receive(t, inside, "the handler")
	b.Actor().Stop(actor.StopKill, nil)
	wantCode(t, receive(t, done, "the call"), actor.CodeStopped)
	flush(t, a)
	close(gate)
	if got := receive(t, late, "the killed handler"); !got.Equal(want) {
		t.Errorf("deadline %v, want %v", got, want)
	}
}
