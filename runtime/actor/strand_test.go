package actor_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// suspendedIn starts a reentrant handler of g that waits for a call of other, which has to be held, and returns once it has given up its turn.
func suspendedIn(t testing.TB, ctx context.Context, g, other sample.GateHandle) <-chan error {
	t.Helper()
	before := len(g.Actor().Inspect().Suspended)
	done := begin(func() error {
		return g.DoReentrant(ctx, func(cx *actor.Context) error { return other.Do(cx, nop) })
	})
	until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
	return done
}

func TestReentrantHandlerGivesUpItsTurnForACall(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	first := suspendedIn(t, soon(t), g, other)
	second := suspendedIn(t, soon(t), g, other)
	flush(t, g)
	if _, err := g.Echo(soon(t), "x"); err != nil {
		t.Error(err)
	}
	until(t, "both messages are counted", func() bool { return g.Actor().Inspect().Messages == 2 }) // which is after the answer
	s := g.Actor().Inspect()
	if len(s.Suspended) != 2 || s.Suspended[0].Handler != "sample.Gate.DoReentrant" || s.Suspended[0].WaitsIn != "sample.Gate.Do" ||
		s.Suspended[0].WaitsFor.ID != other.Actor().ID() {
		t.Errorf("suspended: %+v", s.Suspended)
	}
	if len(s.WaitsFor) != 2 || s.WaitsFor[0].ID != other.Actor().ID() {
		t.Errorf("waits for %+v", s.WaitsFor)
	}
	release()
	ok(t, receive(t, first, "the first handler"))
	ok(t, receive(t, second, "the second handler"))
	if s := g.Actor().Inspect(); len(s.Suspended) != 0 {
		t.Errorf("suspended: %+v", s.Suspended)
	}
}

// A handler that is not reentrant keeps its turn while it waits.
func TestOtherHandlersKeepTheirTurn(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	var over atomic.Bool
	done := begin(func() error {
		return g.Do(soon(t), func(cx *actor.Context) error {
			err := other.Do(cx, nop)
			over.Store(true)
			return err
		})
	})
	until(t, "the handler waits", func() bool { return len(g.Actor().Inspect().WaitsFor) == 1 })
	after := begin(func() error {
		return g.Do(soon(t), func(*actor.Context) error {
			if !over.Load() {
				t.Error("a message is handled while a handler waits with its turn")
			}
			return nil
		})
	})
	release()
	ok(t, receive(t, done, "the handler"))
	ok(t, receive(t, after, "the one after"))
}

// Between waits nothing is interleaved, however many handlers give up their turn, and whatever takes it.
func TestNothingIsInterleavedBetweenWaits(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	inside := 0 // the state, which the race detector watches
	alone := func(n int) {
		if inside++; inside != 1 {
			t.Error("two handlers run at once")
		}
		if n%8 == 0 {
			runtime.Gosched()
		}
		inside--
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 100 {
				f := func(cx *actor.Context) error {
					alone(n)
					err := other.Do(cx, nop)
					alone(n)
					return err
				}
				var err error
				switch i % 4 {
				case 0, 1:
					err = g.DoReentrant(soon(t), f)
				case 2:
					err = g.Do(soon(t), func(*actor.Context) error { alone(n); return nil })
				case 3:
					err = g.DoInline(soon(t), func(*actor.Context) error { alone(n); return nil })
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	await(t, &wg, "the callers")
	flush(t, g)
}

// However many handlers want their turn back all the time, a message waits for a few of them alone.
func TestReturningHandlersAndMessagesTakeTurns(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	ctx, cancel := context.WithCancel(soon(t))
	var wg sync.WaitGroup
	var started, answered, back atomic.Int64
	for range 20 { // each comes back again and again
		wg.Go(func() {
			g.DoReentrant(ctx, func(cx *actor.Context) error {
				started.Add(1)
				for cx.Err() == nil {
					other.Do(cx, func(*actor.Context) error { answered.Add(1); return nil })
					back.Add(1)
					for n := 0; answered.Load() < back.Load()+10 && n < 1000; n++ {
						runtime.Gosched() // until others want the turn back
					}
				}
				return nil
			})
		})
	}
	until(t, "all have begun", func() bool { return started.Load() == 20 })
	for range 100 {
		queued := new(atomic.Int64) // how many had come back then; 0 while it is not known to wait
		ok(t, g.Do(&queuedContext{Context: soon(t), queued: func() { queued.Store(back.Load()) }}, func(*actor.Context) error {
			if before := queued.Load(); before > 0 && back.Load()-before > 30 {
				t.Errorf("%d handlers have come back before a message that waited", back.Load()-before)
			}
			return nil
		}))
	}
	cancel()
	await(t, &wg, "the handlers")
}

// A queuedContext is told when a call with it has been queued.
type queuedContext struct {
	context.Context
	once   sync.Once
	queued func()
}

func (c *queuedContext) Done() <-chan struct{} {
	c.once.Do(c.queued)
	return c.Context.Done()
}

func TestReentrantHandlerMayCallItsOwnActor(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ok(t, g.DoReentrant(soon(t), func(cx *actor.Context) error {
		if text, err := g.Echo(cx, "me"); text != "me" {
			return err
		}
		return g.DoReentrant(cx, func(cx *actor.Context) error { return g.Do(cx, nop) })
	}))
}

// A circle is one all the same if a handler in it has given up its turn, and waits for one that waits for it.
func TestCircleThroughSuspendedHandlersIsSeen(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	// b's turn waits for a handler of a, which waits for b's turn.
	err := b.Do(soon(t), func(cx *actor.Context) error {
		return a.DoReentrant(cx, func(cx *actor.Context) error { return b.Do(cx, nop) })
	})
	wantCode(t, err, actor.CodeCircle)
	wantText(t, err, a.Actor().Inspect().Label+" waits for "+b.Actor().Inspect().Label)
	// a's handler waits for b's, which asks a: nobody is held up.
	ok(t, a.DoReentrant(soon(t), func(cx *actor.Context) error {
		return b.Do(cx, func(cx *actor.Context) error { return a.Do(cx, nop) })
	}))
	// The same through a session, whose handler asks back.
	asked := make(chan error, 1)
	s, err := sample.SpawnGate(p, "", func() *sample.Gate {
		return &sample.Gate{OnTalk: func(cx *actor.Context, _ string, s *actor.SessionServer[string, int64, int64]) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil {
				return "", err
			}
			err := b.Do(cx, nop)
			asked <- err
			return "", err
		}}
	})
	ok(t, err)
	for _, open := range []func(ctx context.Context, topic string) (*actor.SessionClient[string, int64, int64, string], error){s.Talk, s.TalkReentrant} {
		err = b.Do(soon(t), func(cx *actor.Context) error {
			talk, err := open(cx, "")
			if err != nil {
				return err
			}
			if err := talk.Send(cx, 1); err != nil {
				return err
			}
			_, err = talk.Result(cx)
			return err
		})
		wantCode(t, err, actor.CodeCircle)
	drain:
		for {
			select {
			case <-asked:
			default:
				break drain
			}
		}
	}
}

// One goroutine waits with the context of a handler that may give up its turn.
func TestSecondWaitOfASuspendedHandlerIsRefused(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	ok(t, g.DoReentrant(soon(t), func(cx *actor.Context) error {
		first := make(chan error, 1)
		detached := cx.Detach()
		helper := make(chan error, 2)
		go func() {
			for len(g.Actor().Inspect().Suspended) == 0 {
				runtime.Gosched()
			}
			_, err := other.Echo(cx, "x")
			helper <- err
			release()
			_, err = other.Echo(detached, "y")
			helper <- err
		}()
		first <- other.Do(cx, nop)
		ok(t, <-first)
		err := <-helper
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "sample.Gate.Echo", "sample.Gate.DoReentrant", "ctx.Detach()")
		return <-helper
	}))
}

func TestGoroutineOfASuspendedHandlerIsCheckedInIsolation(t *testing.T) {
	p := newProc(t, actor.Isolated())
	g, other := spawnGate(t, p), spawnGate(t, p)
	ok(t, g.DoReentrant(soon(t), func(cx *actor.Context) error {
		err := receive(t, begin(func() error { _, err := other.Echo(cx, "x"); return err }), "the helper")
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "only the goroutine of sample.Gate.DoReentrant waits with its context")
		return nil
	}))
}

// The errors of a reentrant handler are those of others: its caller's, or supervision's.
func TestErrorsOfReentrantHandlers(t *testing.T) {
	p := newProc(t, quiet)
	var starts atomic.Int32
	g := spawnGateAs(t, p, sample.Gate{OnInit: func(*actor.Context) error { starts.Add(1); return nil }})
	if err := g.DoReentrant(soon(t), func(*actor.Context) error { return errBoom }); !errors.Is(err, errBoom) || starts.Load() != 1 {
		t.Errorf("an error: %v after %d starts", err, starts.Load())
	}
	for name, f := range map[string]func(cx *actor.Context) error{
		"fatal":  func(*actor.Context) error { return actor.Fatal(errBoom) },
		"panic":  func(*actor.Context) error { panic("boom") },
		"goexit": func(*actor.Context) error { runtime.Goexit(); return nil },
	} {
		before := starts.Load()
		err := g.DoReentrant(soon(t), f)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		until(t, "the actor has restarted after "+name, func() bool { return starts.Load() == before+1 })
		flush(t, g)
	}
	g2 := spawnGateAs(t, p, sample.Gate{}, actor.OnFailure(actor.StopActor))
	ok(t, g2.PostReentrant(soon(t), func(*actor.Context) error { return errBoom }))
	st, err := g2.Actor().Wait(soon(t))
	if ok(t, err); st.State != actor.StateFailed || !errors.Is(st.Cause, errBoom) {
		t.Errorf("a cast's error: %v", st)
	}
}

// Suspended handlers of a run that ends are woken with the cause, and unwind one at a time before the next run is built.
func TestSuspendedHandlersUnwindBeforeTheNextRun(t *testing.T) {
	p := newProc(t, quiet)
	other := spawnGate(t, p)
	hold(t, other)
	var inside, builds int // the race detector sees to it that it is one at a time
	cleaned := -1
	g, err := sample.SpawnGate(p, "", func() *sample.Gate {
		if builds++; inside != 0 {
			t.Errorf("build with %d handlers inside", inside)
		}
		return &sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned = inside; return nil }}
	})
	ok(t, err)
	var calls []<-chan error
	for i := range 5 {
		before := len(g.Actor().Inspect().Suspended)
		calls = append(calls, begin(func() error {
			return g.DoReentrant(context.WithoutCancel(soon(t)), func(cx *actor.Context) error {
				if i%2 == 0 {
					cx.Done() // that somebody looks at it makes a difference
				}
				inside++
				err := other.Do(context.WithoutCancel(cx), nop) // its own end does not reach that
				if context.Cause(cx) == nil || cx.Err() == nil {
					t.Error("the context has not ended")
				}
				runtime.Gosched()
				if inside--; i%2 == 1 {
					err = cx.Err() // which is not what its caller is to be told
				}
				return err
			})
		}))
		until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
	}
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	for _, call := range calls {
		err := receive(t, call, "a suspended handler's answer")
		wantCode(t, err, actor.CodeStopped)
		wantText(t, err, "boom")
		if errors.Is(err, context.Canceled) {
			t.Errorf("the caller is told that it was cancelled: %v", err)
		}
	}
	flush(t, g)
	if err := g.Do(soon(t), func(*actor.Context) error {
		if builds != 2 || cleaned != 0 {
			t.Errorf("%d builds, Cleanup with %d handlers inside", builds, cleaned)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// In whichever way an actor ends, nobody waits for a suspended handler's answer for ever, and the handlers unwind one at a time.
func TestEndOfAnActorWakesItsSuspendedHandlers(t *testing.T) {
	for _, mode := range []actor.StopMode{actor.StopNow, actor.StopKill} {
		for _, running := range []bool{false, true} { // whether another handler has the turn
			p := newProc(t, quiet)
			g, other := spawnGate(t, p), spawnGate(t, p)
			hold(t, other)
			inside := 0
			var returned sync.WaitGroup
			var calls []<-chan error
			for range 4 {
				before := len(g.Actor().Inspect().Suspended)
				returned.Add(1)
				calls = append(calls, begin(func() error {
					return g.DoReentrant(context.WithoutCancel(soon(t)), func(cx *actor.Context) error {
						defer returned.Done()
						err := other.Do(cx, nop)
						inside++
						runtime.Gosched()
						if inside--; inside != 0 {
							t.Error("two unwind at once")
						}
						if again := other.Do(cx, nop); again == nil {
							t.Errorf("another call of a run that has ended: %v", again)
						}
						return err
					})
				}))
				until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
			}
			release := func() {}
			if running {
				release = hold(t, g)
			}
			g.Actor().Stop(mode, errBoom)
			if mode == actor.StopNow {
				release()
			}
			for _, call := range calls {
				err := receive(t, call, "a suspended handler's answer")
				wantCode(t, err, actor.CodeStopped)
				wantText(t, err, "boom")
			}
			release()
			await(t, &returned, "the handlers to unwind")
			st, err := g.Actor().Wait(soon(t))
			if ok(t, err); st.State != actor.StateStopped {
				t.Errorf("%v: %v", mode, st)
			}
		}
	}
}

// A drain lets suspended handlers come to their end.
func TestDrainWaitsForSuspendedHandlers(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	done := suspendedIn(t, soon(t), g, other)
	g.Actor().Stop(actor.StopDrain, nil)
	if err := g.Do(soon(t), nop); !errors.Is(err, actor.ErrStopped) {
		t.Errorf("a call of an actor that drains: %v", err)
	}
	if st := g.Actor().Status(); st.State != actor.StateStopping {
		t.Errorf("it is %v", st)
	}
	release()
	ok(t, receive(t, done, "the handler"))
	_, err := g.Actor().Wait(soon(t))
	ok(t, err)
}

// A handler that does not unwind holds the next run up no longer than the stop timeout. It is named by the shutdown, and its state is nobody else's.
func TestSuspendedHandlerThatHangsIsLeftBehind(t *testing.T) {
	p := newProc(t, quiet)
	other := spawnGate(t, p)
	release := hold(t, other)
	var starts atomic.Int32
	g, err := sample.SpawnGate(p, "stuck", func() *sample.Gate {
		starts.Add(1)
		return &sample.Gate{}
	}, actor.StopTimeout(20*time.Millisecond))
	ok(t, err)
	never := make(chan struct{})
	defer close(never)
	inside := 0
	var calls []<-chan error
	for range 3 {
		before := len(g.Actor().Inspect().Suspended)
		calls = append(calls, begin(func() error {
			return g.DoReentrant(context.WithoutCancel(soon(t)), func(cx *actor.Context) error {
				err := other.Do(cx, nop)
				if inside++; inside == 1 {
					<-never // the first one hangs, and those behind it wait for it
				}
				return err
			})
		}))
		until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
	}
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	for _, call := range calls {
		wantCode(t, receive(t, call, "the answer of one left behind"), actor.CodeStopped)
	}
	flush(t, g)
	if starts.Load() != 2 {
		t.Errorf("%d starts", starts.Load())
	}
	release()
	report, err := p.Shutdown(soon(t))
	if err != nil && !strings.Contains(err.Error(), "stuck") {
		t.Error(err)
	}
	found := 0
	for _, a := range report.Abandoned {
		if a.Name == "stuck" {
			found++
		}
	}
	if found != 3 {
		t.Errorf("the report names %d handlers: %v", found, report)
	}
}

// An actor whose handlers have given up their turn is not idle.
func TestSuspendedHandlerKeepsItsActorFromBeingIdle(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p, actor.StopWhenIdle(4*time.Millisecond))
	other := spawnGate(t, p)
	release := hold(t, other)
	done := suspendedIn(t, soon(t), g, other)
	quiet := time.NewTimer(40 * time.Millisecond)
	select {
	case <-quiet.C:
	case <-g.Actor().Done():
		t.Error("it has stopped")
	}
	flush(t, g) // nor does it refuse what comes
	release()
	ok(t, receive(t, done, "the handler"))
	_, err := g.Actor().Wait(soon(t))
	ok(t, err)
}
