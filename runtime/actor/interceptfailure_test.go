package actor_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Whatever interceptors make of it, a failure stays one, and every interceptor sees it.
func TestInterceptorsSeeFailuresAndCannotUndoThem(t *testing.T) {
	for name, fail := range map[string]func(*actor.Context) error{
		"panic": func(*actor.Context) error { panic(errBoom) },
		"fatal": func(*actor.Context) error { return actor.Fatal(errBoom) },
	} {
		t.Run(name, func(t *testing.T) {
			var inner, outer witness
			swallow := func(next actor.HandlerFunc) actor.HandlerFunc {
				return func(ctx context.Context, in actor.Incoming) error {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("next panicked: %v", p)
						}
					}()
					next(ctx, in)
					return nil
				}
			}
			p := newProc(t, quiet, actor.Intercept(outer.intercept, swallow, inner.intercept))
			g := spawnGate(t, p, atOnce)
			if err := g.Do(soon(t), fail); !errors.Is(err, errBoom) {
				t.Errorf("the caller has %v", err)
			}
			if n := g.Actor().Status().Restarts; n != 1 {
				t.Errorf("%d restarts", n)
			}
			ok(t, g.Post(soon(t), fail))
			flush(t, g)
			if n := g.Actor().Status().Restarts; n != 2 {
				t.Errorf("%d restarts", n)
			}
			for i, s := range inner.take()[:2] {
				if !errors.Is(s.err, errBoom) || name == "panic" && actor.CodeOf(s.err) != actor.CodePanic {
					t.Errorf("message %d: the interceptor has seen %v", i, s.err)
				}
				var e *actor.Error
				if name == "panic" && (!errors.As(s.err, &e) || !bytes.Contains([]byte(e.Stack), []byte("intercept_test.go"))) {
					t.Error("the stack does not show where the panic arose")
				}
			}
			if seen := outer.take(); len(seen) != 3 || seen[0].err != nil {
				t.Errorf("the outer interceptor: %v", seen)
			}
		})
	}
}

// A goroutine that is ended by the handler runs what interceptors have deferred.
func TestGoexitUnderAnInterceptor(t *testing.T) {
	var deferred, after int
	p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		defer func() { deferred++ }()
		err := next(ctx, in)
		after++
		return err
	}))
	g := spawnGate(t, p, atOnce)
	err := g.Do(soon(t), failures["Goexit"])
	wantCode(t, err, actor.CodePanic)
	wantText(t, err, "sample.Gate.Do: the goroutine was ended")
	flush(t, g)
	if n := g.Actor().Status().Restarts; n != 1 || deferred != 2 || after != 1 {
		t.Errorf("%d restarts, %d deferred, %d after next", n, deferred, after)
	}
}

func TestInterceptorReplacesOrKeepsAReturnedError(t *testing.T) {
	for name, instead := range map[string]error{"replaced": &sample.TooMuch{Asked: 1}, "kept": nil} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
				if err := next(ctx, in); err != nil {
					return instead
				}
				return nil
			}))
			g := spawnGate(t, p, atOnce)
			fail := func(*actor.Context) error { return errBoom }
			if err := g.Do(soon(t), fail); err != instead {
				t.Errorf("the caller has %v", err)
			}
			ok(t, g.Post(soon(t), fail))
			flush(t, g)
			if n := g.Actor().Status().Restarts; (n == 0) != (instead == nil) {
				t.Errorf("%d restarts", n)
			}
		})
	}
}

// An error after next is the handler's, also when the handler has none.
func TestErrorAfterNextIsTheHandlers(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option(), interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		err := next(ctx, in)
		if in.Header("fail") != "" {
			return errBoom
		}
		return err
	}))
	g := spawnGate(t, p, atOnce)
	ctx := actor.WithHeader(soon(t), "fail", "yes")
	if err := g.Do(ctx, nop); err != errBoom {
		t.Error(err)
	}
	ok(t, g.Post(ctx, nop))
	flush(t, g)
	if n := g.Actor().Status().Restarts; n != 1 || len(lost.list()) != 0 {
		t.Errorf("%d restarts, %d reports", n, len(lost.list()))
	}
}

func TestPanicOfAnInterceptorFailsTheActor(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
				if in.Header("panic") == "before" {
					panic(errBoom)
				}
				err := next(ctx, in)
				if in.Header("panic") == "after" {
					panic(errBoom)
				}
				return err
			}))
			g := spawnGate(t, p, atOnce)
			c := spawnCounter(t, p, atOnce)
			ctx := actor.WithHeader(soon(t), "panic", when)
			err := g.Do(ctx, nop)
			wantCode(t, err, actor.CodePanic)
			wantText(t, err, "sample.Gate.Do", "boom")
			ok(t, g.Post(ctx, nop))
			ok(t, c.Load(ctx, bigOne("lost")))
			flush(t, g)
			_, err = c.Deposit(soon(t), 1, "")
			ok(t, err)
			if n, m := g.Actor().Status().Restarts, c.Actor().Status().Restarts; n != 2 || m != 1 {
				t.Errorf("%d and %d restarts", n, m)
			}
		})
	}
}

// A handler's panic is the root cause, whatever its interceptors do then.
func TestPanicOfAnInterceptorDoesNotHideTheHandlers(t *testing.T) {
	p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		next(ctx, in)
		panic("another")
	}))
	g := spawnGate(t, p, atOnce)
	if err := g.Do(soon(t), failures["panic"]); !errors.Is(err, errBoom) {
		t.Error(err)
	}
}
