package actor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestNextRunsTheHandlerOnce(t *testing.T) {
	var second error
	p := newProc(t, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		err := next(ctx, in)
		second = next(ctx, in)
		return err
	}))
	g := spawnGate(t, p)
	ran := 0
	ok(t, g.Do(soon(t), func(*actor.Context) error { ran++; return nil }))
	wantCode(t, second, actor.CodeMisuse)
	wantText(t, second, "sample.Gate.Do: an interceptor has called next twice")
	if ran != 1 {
		t.Errorf("the handler has run %d times", ran)
	}
}

// A next that comes late does not run the message that the worker has then.
func TestNextAfterItsMessageRunsNothing(t *testing.T) {
	var late func() error
	p := newProc(t, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		switch in.Header("do") {
		case "keep":
			late = func() error { return next(ctx, in) }
			return errBoom
		case "call":
			err := late()
			wantCode(t, err, actor.CodeMisuse)
			wantText(t, err, "sample.Gate.Do", "too late")
		}
		return next(ctx, in)
	}))
	g := spawnGate(t, p)
	ran := 0
	count := func(*actor.Context) error { ran++; return nil }
	for range 3 {
		if err := g.Do(actor.WithHeader(soon(t), "do", "keep"), count); err != errBoom {
			t.Error(err)
		}
		ok(t, g.Do(actor.WithHeader(soon(t), "do", "call"), count))
		wantCode(t, late(), actor.CodeMisuse)
	}
	if ran != 3 {
		t.Errorf("handlers have run %d times", ran)
	}
}

// An interceptor that does not wait for its next, as one that bounds the time might do, cannot have two handlers run at a time.
func TestTurnIsKeptWhileNextRunsElsewhere(t *testing.T) {
	running, returned := make(chan struct{}), make(chan struct{}, 10)
	p := newProc(t, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if in.Header("aside") == "" {
			return next(ctx, in)
		}
		go next(ctx, in)
		<-running
		returned <- struct{}{}
		return errBoom
	}))
	g := spawnGate(t, p)
	for range 20 {
		release := make(chan struct{})
		order := make(chan int, 2)
		first := begin(func() error {
			return g.Do(actor.WithHeader(soon(t), "aside", "yes"), func(*actor.Context) error {
				running <- struct{}{}
				<-release
				order <- 1
				return nil
			})
		})
		receive(t, returned, "the interceptor's return")
		ok(t, g.Post(soon(t), func(*actor.Context) error { order <- 2; return nil }))
		close(release)
		if a, b := receive(t, order, "one"), receive(t, order, "the other"); a != 1 || b != 2 {
			t.Errorf("the order is %d, %d", a, b)
		}
		if err := receive(t, first, "the first call"); err != errBoom {
			t.Error(err)
		}
	}
}

func TestHandlerGetsWhatInterceptorsDerive(t *testing.T) {
	deadline := time.Now().Add(patience / 2)
	p := newProc(t)
	g, other := spawnGate(t, p, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if in.Header("derive") == "" {
			return next(ctx, in)
		}
		ctx = actor.WithHeader(ctx, "span", "7")
		if in.Header("derive") == "all" {
			ctx = context.WithValue(ctx, key{}, "value")
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline)
			defer cancel()
			ctx = actor.WithHeader(ctx, "more", "8")
		}
		err := next(ctx, in)
		if in.Header("span") != "" {
			t.Errorf("the message came with %v", in.Headers())
		}
		return err
	})), spawnGate(t, p)
	for _, what := range []string{"headers", "all"} {
		var kept *actor.Context
		var derived context.Context
		headers := func(cx *actor.Context) error {
			if cx.Header("span") != "7" || (cx.Header("more") == "8") != (what == "all") || cx.Header("derive") == "" ||
				cx.Header("own") != "1" {
				t.Errorf("%s: headers %v", what, cx.Headers())
			}
			return nil
		}
		handler := func(cx *actor.Context) error {
			kept = cx
			if cx.Self() != g.Actor() {
				t.Errorf("%s: the context of %v", what, cx.Self())
			}
			value, _ := cx.Value(key{}).(string)
			got, has := cx.Deadline()
			if (value == "value") != (what == "all") || what == "all" && (!has || !got.Equal(deadline)) || cx.Err() != nil {
				t.Errorf("%s: value %q, deadline %v, %v", what, value, got, cx.Err())
			}
			var cancel context.CancelFunc
			derived, cancel = context.WithCancel(cx)
			_ = cancel
			out := actor.WithHeader(cx, "own", "1")
			check := func(cx *actor.Context) error {
				if cx.Value(key{}) != nil {
					t.Error("the value has crossed")
				}
				if cx.Caller() != g.Actor().ID() {
					t.Errorf("the caller is %v", cx.Caller())
				}
				return headers(cx)
			}
			if err := errors.Join(other.Do(out, check), other.DoInline(out, check), other.Post(out, check)); err != nil {
				return err
			}
			// Waiting in a circle is found out as ever.
			err := other.Do(cx, func(cx *actor.Context) error { return g.Do(cx, nop) })
			wantCode(t, err, actor.CodeCircle)
			return nil
		}
		ok(t, g.Do(actor.WithHeader(soon(t), "derive", what), handler))
		ok(t, g.Post(actor.WithHeader(soon(t), "derive", what), handler))
		flush(t, g)
		flush(t, other)
		closed(t, kept.Done(), "the end of the handler's context")
		closed(t, derived.Done(), "the end of what it was derived from")
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			if len(cx.Headers()) != 0 || cx.Value(key{}) != nil {
				t.Errorf("headers of another message: %v", cx.Headers())
			}
			return nil
		}))
	}
}

// A deadline that an interceptor sets ends the handler's calls, and a kill ends the handler's context, derived or not.
func TestDerivedContextEndsTheHandler(t *testing.T) {
	ends := make(chan context.CancelFunc, 1)
	p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if in.Header("end") == "" {
			return next(ctx, in)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ends <- cancel
		return next(ctx, in)
	}))
	g, other := spawnGate(t, p), spawnGate(t, p)
	hold(t, other)
	call := func(cx *actor.Context) error { return other.Do(cx, nop) }
	done := begin(func() error { return g.Do(actor.WithHeader(soon(t), "end", "yes"), call) })
	receive(t, ends, "the interceptor")()
	wantCode(t, receive(t, done, "the call"), actor.CodeCanceled)

	ended := make(chan error, 1)
	done = begin(func() error {
		return g.Do(actor.WithHeader(soon(t), "end", "yes"), func(cx *actor.Context) error {
			<-cx.Done()
			ended <- cx.Err()
			return nil
		})
	})
	receive(t, ends, "the interceptor")
	g.Actor().Stop(actor.StopKill, errBoom)
	if err := receive(t, done, "the call"); !errors.Is(err, actor.ErrStopped) {
		t.Error(err)
	}
	if receive(t, ended, "the handler's end") == nil {
		t.Error("the handler's context has no error")
	}
}

func TestNextNeedsTheContextItWasGiven(t *testing.T) {
	for _, other := range []func(context.Context) context.Context{
		func(context.Context) context.Context { return context.Background() },
		func(ctx context.Context) context.Context { cx, _ := actor.FromContext(ctx); return cx.Detach() },
	} {
		var lost lostAndFound
		p := newProc(t, quiet, lost.option())
		g := spawnGate(t, p, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
			return next(other(ctx), in)
		}))
		run := func(*actor.Context) error { t.Error("ran"); return nil }
		ok(t, g.Post(soon(t), run))
		err := g.Do(soon(t), run)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "sample.Gate.Do", "needs its ctx")
		if n := g.Actor().Status().Restarts; n != 0 || len(lost.list()) != 1 {
			t.Errorf("%d restarts, %d reports", n, len(lost.list()))
		}
	}
}
