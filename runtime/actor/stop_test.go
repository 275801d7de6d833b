package actor_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// modes are the ways to stop.
var modes = []actor.StopMode{actor.StopDrain, actor.StopNow, actor.StopKill}

// parity: B28, BT1, BT13, BT37, BT51, BT59, C4, C7, CT16
func TestDrainHandlesWhatIsQueued(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	release := hold(t, g)
	var ran atomic.Int64
	count := func(*actor.Context) error { ran.Add(1); return nil }
	for range 100 {
		ok(t, g.Post(context.Background(), count))
	}
	calls := queue(t, soon(t), g, 5, count)
	g.Actor().Stop(actor.StopDrain, errBoom)
	if s := g.Actor().Status(); s.State != actor.StateStopping || s.Cause != errBoom {
		t.Errorf("while it drains: %+v", s)
	}
	err := g.Post(context.Background(), count)
	if !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
		t.Errorf("sending to one that drains: %v", err)
	}
	release()
	for range 5 {
		ok(t, receive(t, calls, "a queued call"))
	}
	s := ended(t, g)
	if s.State != actor.StateStopped || s.Cause != errBoom || ran.Load() != 105 {
		t.Errorf("%+v, %d handled", s, ran.Load())
	}
	err = g.Post(context.Background(), count)
	if !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
		t.Errorf("sending to one that has stopped: %v", err)
	}
	wantText(t, err, "has stopped", "boom")
	if len(p.Drops()) != 0 {
		t.Errorf("drops %v", p.Drops())
	}
}

// parity: CT39
func TestStopNowEndsAfterTheMessageBeingHandled(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	release := hold(t, g)
	var ran atomic.Int64
	count := func(*actor.Context) error { ran.Add(1); return nil }
	ok(t, g.Post(context.Background(), count))
	calls := queue(t, context.Background(), g, 3, count) // which would wait for ever
	g.Actor().Stop(actor.StopNow, nil)
	release()
	for range 3 {
		wantCode(t, receive(t, calls, "a queued call"), actor.CodeStopped)
	}
	if s := ended(t, g); s.State != actor.StateStopped || ran.Load() != 0 || p.Drops()[actor.CodeStopped] != 1 {
		t.Errorf("%+v, %d handled, drops %v", s, ran.Load(), p.Drops())
	}
}

// Also if the rest was taken from the mailbox together with the message that is being handled.
func TestStopInTheMiddleOfABatch(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			p := newProc(t, quiet)
			g := spawnGate(t, p)
			release := hold(t, g)
			var ran atomic.Int64
			for i := range 10 {
				ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
					if ran.Add(1); i == 2 {
						cx.Self().Stop(mode, nil)
					}
					return nil
				}))
			}
			calls := queue(t, soon(t), g, 2, func(*actor.Context) error { ran.Add(1); return nil })
			release()
			wantRan, wantLost := int64(3), uint64(7)
			if mode == actor.StopDrain {
				wantRan, wantLost = 12, 0
			}
			for range 2 {
				if err := receive(t, calls, "a call of the batch"); (err == nil) != (mode == actor.StopDrain) {
					t.Error(err)
				}
			}
			ended(t, g)
			// Of a killed actor the one who lets go of it reports what it had taken.
			until(t, "what was queued is reported", func() bool { return mode != actor.StopKill || p.Drops()[actor.CodeStopped] >= wantLost })
			if ran.Load() != wantRan || p.Drops()[actor.CodeStopped] != wantLost {
				t.Errorf("%d handled, drops %v", ran.Load(), p.Drops())
			}
		})
	}
}

// parity: BT41
func TestKillOfAHungHandlerReleasesEveryCaller(t *testing.T) {
	p := newProc(t, quiet)
	for range 50 {
		var cleaned atomic.Int64
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned.Add(1); return nil }})
		hold1 := hold(t, g)
		// When this is released, a batch of calls is taken, and the first of them hangs.
		running, gate := make(chan *actor.Context, 1), make(chan struct{})
		first := queue(t, soon(t), g, 1, func(cx *actor.Context) error { running <- cx; <-gate; return nil })
		batch := queue(t, soon(t), g, 5, func(*actor.Context) error { t.Error("ran after the kill"); return nil })
		hold1()
		cx := receive(t, running, "the handler that hangs")
		queued := queue(t, soon(t), g, 5, func(*actor.Context) error { t.Error("ran after the kill"); return nil })

		g.Actor().Stop(actor.StopKill, errBoom)
		for name, calls := range map[string]<-chan error{"running": first, "in the batch": batch, "queued": queued} {
			for range cap(calls) {
				err := receive(t, calls, "a call that is "+name)
				if !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		if s := ended(t, g); s.State != actor.StateStopped || s.Cause != errBoom {
			t.Errorf("%+v", s)
		}
		closed(t, cx.Done(), "the end of the hung handler's context")
		if !errors.Is(context.Cause(cx), errBoom) {
			t.Errorf("its cause is %v", context.Cause(cx))
		}
		close(gate)
		if cleaned.Load() != 0 {
			t.Error("Cleanup ran")
		}
	}
}

// A handler that hangs for good is named in the report, and nothing else is.
func TestShutdownNamesHungHandlers(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	g, err := sample.SpawnGate(p, "hung", func() *sample.Gate { return &sample.Gate{} })
	ok(t, err)
	release := hold(t, g)
	polite, err := sample.SpawnGate(p, "polite", func() *sample.Gate { return &sample.Gate{} })
	ok(t, err)
	running := make(chan struct{})
	ok(t, polite.Post(context.Background(), func(cx *actor.Context) error { close(running); <-cx.Done(); return nil }))
	closed(t, running, "the polite handler")
	spawnGate(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	report, err := p.Shutdown(ctx)
	wantCode(t, err, actor.CodeCanceled)
	wantText(t, err, "shutting down proc test")
	if report.Stopped != 3 || report.Killed == 0 || report.Took <= 0 {
		t.Errorf("%+v", report)
	}
	if len(report.Abandoned) != 1 || report.Abandoned[0].Name != "hung" || report.Abandoned[0].ID != g.Actor().ID() || report.Abandoned[0].Kind != g.Actor().Kind() {
		t.Errorf("abandoned %+v", report.Abandoned)
	}
	release()
	noGoroutineLeft(t)
}

// parity: A68, B2, C28, CT21
func TestShutdownDrainsTheTree(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	var ran atomic.Int64
	var roots []sample.GateHandle
	for range 5 {
		g := spawnGate(t, p)
		roots = append(roots, g)
		ok(t, g.Do(soon(t), func(cx *actor.Context) error {
			for range 3 {
				child := spawnGate(t, cx)
				for range 10 {
					ok(t, child.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
				}
			}
			return nil
		}))
	}
	report, err := p.Shutdown(soon(t))
	ok(t, err)
	if ran.Load() != 150 || report.Stopped != 20 || report.Killed != 0 || len(report.Abandoned) != 0 {
		t.Errorf("%d handled, %+v", ran.Load(), report)
	}
	closed(t, p.Done(), "the proc's end")
	if p.Err() != nil {
		t.Errorf("a shutdown that was asked for has the error %v", p.Err())
	}
	for _, g := range roots {
		err := g.Do(soon(t), nil)
		if !errors.Is(err, actor.ErrStopped) {
			t.Error(err)
		}
		wantText(t, err, "proc test is shutting down")
	}
	noGoroutineLeft(t)
	// A second one returns the same.
	again, err := p.Shutdown(soon(t))
	if again != report || err != nil {
		t.Errorf("%+v, %v", again, err)
	}
	ok(t, p.Close())
}

func TestShutdownByManyAtOnce(t *testing.T) {
	for range 30 {
		p, err := actor.NewProc("test", quiet)
		ok(t, err)
		for range 5 {
			g := spawnGate(t, p)
			ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
				_, err := sample.SpawnGate(cx, "", func() *sample.Gate { return &sample.Gate{} })
				if err != nil && !errors.Is(err, actor.ErrStopped) {
					t.Error(err)
				}
				return nil
			}))
		}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if i == 3 {
					p.Close()
					return
				}
				p.Shutdown(soon(t))
			})
		}
		await(t, &wg, "the shutdowns")
	}
	noGoroutineLeft(t)
}

func TestCleanupRunsOnceWithTheCause(t *testing.T) {
	for _, mode := range []actor.StopMode{actor.StopDrain, actor.StopNow} {
		for _, busy := range []bool{false, true} {
			p := newProc(t, quiet)
			var causes []error
			g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, cause error) error {
				causes = append(causes, cause)
				if cx.Err() != nil {
					t.Errorf("its context has ended: %v", cx.Err())
				}
				return nil
			}})
			release := func() {}
			if busy {
				release = hold(t, g)
			}
			g.Actor().Stop(mode, errBoom)
			g.Actor().Stop(mode, nil) // changes nothing
			release()
			s := ended(t, g)
			if len(causes) != 1 || causes[0] != errBoom || s.Cause != errBoom {
				t.Errorf("%v, busy %v: Cleanup with %v, status %+v", mode, busy, causes, s)
			}
		}
	}
}

// parity: B31, B32, C11
func TestCleanupAfterAFailure(t *testing.T) {
	for name, f := range failures {
		p := newProc(t, quiet)
		var causes []error
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(_ *actor.Context, cause error) error {
			causes = append(causes, cause)
			return nil
		}}, actor.OnFailure(actor.StopActor))
		ok(t, g.Post(context.Background(), f))
		ended(t, g)
		if name == "panic" || name == "Goexit" { // the state cannot be trusted
			if len(causes) != 0 {
				t.Errorf("%s: Cleanup ran with %v", name, causes)
			}
		} else if len(causes) != 1 || !errors.Is(causes[0], errBoom) {
			t.Errorf("%s: Cleanup with %v", name, causes)
		}
	}
}

// parity: BT36
func TestCleanupsOwnFailureIsTheOutcome(t *testing.T) {
	for name, f := range failures {
		p := newProc(t, quiet)
		runs := 0
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error { runs++; return f(cx) }})
		g.Actor().Stop(actor.StopDrain, nil)
		s := ended(t, g)
		if s.State != actor.StateFailed || runs != 1 {
			t.Errorf("%s: %+v, %d runs", name, s, runs)
		}
		wantText(t, s.Cause, "Cleanup of sample.Gate #")
		if name != "Goexit" && !errors.Is(s.Cause, errBoom) {
			t.Errorf("%s: %v", name, s.Cause)
		}
	}
}

// A killed actor's Cleanup that runs already is left behind; the kill waits for nothing.
func TestKillDuringCleanup(t *testing.T) {
	p := newProc(t, quiet)
	for range 20 {
		running, gate := make(chan *actor.Context, 1), make(chan struct{})
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error {
			running <- cx
			<-gate
			return nil
		}})
		g.Actor().Stop(actor.StopDrain, nil)
		cx := receive(t, running, "Cleanup")
		g.Actor().Stop(actor.StopKill, errBoom)
		if s := ended(t, g); s.Cause != errBoom {
			t.Errorf("%+v", s)
		}
		closed(t, cx.Done(), "the end of Cleanup's context")
		close(gate)
	}
}

// parity: BT5, CT24
func TestChildrenEndBeforeTheParentsCleanup(t *testing.T) {
	for _, mode := range []actor.StopMode{actor.StopDrain, actor.StopNow} {
		p := newProc(t, quiet)
		var mu sync.Mutex
		var order []string
		at := func(name string) sample.Gate {
			return sample.Gate{OnCleanup: func(*actor.Context, error) error {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
				return nil
			}}
		}
		root := spawnGateAs(t, p, at("root"))
		var below []sample.GateHandle
		ok(t, root.Do(soon(t), func(cx *actor.Context) error {
			for range 3 {
				c := spawnGateAs(t, cx, at("child"))
				below = append(below, c)
				ok(t, c.Do(cx, func(cx *actor.Context) error { below = append(below, spawnGateAs(t, cx, at("grandchild"))); return nil }))
			}
			return nil
		}))
		root.Actor().Stop(mode, nil)
		ended(t, root)
		mu.Lock()
		if len(order) != 7 || order[6] != "root" {
			t.Errorf("%v: Cleanup in the order %v", mode, order)
		}
		if last, first := lastIndex(order, "grandchild"), slices.Index(order, "child"); first < 0 || last < 0 || order[0] != "grandchild" {
			t.Errorf("%v: Cleanup in the order %v", mode, order)
		}
		mu.Unlock()
		for _, g := range below {
			s := g.Actor().Status()
			if s.State != actor.StateStopped {
				t.Errorf("%v: one below: %+v", mode, s)
			}
			wantText(t, s.Cause, "the parent sample.Gate #", "is stopping")
			if err := g.Post(context.Background(), nop); !errors.Is(err, actor.ErrStopped) {
				t.Errorf("%v: sending to one below: %v", mode, err)
			}
		}
	}
}

func lastIndex(all []string, s string) int {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] == s {
			return i
		}
	}
	return -1
}

// parity: BT35
// Children of one that drains drain too, on all levels.
func TestChildrenInheritTheDrain(t *testing.T) {
	p := newProc(t)
	root := spawnGate(t, p)
	child := childGate(t, root)
	grandchild := childGate(t, child)
	var ran atomic.Int64
	queued := func(g sample.GateHandle, n int) (release func()) {
		release = hold(t, g)
		for range n {
			ok(t, g.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
		}
		return release
	}
	releaseChild, releaseGrandchild := queued(child, 5), queued(grandchild, 7)
	root.Actor().Stop(actor.StopDrain, errBoom)
	stopping(t, child)
	releaseChild()
	stopping(t, grandchild)
	releaseGrandchild()
	if s := ended(t, root); s.State != actor.StateStopped || s.Cause != errBoom || ran.Load() != 12 {
		t.Errorf("%+v, %d handled", s, ran.Load())
	}
	for _, g := range []sample.GateHandle{child, grandchild} {
		if s := ended(t, g); s.State != actor.StateStopped {
			t.Errorf("%+v", s)
		} else {
			wantText(t, s.Cause, "the parent sample.Gate #", "is stopping")
		}
	}
}

// stopping waits until g has been told to stop.
func stopping(t *testing.T, g sample.GateHandle) {
	t.Helper()
	for s := range g.Actor().Watch(soon(t)) {
		if s.State == actor.StateStopping {
			return
		}
	}
}

// parity: B30, BT36
// What fails while it drains drops the rest of its mail, and its children do not work off theirs.
func TestDrainThatFailsStopsTheChildrenAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	parent := spawnGate(t, p)
	child := childGate(t, parent)
	releaseParent, releaseChild := hold(t, parent), hold(t, child)
	fail(t, parent)
	ran := func(*actor.Context) error { t.Error("handled after the failure"); return nil }
	ok(t, parent.Post(context.Background(), ran))
	ok(t, child.Post(context.Background(), ran))
	parent.Actor().Stop(actor.StopDrain, nil)
	releaseParent()
	stopping(t, child)
	releaseChild()
	if s := ended(t, parent); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
		t.Errorf("%+v", s)
	}
	if s := ended(t, child); s.State != actor.StateStopped || p.Drops()[actor.CodeStopped] != 2 {
		t.Errorf("the child: %+v, drops %v", s, p.Drops())
	}
}

// parity: CT24
func TestKillEndsTheWholeTreeAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	root := spawnGate(t, p)
	var child, grandchild sample.GateHandle
	ok(t, root.Do(soon(t), func(cx *actor.Context) error {
		child = spawnGate(t, cx)
		return child.Do(cx, func(cx *actor.Context) error { grandchild = spawnGate(t, cx); return nil })
	}))
	hold(t, child)
	hold(t, grandchild)
	call := queue(t, soon(t), grandchild, 1, nil)
	root.Actor().Stop(actor.StopKill, errBoom)
	wantCode(t, receive(t, call, "a call of the grandchild"), actor.CodeStopped)
	for _, g := range []sample.GateHandle{root, child, grandchild} {
		s := ended(t, g)
		if s.State != actor.StateStopped || !errors.Is(s.Cause, errBoom) {
			t.Errorf("%+v", s)
		}
	}
	wantText(t, grandchild.Actor().Status().Cause, "the parent sample.Gate #", "was killed")
}

// A parent that waits for a child goes on however the child ends.
func TestParentGoesOnWhenTheChildItWaitsForIsKilled(t *testing.T) {
	p := newProc(t, quiet)
	for range 50 {
		parent := spawnGate(t, p)
		child := childGate(t, parent)
		release := hold(t, child)
		parent.Actor().Stop(actor.StopNow, nil)
		for s := range child.Actor().Watch(soon(t)) {
			if s.State == actor.StateStopping { // the parent has asked it to
				break
			}
		}
		child.Actor().Stop(actor.StopKill, nil)
		ended(t, parent)
		release()
	}
}

// parity: B14, B33, BT3, BT22, C12, C25, CT36
func TestNameIsFreeWhenDone(t *testing.T) {
	p := newProc(t, quiet)
	for i := range 200 {
		g, err := sample.SpawnGate(p, "name", func() *sample.Gate { return &sample.Gate{} })
		ok(t, err)
		go g.Actor().Stop(modes[i%3], nil)
		closed(t, g.Actor().Done(), "the end")
		if h, err := sample.LookupGate(p, "name"); !errors.Is(err, actor.ErrNotFound) {
			t.Fatalf("found %v, %v", h, err)
		}
	}
}

// parity: BT22
// So is it when Watch tells of the end, however soon it looks.
func TestNameIsFreeWhenWatchTellsOfTheEnd(t *testing.T) {
	p := newProc(t, quiet)
	for i := range 2000 {
		g, err := sample.SpawnGate(p, "name", plainGate)
		if err != nil {
			t.Fatalf("after %d ends: %v", i, err)
		}
		watching := make(chan struct{})
		go func() {
			<-watching
			g.Actor().Stop(modes[i%3], nil)
		}()
		for s := range g.Actor().Watch(soon(t)) {
			if s.State == actor.StateRunning {
				close(watching)
			}
		}
	}
}

// parity: BT37, BT40
func TestWatchTellsEveryStateToTheEnd(t *testing.T) {
	p := newProc(t, quiet)
	gate := make(chan struct{})
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { <-gate; return nil }}, actor.OnFailure(actor.Restart{Backoff: actor.NoBackoff}))
	next := make(chan actor.Status)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for s := range g.Actor().Watch(context.Background()) {
			next <- s
		}
	}()
	expect := func(state actor.State) {
		t.Helper()
		if s := receive(t, next, state.String()); s.State != state {
			t.Fatalf("got %v, want %v", s, state)
		}
	}
	expect(actor.StateRunning)
	fail(t, g)
	expect(actor.StateRestarting)
	gate <- struct{}{}
	expect(actor.StateRunning)
	g.Actor().Stop(actor.StopNow, errBoom)
	expect(actor.StateStopping)
	gate <- struct{}{}
	expect(actor.StateStopped)
	closed(t, over, "the end of the watch")
	// One that comes later has the end alone.
	for s := range g.Actor().Watch(context.Background()) {
		if s.State != actor.StateStopped || s.Cause != errBoom {
			t.Errorf("%+v", s)
		}
	}
}

func TestWatchEndsWithItsContextAndItsLoop(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for range g.Actor().Watch(ctx) {
		n++
		cancel()
	}
	for range g.Actor().Watch(context.Background()) {
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d statuses", n)
	}
	s, err := g.Actor().Wait(ctx)
	wantCode(t, err, actor.CodeCanceled)
	wantText(t, err, "waiting for the end of sample.Gate #")
	if s.State != actor.StateRunning {
		t.Errorf("%+v", s)
	}
}

func TestStopOfAnIdleActorRunsAtOnce(t *testing.T) {
	p := newProc(t)
	for _, mode := range modes {
		h := spawnCounter(t, p) // has no Cleanup
		_, err := h.Deposit(soon(t), 1, "")
		ok(t, err)
		until(t, "the turn is given up, soon after the answer", func() bool { return !h.Actor().Status().Busy })
		h.Actor().Stop(mode, nil)
		if s := h.Actor().Status(); s.State != actor.StateStopped {
			t.Errorf("%v: %+v", mode, s)
		}
	}
}

func TestStopWhileARestartWaits(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			p := newProc(t, quiet)
			var builds atomic.Int64
			g, err := sample.SpawnGate(p, "", func() *sample.Gate { builds.Add(1); return &sample.Gate{} },
				actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Hour)}))
			ok(t, err)
			release := hold(t, g)
			ok(t, g.Post(context.Background(), func(*actor.Context) error { return errBoom }))
			for range 7 { // taken in one batch with the failing one
				ok(t, g.Post(context.Background(), func(*actor.Context) error { return nil }))
			}
			release()
			for s := range g.Actor().Watch(soon(t)) {
				if s.State == actor.StateRestarting {
					break
				}
			}
			ok(t, g.Post(context.Background(), func(*actor.Context) error { return nil })) // queued for the next incarnation
			calls := queue(t, soon(t), g, 3, nil)
			g.Actor().Stop(mode, nil)
			for range 3 {
				wantCode(t, receive(t, calls, "a queued call"), actor.CodeStopped)
			}
			ended(t, g)
			until(t, "what was queued is reported", func() bool { return p.Drops()[actor.CodeStopped] >= 8 })
			if builds.Load() != 1 || p.Drops()[actor.CodeStopped] != 8 {
				t.Errorf("%d builds, drops %v", builds.Load(), p.Drops())
			}
		})
	}
}

func TestStopFromTheHandlerItself(t *testing.T) {
	for _, mode := range modes {
		for name, do := range ways {
			p := newProc(t, quiet)
			g := spawnGate(t, p)
			err := do(g, soon(t), func(cx *actor.Context) error {
				cx.Self().Stop(mode, errBoom)
				if mode == actor.StopKill && cx.Err() == nil {
					t.Error("a killed actor's context has not ended")
				}
				return nil
			})
			// An inline call is committed to its end; any other call of a killed actor is answered by the kill.
			if want := mode != actor.StopKill || name == "inline"; (err == nil) != want {
				t.Errorf("%v, %s: %v", mode, name, err)
			}
			if s := ended(t, g); s.State != actor.StateStopped || s.Cause != errBoom {
				t.Errorf("%v, %s: %+v", mode, name, s)
			}
		}
	}
}

// A later request counts if its mode is stronger.
func TestStrongerStopReplacesTheWeaker(t *testing.T) {
	p := newProc(t, quiet)
	drain, now, kill := errors.New("drain"), errors.New("now"), errors.New("kill")
	g := spawnGate(t, p)
	release := hold(t, g)
	defer release()
	var ran atomic.Int64
	ok(t, g.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
	expect := func(want error) {
		t.Helper()
		if s := g.Actor().Status(); s.Cause != want {
			t.Errorf("cause %v, want %v", s.Cause, want)
		}
	}
	g.Actor().Stop(actor.StopDrain, drain)
	expect(drain)
	g.Actor().Stop(actor.StopNow, now)
	expect(now)
	g.Actor().Stop(actor.StopDrain, drain)
	expect(now)
	g.Actor().Restart(errBoom) // too late
	g.Actor().Stop(actor.StopKill, kill)
	expect(kill)
	if s := ended(t, g); s.State != actor.StateStopped || ran.Load() != 0 {
		t.Errorf("%+v, %d handled", s, ran.Load())
	}
	g.Actor().Stop(actor.StopDrain, drain)
	g.Actor().Stop(actor.StopMode(99), nil)
	g.Actor().Restart(nil)
	expect(kill)
}

// Stops of all kinds at once, on actors in all conditions: each ends once.
func TestStopsAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	for i := range 300 {
		var cleaned atomic.Int64
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned.Add(1); return errBoom }}, atOnce)
		if i%3 > 0 {
			ok(t, g.Do(soon(t), func(cx *actor.Context) error { spawnGate(t, cx); spawnGate(t, cx); return nil }))
		}
		c := spawnCounter(t, p)
		var wg sync.WaitGroup
		for j := range 4 {
			wg.Go(func() { g.Actor().Stop(modes[(i+j)%3], fmt.Errorf("%d", j)) })
			wg.Go(func() { c.Actor().Stop(modes[(i+j)%3], fmt.Errorf("%d", j)) })
		}
		wg.Go(func() { g.Actor().Restart(nil) })
		wg.Go(func() { g.Post(context.Background(), failures["panic"]) })
		await(t, &wg, "the stops")
		ended(t, g)
		_, err := c.Actor().Wait(soon(t))
		ok(t, err)
		if n := cleaned.Load(); n > 2 { // the restart's, and the end's
			t.Fatalf("Cleanup ran %d times", n)
		}
	}
}

// Whenever a kill comes, a handler that it finds, or that starts in spite of it, has a context that ends: none is left behind.
func TestKillAtAnyMomentEndsTheHandlersContext(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	for i := range 2000 {
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error { <-cx.Done(); return nil }})
		wait := func(cx *actor.Context) error { <-cx.Done(); return nil }
		if i%2 == 0 {
			ok(t, g.Post(context.Background(), wait))
		} else {
			g.Actor().Stop(actor.StopNow, nil)
		}
		for range i % 50 {
			runtime.Gosched()
		}
		g.Actor().Stop(actor.StopKill, nil)
		ended(t, g)
	}
	report, err := p.Shutdown(soon(t))
	ok(t, err)
	if len(report.Abandoned) != 0 {
		t.Errorf("abandoned %+v", report.Abandoned)
	}
	noGoroutineLeft(t)
}

func TestStopModesHaveNames(t *testing.T) {
	for mode, name := range map[actor.StopMode]string{actor.StopDrain: "drain", actor.StopNow: "now", actor.StopKill: "kill", 0: "stop mode 0"} {
		if mode.String() != name {
			t.Errorf("%d is %q", uint8(mode), mode)
		}
	}
	for s := actor.StateNone; s <= actor.StateFailed; s++ {
		if s.Terminal() != (s == actor.StateStopped || s == actor.StateFailed) || s.String() == "" {
			t.Errorf("%v", s)
		}
	}
	if got := (actor.Status{State: actor.StateFailed, Cause: errBoom}).String(); got != "failed: boom" {
		t.Error(got)
	}
}

// A stop that finds the actor killed meanwhile leaves nothing of what had been taken from the mailbox.
func TestStopAndKillAtOnceLoseNothing(t *testing.T) {
	var lost, handled atomic.Int64
	p := newProc(t, quiet, actor.OnUndelivered(func(*actor.Undelivered) { lost.Add(1) }))
	const rounds, n = 400, 40
	for round := range rounds {
		g := spawnGate(t, p)
		first := hold(t, g)
		began := make(chan struct{})
		var second atomic.Bool
		ok(t, g.Post(soon(t), func(*actor.Context) error {
			close(began)
			for !second.Load() { // to go on at once
			}
			handled.Add(1)
			return nil
		}))
		for range n - 1 {
			ok(t, g.Post(soon(t), func(*actor.Context) error { handled.Add(1); return nil }))
		}
		first()
		closed(t, began, "the second handler")
		g.Actor().Stop(actor.StopNow, nil)
		second.Store(true)
		for range round % 100 * 100 { // the kill comes at another time in each round
		}
		g.Actor().Stop(actor.StopKill, nil)
		ended(t, g)
	}
	_, err := p.Shutdown(soon(t))
	ok(t, err)
	balanced(t, p)
	if got := handled.Load() + lost.Load(); got != rounds*n {
		t.Errorf("%d handled and %d reported of %d", handled.Load(), lost.Load(), rounds*n)
	}
}
