package actor_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// What a handler of a run that has ended does wrong while it unwinds is no failure of the next run.
func TestPanicOfAnUnwindingHandlerFailsNoOtherRun(t *testing.T) {
	p := newProc(t, quiet)
	g, other := spawnGate(t, p), spawnGate(t, p)
	hold(t, other)
	var calls []<-chan error
	for _, f := range []func() error{func() error { panic("while it unwinds") }, func() error { return actor.Fatal(errors.New("while it unwinds")) },
		func() error { runtime.Goexit(); return nil }} {
		before := len(g.Actor().Inspect().Suspended)
		calls = append(calls, begin(func() error {
			return g.DoReentrant(context.WithoutCancel(soon(t)), func(cx *actor.Context) error {
				_ = other.Do(cx, nop)
				return f()
			})
		}))
		until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
	}
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	for _, call := range calls {
		if receive(t, call, "the answer of one that unwinds") == nil {
			t.Error("no error")
		}
	}
	flush(t, g)
	if st := g.Actor().Status(); st.Restarts != 1 || st.State != actor.StateRunning {
		t.Errorf("after one failure: %+v", st)
	}
	if s := g.Actor().Inspect(); s.LastFailure == nil || !errors.Is(s.LastFailure.Err, errBoom) {
		t.Errorf("the last failure: %+v", s.LastFailure)
	}
}

// What was taken with a message whose handler is a strand is reported when a kill finds that running.
func TestKillTellsWhatIsBehindARunningStrand(t *testing.T) {
	const n = 5
	var lost lostAndFound
	p := newProc(t, quiet, lost.option())
	g := spawnGate(t, p)
	first := hold(t, g)
	running, gate := make(chan struct{}), make(chan struct{})
	ok(t, g.PostReentrant(soon(t), func(*actor.Context) error {
		close(running)
		<-gate
		return nil
	}))
	for range n {
		ok(t, g.Post(soon(t), func(*actor.Context) error { t.Error("it runs"); return nil }))
	}
	first()
	closed(t, running, "the strand to run")
	g.Actor().Stop(actor.StopKill, errBoom)
	_, err := g.Actor().Wait(soon(t))
	ok(t, err)
	close(gate)
	until(t, "all are reported", func() bool { return len(lost.list()) == n })
}

// A handler that was left behind takes nothing from the run after its own, nor fails it, when it ends at last.
func TestLateReturnOfAHandlerTouchesNoOtherRun(t *testing.T) {
	const n = 10
	var lost lostAndFound
	p := newProc(t, quiet, lost.option())
	g := spawnGateAs(t, p, sample.Gate{}, actor.StopTimeout(10*time.Millisecond))
	other := spawnGate(t, p)
	hold(t, other)
	never, late := make(chan struct{}), make(chan struct{})
	call := begin(func() error {
		return g.DoReentrant(context.WithoutCancel(soon(t)), func(cx *actor.Context) error {
			defer close(late)
			_ = other.Do(cx, nop)
			<-never
			panic("late")
		})
	})
	until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) == 1 })
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	wantCode(t, receive(t, call, "the answer of the one left behind"), actor.CodeStopped)
	first := hold(t, g) // of the next run
	running, gate := make(chan struct{}), make(chan struct{})
	var handled atomic.Int32
	ok(t, g.Post(soon(t), func(*actor.Context) error {
		close(running)
		<-gate
		return nil
	}))
	for range n {
		ok(t, g.Post(soon(t), func(*actor.Context) error { handled.Add(1); return nil }))
	}
	first()
	closed(t, running, "the next run, with messages behind")
	close(never)
	closed(t, late, "the handler to return")
	for range 100 { // it has more to do before its goroutine ends
		runtime.Gosched()
	}
	close(gate)
	flush(t, g)
	if handled.Load() != n || len(lost.list()) != 0 || g.Actor().Status().Restarts != 1 {
		t.Errorf("%d of %d messages handled, %d lost, %d restarts", handled.Load(), n, len(lost.list()), g.Actor().Status().Restarts)
	}
}
