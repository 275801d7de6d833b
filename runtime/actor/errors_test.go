package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// ways are the ways to have a handler run.
var ways = map[string]func(g sample.GateHandle, ctx context.Context, f func(*actor.Context) error) error{
	"call":   sample.GateHandle.Do,
	"inline": sample.GateHandle.DoInline,
}

// atOnce restarts a failed actor without waiting, as often as need be.
var atOnce = actor.OnFailure(actor.Restart{Max: actor.Unlimited, Backoff: actor.NoBackoff})

func TestReturnedErrorGoesToTheCallerAndTheActorLivesOn(t *testing.T) {
	p := newProc(t)
	h := spawnCounter(t, p)
	ctx := soon(t)
	if _, err := h.Deposit(ctx, 5, ""); err != nil {
		t.Fatal(err)
	}
	_, err := h.Deposit(ctx, 2000, "")
	if tm, ok := errors.AsType[*sample.TooMuch](err); !ok || tm.Asked != 2000 {
		t.Errorf("got %v", err)
	}
	if n, err := h.Total(ctx); n != 5 || err != nil {
		t.Errorf("total %d, %v: the state should be as before", n, err)
	}
	if s := h.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestErrorIsTheVeryOneInsideAProc(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	for name, do := range ways {
		err := do(g, soon(t), func(*actor.Context) error { return fmt.Errorf("reading: %w", fs.ErrNotExist) })
		if !errors.Is(err, fs.ErrNotExist) || err.Error() != "reading: file does not exist" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFailureOfACallReachesTheCallerAndSupervision(t *testing.T) {
	fail := map[string]struct {
		code  actor.Code
		stack bool
		texts []string
		f     func(*actor.Context) error
	}{
		"Fatal":   {actor.CodeUnknown, false, []string{"boom"}, func(*actor.Context) error { return actor.Fatal(errBoom) }},
		"wrapped": {actor.CodeUnknown, false, []string{"trying", "boom"}, func(*actor.Context) error { return fmt.Errorf("trying: %w", actor.Fatal(errBoom)) }},
		"panic":   {actor.CodePanic, true, []string{"panic", "boom"}, func(*actor.Context) error { panic("boom") }},
		"error":   {actor.CodePanic, true, []string{"panic", "boom"}, func(*actor.Context) error { panic(errBoom) }},
		"runtime error": {actor.CodePanic, true, []string{"index out of range"}, func(cx *actor.Context) error {
			_ = []int{}[len(cx.Headers())]
			return nil
		}},
		"Goexit": {actor.CodePanic, true, []string{"the goroutine was ended", "Goexit"}, func(*actor.Context) error { runtime.Goexit(); return nil }},
	}
	for name, c := range fail {
		for way, do := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				p := newProc(t, quiet)
				g := spawnGate(t, p, atOnce)
				var err error
				returned := false
				over := make(chan struct{})
				go func() { // a Goexit in an inline handler ends its caller
					defer close(over)
					err = do(g, soon(t), c.f)
					returned = true
				}()
				closed(t, over, "the call")
				if name == "Goexit" && way == "inline" {
					if returned {
						t.Error("runtime.Goexit in an inline handler did not end the goroutine")
					}
				} else {
					wantCode(t, err, c.code)
					wantText(t, err, c.texts...)
					if c.code == actor.CodePanic {
						wantText(t, err, "sample.Gate.Do")
					}
					if strings.Contains(name, "Fatal") || name == "error" || name == "wrapped" {
						if !errors.Is(err, errBoom) {
							t.Errorf("%v is not the handler's error", err)
						}
					}
					var e *actor.Error
					if errors.As(err, &e) && c.stack != strings.Contains(e.Stack, "errors_test.go") {
						t.Errorf("stack: %s", e.Stack)
					} else if e == nil && c.stack {
						t.Error("no *actor.Error")
					}
				}
				flush(t, g)
				if s := g.Actor().Status(); s.Restarts != 1 {
					t.Errorf("status %+v, want one restart", s)
				}
			})
		}
	}
}

// parity: BT8, BT14, CT23
func TestFailureOfACastGoesToSupervision(t *testing.T) {
	for name, f := range map[string]func(*actor.Context) error{
		"error":  func(*actor.Context) error { return errBoom },
		"Fatal":  func(*actor.Context) error { return actor.Fatal(errBoom) },
		"panic":  func(*actor.Context) error { panic(errBoom) },
		"Goexit": func(*actor.Context) error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
			ok(t, g.Post(context.Background(), f))
			s, err := g.Actor().Wait(soon(t))
			ok(t, err)
			if s.State != actor.StateFailed || s.Cause == nil {
				t.Fatalf("status %+v", s)
			}
			if name != "Goexit" && !errors.Is(s.Cause, errBoom) {
				t.Errorf("cause %v", s.Cause)
			}
			// Who comes later gets to know why.
			err = g.Do(soon(t), func(*actor.Context) error { return nil })
			if !errors.Is(err, actor.ErrStopped) || name != "Goexit" && !errors.Is(err, errBoom) {
				t.Errorf("%v", err)
			}
			wantText(t, err, "sample.Gate.Do", "sample.Gate #", "has stopped")
		})
	}
}

// The caller that gets the failure finds the actor's status true: it is not running its old state any more.
func TestStatusIsTrueWhenTheCallerHasTheFailure(t *testing.T) {
	p := newProc(t, quiet)
	for range 100 {
		g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
		if err := g.Do(soon(t), func(*actor.Context) error { panic("boom") }); actor.CodeOf(err) != actor.CodePanic {
			t.Fatal(err)
		}
		if s := g.Actor().Status(); s.State == actor.StateRunning {
			t.Fatalf("status %+v", s)
		}
	}
}

// A handler that ends its goroutine takes no worker with it: many of them, and the proc still runs the others.
func TestGoexitCostsNoWorker(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	other := spawnGate(t, p)
	for range 200 {
		err := g.Do(soon(t), func(*actor.Context) error { runtime.Goexit(); return nil })
		wantCode(t, err, actor.CodePanic)
		ok(t, g.Post(context.Background(), func(*actor.Context) error { runtime.Goexit(); return nil }))
		flush(t, other)
	}
	flush(t, g)
}

// The rest of a batch is handled by the next incarnation also after Goexit, by a new goroutine.
func TestGoexitInTheMiddleOfABatch(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	release := hold(t, g)
	var ran []int
	for i := range 40 {
		ok(t, g.Post(context.Background(), func(*actor.Context) error {
			ran = append(ran, i)
			if i%5 == 0 {
				runtime.Goexit()
			}
			return nil
		}))
	}
	release()
	flush(t, g)
	if len(ran) != 40 {
		t.Errorf("ran %v", ran)
	}
}

// A call's Goexit fails the callee alone; that of an inline handler ends the goroutine of its caller, which fails as well.
func TestGoexitInAHandlerThatWasCalledByAHandler(t *testing.T) {
	p := newProc(t, quiet)
	for way, callerFails := range map[string]int{"call": 0, "inline": 1} {
		a, b := spawnGate(t, p, atOnce), spawnGate(t, p, atOnce)
		err := a.Do(soon(t), func(cx *actor.Context) error {
			return ways[way](b, cx, func(*actor.Context) error { runtime.Goexit(); return nil })
		})
		wantCode(t, err, actor.CodePanic)
		wantText(t, err, "the goroutine was ended")
		flush(t, a)
		flush(t, b)
		if n := a.Actor().Status().Restarts; n != callerFails {
			t.Errorf("%s: the caller restarted %d times, want %d", way, n, callerFails)
		}
		if n := b.Actor().Status().Restarts; n != 1 {
			t.Errorf("%s: the callee restarted %d times, want 1", way, n)
		}
	}
}

func TestFatalOfNilIsNil(t *testing.T) {
	if err := actor.Fatal(nil); err != nil {
		t.Error(err)
	}
	err := actor.Fatal(errBoom)
	if err.Error() != "boom" || !errors.Is(err, errBoom) {
		t.Error(err)
	}
}

func TestErrorsOfOneCodeAreTheSentinel(t *testing.T) {
	sentinels := map[actor.Code]error{
		actor.CodeStopped: actor.ErrStopped, actor.CodeNotFound: actor.ErrNotFound,
		actor.CodeMailboxFull: actor.ErrMailboxFull, actor.CodeUnreachable: actor.ErrUnreachable,
	}
	for code, sentinel := range sentinels {
		err := fmt.Errorf("sending: %w", actor.NewError(code, "text", errBoom))
		if !errors.Is(err, sentinel) || !errors.Is(err, errBoom) || actor.CodeOf(err) != code {
			t.Errorf("%v: %v", code, err)
		}
		for other, s := range sentinels {
			if other != code && errors.Is(err, s) {
				t.Errorf("%v is %v too", err, s)
			}
		}
		if sentinel.Error() == "" {
			t.Errorf("%v has no text", code)
		}
	}
}

func TestCodeOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		code actor.Code
	}{
		{nil, actor.CodeUnknown},
		{errBoom, actor.CodeUnknown},
		{context.Canceled, actor.CodeCanceled},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), actor.CodeDeadline},
		{errors.Join(errBoom, actor.ErrStopped), actor.CodeStopped},
	} {
		if got := actor.CodeOf(c.err); got != c.code {
			t.Errorf("CodeOf(%v) = %v, want %v", c.err, got, c.code)
		}
	}
	for code := actor.CodeUnknown; code <= actor.CodeMisuse; code++ {
		if s := code.String(); s == "" || strings.HasPrefix(s, "code ") {
			t.Errorf("code %d has no name", code)
		}
	}
}

func TestZeroValuesAnswerWithAnError(t *testing.T) {
	ctx := soon(t)
	var h sample.CounterHandle
	var g sample.GateHandle
	var r sample.CounterRef
	var port actor.Port[int64]
	for name, send := range map[string]func() error{
		"cast":        func() error { return h.Add(ctx, 1) },
		"framed cast": func() error { return h.Load(ctx, sample.Big{}) },
		"call":        func() error { _, err := h.Deposit(ctx, 1, ""); return err },
		"inline":      func() error { _, err := h.Total(ctx); return err },
		"local":       func() error { return g.Do(ctx, nil) },
		"handle port": func() error { return h.Ports().Add.Send(ctx, 1) },
		"port":        func() error { return port.Send(ctx, 1) },
		"ref cast":    func() error { return r.Add(ctx, 1) },
		"ref call":    func() error { _, err := r.Deposit(ctx, 1, ""); return err },
		"ref inline":  func() error { _, err := r.Total(ctx); return err },
		"wait":        func() error { _, err := h.Actor().Wait(ctx); return err },
	} {
		err := send()
		if actor.CodeOf(err) != actor.CodeUnbound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !h.Ref().IsZero() || r.String() != "nobody" || !port.IsZero() {
		t.Errorf("%v, %v, %v", h.Ref(), r, port)
	}
	c := h.Actor()
	c.Stop(actor.StopKill, nil)
	c.Restart(nil)
	closed(t, c.Done(), "the end of nobody")
	if c.Status() != (actor.Status{}) || !c.ID().IsZero() || c.Name() != "" || c.Kind() != "" || c.Address() != "" || c.ID().String() != "nobody" {
		t.Errorf("%+v", c.Status())
	}
	for range c.Watch(ctx) {
		t.Error("a status of nobody")
	}
}
