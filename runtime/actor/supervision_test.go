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
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// failures are the ways to fail, as handlers.
var failures = map[string]func(*actor.Context) error{
	"error":  func(*actor.Context) error { return errBoom },
	"Fatal":  func(*actor.Context) error { return actor.Fatal(errBoom) },
	"panic":  func(*actor.Context) error { panic(errBoom) },
	"Goexit": func(*actor.Context) error { runtime.Goexit(); return nil },
}

// fail has a cast of g fail.
func fail(t *testing.T, g sample.GateHandle) {
	t.Helper()
	ok(t, g.Post(context.Background(), func(*actor.Context) error { return errBoom }))
}

// ended waits for g's end and returns its last status.
func ended(t *testing.T, g sample.GateHandle) actor.Status {
	t.Helper()
	s, err := g.Actor().Wait(soon(t))
	ok(t, err)
	return s
}

// parity: C21, CT10, CT12, CT39
// An Init that begins anew may drop what was queued before; what comes later is handled.
func TestInitMayClearTheMailbox(t *testing.T) {
	var handled []string
	p := newProc(t, quiet)
	var began atomic.Int64
	cleared := make(chan int, 1)
	g := spawnGateAs(t, p, sample.Gate{OnInit: func(cx *actor.Context) error {
		if began.Add(1) == 1 {
			return nil
		}
		n, err := cx.ClearMailbox()
		cleared <- n
		return err
	}}, atOnce)
	note := func(text string) func(*actor.Context) error {
		return func(*actor.Context) error { handled = append(handled, text); return nil }
	}
	release := hold(t, g)
	ok(t, g.Post(soon(t), note("a")))
	ok(t, g.Post(soon(t), func(*actor.Context) error { return errBoom }))
	ok(t, g.Post(soon(t), note("b")))
	calls := queue(t, soon(t), g, 2, note("c"))
	release()
	if n := receive(t, cleared, "the restart"); n != 3 {
		t.Errorf("%d messages were dropped, want 3", n)
	}
	for range 2 {
		err := receive(t, calls, "a call that was dropped")
		wantCode(t, err, actor.CodeStopped)
		wantText(t, err, "sample.Gate.Do", "was cleared by Init")
	}
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := cx.ClearMailbox()
		wantCode(t, err, actor.CodeMisuse)
		return note("d")(cx)
	}))
	if !slices.Equal(handled, []string{"a", "d"}) || p.Drops()[actor.CodeStopped] != 1 {
		t.Errorf("handled %v, drops %v", handled, p.Drops())
	}
}

// A context that outlives its Init, after a start as after a restart, clears nothing.
func TestMailboxIsNotClearedAfterInit(t *testing.T) {
	p := newProc(t, quiet)
	kept := make(chan *actor.Context, 1)
	g := spawnGateAs(t, p, sample.Gate{OnInit: func(cx *actor.Context) error {
		cx.Done() // looked at, it is not used for anything else
		kept <- cx
		return nil
	}}, atOnce)
	for range 2 {
		_, err := receive(t, kept, "the context of Init").ClearMailbox()
		wantCode(t, err, actor.CodeMisuse)
		fail(t, g)
		flush(t, g)
	}
}

// parity: CT12
// What Init drops leaves its room to others.
func TestClearedMailboxHasAllItsRoom(t *testing.T) {
	for _, full := range []actor.FullPolicy{actor.FullReject, actor.FullDropOldest} {
		p := newProc(t, quiet)
		g := spawnGateAs(t, p, sample.Gate{OnInit: func(cx *actor.Context) error { _, err := cx.ClearMailbox(); return err }},
			atOnce, actor.MailboxSize(5), actor.OnFull(full))
		idle := func() bool { s := g.Actor().Status(); return s.State == actor.StateRunning && !s.Busy }
		for range 3 {
			release := hold(t, g)
			for range 5 {
				ok(t, g.Post(soon(t), func(*actor.Context) error { return nil }))
			}
			g.Actor().Restart(nil)
			release()
			until(t, "it is idle", idle)
		}
		release := hold(t, g)
		for range 5 {
			ok(t, g.Post(soon(t), func(*actor.Context) error { return nil }))
		}
		before := p.Drops()[actor.CodeMailboxFull]
		err := g.Post(soon(t), func(*actor.Context) error { return nil })
		if got := p.Drops()[actor.CodeMailboxFull] - before; full == actor.FullReject && !errors.Is(err, actor.ErrMailboxFull) || full == actor.FullDropOldest && got != 1 {
			t.Errorf("policy %d: the sixth message: %v, %d drops", full, err, got)
		}
		release()
		until(t, "it is idle", idle)
	}
}

// parity: C2, C3, C16, C25, CT10, CT11, CT33
func TestRestartMakesANewState(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			type counter struct{ n int }
			var mu sync.Mutex
			var states []*counter
			var current *counter
			g, err := sample.SpawnGate(p, "g", func() *sample.Gate {
				mu.Lock()
				defer mu.Unlock()
				current = &counter{}
				states = append(states, current)
				return &sample.Gate{}
			}, atOnce)
			ok(t, err)
			id, ref := g.Actor().ID(), g.Ref()
			var before, after actor.UUID
			ok(t, g.Do(soon(t), func(cx *actor.Context) error { current.n = 5; before = cx.Incarnation(); return nil }))
			ok(t, g.Post(context.Background(), f))
			ok(t, g.Do(soon(t), func(cx *actor.Context) error {
				if current.n != 0 {
					t.Errorf("the state is that of before: %d", current.n)
				}
				after = cx.Incarnation()
				return nil
			}))
			if before == after || len(states) != 2 {
				t.Errorf("incarnations %v and %v, %d states", before, after, len(states))
			}
			// Name, id and refs stay.
			if again, err := sample.LookupGate(p, "g"); err != nil || again != g || g.Actor().ID() != id {
				t.Errorf("%v, %v", again, err)
			}
			if s, err := ref.Echo(soon(t), "x"); s != "x" || err != nil {
				t.Errorf("%q, %v", s, err)
			}
			if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 1 {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// parity: CT11
// The mailbox outlives a restart; the message that failed is not handled again; the rest of its batch goes to the new state.
func TestMailboxSurvivesARestart(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			g := spawnGate(t, p, atOnce)
			release := hold(t, g)
			var ran []int
			var incarnations []actor.UUID
			for i := range 60 {
				ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
					ran, incarnations = append(ran, i), append(incarnations, cx.Incarnation())
					if i%20 == 10 {
						return f(cx)
					}
					return nil
				}))
			}
			calls := queue(t, soon(t), g, 3, func(*actor.Context) error { return nil })
			release()
			for range 3 {
				ok(t, receive(t, calls, "a call behind the failures"))
			}
			for i := range 60 {
				if len(ran) != 60 || ran[i] != i {
					t.Fatalf("ran %v", ran)
				}
				if i > 0 && (incarnations[i] != incarnations[i-1]) != (i%20 == 11) {
					t.Errorf("message %d: the incarnation changed or should have", i)
				}
			}
		})
	}
}

func TestStopActorEndsTheActorAndTellsNobody(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			parent := spawnGate(t, p)
			var child, sibling sample.GateHandle
			ok(t, parent.Do(soon(t), func(cx *actor.Context) error {
				child = spawnGate(t, cx, actor.OnFailure(actor.StopActor))
				sibling = spawnGate(t, cx)
				return nil
			}))
			ok(t, child.Post(context.Background(), f))
			s := ended(t, child)
			if s.State != actor.StateFailed || s.Cause == nil || name != "Goexit" && !errors.Is(s.Cause, errBoom) {
				t.Errorf("status %+v", s)
			}
			flush(t, parent)
			flush(t, sibling)
			if s := parent.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 0 {
				t.Errorf("the parent: %+v", s)
			}
		})
	}
}

// parity: CT45, CT49
// Siblings fail each by its own strategy, and concern nobody else. Their parent hears of the one that has ended.
func TestSiblingsFailEachByItsOwnStrategy(t *testing.T) {
	w, exits := spawnWarden(t, newProc(t, quiet), takeIt)
	resumes, restarts := childOf(t, w, "", actor.OnFailure(actor.Resume)), childOf(t, w, "", atOnce)
	stops := childOf(t, w, "", actor.OnFailure(actor.StopActor))
	for _, g := range []sample.GateHandle{resumes, restarts, stops} {
		keep(t, g, "1")
	}
	kept := func(when string, want map[sample.GateHandle]string) {
		t.Helper()
		for g, name := range want {
			if got := keep(t, g, "1"); got != name {
				t.Errorf("%s: the child of %v keeps %q, want %q", when, g.Actor().ID(), got, name)
			}
		}
	}
	fail(t, resumes)
	kept("after the failure of one that goes on", map[sample.GateHandle]string{resumes: "1", restarts: "1", stops: "1"})
	fail(t, restarts)
	kept("after the failure of one that restarts", map[sample.GateHandle]string{resumes: "1", restarts: "", stops: "1"})
	fail(t, stops)
	if s := ended(t, stops); s.State != actor.StateFailed {
		t.Errorf("%+v", s)
	}
	kept("after the failure of one that stops", map[sample.GateHandle]string{resumes: "1", restarts: "1"})
	if ev := receive(t, exits, "the exit"); ev.Child != stops.Actor() {
		t.Errorf("%v", ev)
	}
	aliveAs(t, w, 0)
	if len(exits) > 0 {
		t.Errorf("told of more: %v", <-exits)
	}
}

// A failure that escalates goes up to the first that restarts; on its way every actor ends as failed, with its children, and the root
// cause is told.
// parity: B34, B36, B48, C16
func TestEscalateGoesUpTheTree(t *testing.T) {
	p := newProc(t, quiet)
	var cleanups []string
	var mu sync.Mutex
	level := func(name string) sample.Gate {
		return sample.Gate{OnCleanup: func(_ *actor.Context, cause error) error {
			mu.Lock()
			defer mu.Unlock()
			cleanups = append(cleanups, name)
			if cause == nil {
				t.Errorf("%s: no cause", name)
			}
			return nil
		}}
	}
	rebuilt := make(chan struct{}, 10)
	root, err := sample.SpawnGate(p, "root", func() *sample.Gate {
		rebuilt <- struct{}{}
		g := level("root")
		return &g
	}, atOnce)
	ok(t, err)
	<-rebuilt
	var a, b, c, aunt sample.GateHandle
	ok(t, root.Do(soon(t), func(cx *actor.Context) error {
		a = spawnGateAs(t, cx, level("a"), actor.OnFailure(actor.Escalate))
		aunt = spawnGateAs(t, cx, level("aunt"))
		return a.Do(cx, func(cx *actor.Context) error {
			b = spawnGateAs(t, cx, level("b"), actor.OnFailure(actor.Escalate))
			return b.Do(cx, func(cx *actor.Context) error {
				c = spawnGateAs(t, cx, level("c"), actor.OnFailure(actor.Escalate))
				return nil
			})
		})
	}))
	fail(t, c)
	receive(t, rebuilt, "the root's restart")
	for name, g := range map[string]sample.GateHandle{"a": a, "b": b, "c": c} {
		if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	wantText(t, ended(t, a).Cause, "child sample.Gate #", "failed", "boom")
	if s := ended(t, aunt); s.State != actor.StateStopped {
		t.Errorf("a child of one that restarts: %+v", s)
	} else {
		wantText(t, s.Cause, "the parent sample.Gate root is restarting")
	}
	flush(t, root)
	if s := root.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 1 {
		t.Errorf("the root: %+v", s)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(cleanups) != 5 || cleanups[0] != "c" || cleanups[4] != "root" || slices.Index(cleanups, "b") > slices.Index(cleanups, "a") {
		t.Errorf("Cleanup in the order %v", cleanups)
	}
}

// Of two children that fail at once the parent restarts once for the first. The other's failure is that of an actor which is stopping
// for this very restart.
func TestTwoChildrenFailAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	for range 300 {
		var builds atomic.Int64
		built := make(chan struct{}, 10)
		parent, err := sample.SpawnGate(p, "", func() *sample.Gate {
			builds.Add(1)
			built <- struct{}{}
			return &sample.Gate{}
		}, atOnce)
		ok(t, err)
		<-built
		var children [2]sample.GateHandle
		ok(t, parent.Do(soon(t), func(cx *actor.Context) error {
			for i := range children {
				children[i] = spawnGate(t, cx, actor.OnFailure(actor.Escalate))
			}
			return nil
		}))
		var wg sync.WaitGroup
		for _, c := range children {
			wg.Go(func() { c.Do(soon(t), failures["Fatal"]) })
		}
		await(t, &wg, "the failing calls")
		receive(t, built, "the parent's restart")
		flush(t, parent)
		parent.Actor().Stop(actor.StopDrain, nil)
		s := ended(t, parent)
		if builds.Load() != 2 || s.Restarts != 1 {
			t.Fatalf("%d builds, %d restarts", builds.Load(), s.Restarts)
		}
	}
}

func TestResumeGoesOnAfterAReturnedError(t *testing.T) {
	p := newProc(t, quiet)
	var builds int
	g, err := sample.SpawnGate(p, "", func() *sample.Gate { builds++; return &sample.Gate{} }, actor.OnFailure(actor.Resume))
	ok(t, err)
	for range 10 {
		fail(t, g)
	}
	flush(t, g)
	if s := g.Actor().Status(); builds != 1 || s.Restarts != 0 || s.State != actor.StateRunning {
		t.Errorf("%d builds, %+v", builds, s)
	}
	// The state cannot be trusted after the other failures: a restart, by default after some 50 ms.
	for i, name := range []string{"Fatal", "panic", "Goexit"} {
		ok(t, g.Post(context.Background(), failures[name]))
		flush(t, g)
		if s := g.Actor().Status(); builds != i+2 || s.Restarts != i+1 {
			t.Errorf("%s: %d builds, %+v", name, builds, s)
		}
	}
}

// parity: BT11
func TestRootFailureIsKeptInFailures(t *testing.T) {
	for name, strategy := range map[string]actor.Strategy{
		"Escalate": actor.Escalate, "StopActor": actor.StopActor, "Restart": actor.Restart{Max: 1, Backoff: actor.NoBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			g, err := sample.SpawnGate(p, "root", func() *sample.Gate { return &sample.Gate{} }, actor.OnFailure(strategy))
			ok(t, err)
			ok(t, g.Post(context.Background(), func(*actor.Context) error { return errBoom }))
			if name == "Restart" {
				flush(t, g)
				fail(t, g)
			}
			ended(t, g)
			fs := p.Failures()
			if len(fs) != 1 {
				t.Fatalf("failures %+v", fs)
			}
			f := fs[0]
			if f.ID != g.Actor().ID() || f.Name != "root" || f.Kind != g.Actor().Kind() || !errors.Is(f.Err, errBoom) {
				t.Errorf("%+v", f)
			}
			if p.Err() != nil {
				t.Errorf("the proc's error is %v", p.Err())
			}
			// The proc goes on.
			flush(t, spawnGate(t, p))
		})
	}
}

// Who has seen the end of an actor finds its failure.
func TestFailuresAreKnownWhenTheActorIsDone(t *testing.T) {
	p := newProc(t, quiet)
	for i := range 200 {
		g := spawnGate(t, p, actor.OnFailure(actor.Escalate))
		g.Do(soon(t), failures["Fatal"])
		ended(t, g)
		if n := len(p.Failures()); n != i+1 {
			t.Fatalf("%d failures after %d", n, i+1)
		}
	}
}

func TestRootFailureStopsTheProc(t *testing.T) {
	p := newProc(t, quiet, actor.OnRootFailure(actor.StopProc))
	var cleaned atomic.Int64
	other := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned.Add(1); return nil }})
	g, err := sample.SpawnGate(p, "root", func() *sample.Gate { return &sample.Gate{} }, actor.OnFailure(actor.Escalate))
	ok(t, err)
	fail(t, g)
	closed(t, p.Done(), "the proc's end")
	if !errors.Is(p.Err(), errBoom) {
		t.Errorf("the proc's error is %v", p.Err())
	}
	wantText(t, p.Err(), "root actor sample.Gate root failed", "boom")
	if s := other.Actor().Status(); s.State != actor.StateStopped || cleaned.Load() != 1 {
		t.Errorf("the other actor: %+v, %d cleanups", s, cleaned.Load())
	}
	_, err = sample.SpawnGate(p, "", func() *sample.Gate { return &sample.Gate{} })
	if !errors.Is(err, actor.ErrStopped) {
		t.Errorf("spawning in a proc that has stopped: %v", err)
	}
}

// parity: CT44, CT48
// The failure after the last restart that is allowed is the end, of a root as of a child, and that end alone is told to the parent.
func TestLimitOfRestartsEndsRootsAndChildren(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnWarden(t, p, takeIt)
	limit := actor.OnFailure(actor.Restart{Max: 2, Within: time.Hour, Backoff: actor.NoBackoff})
	root, child := spawnGate(t, p, limit), childOf(t, w, "", limit)
	for _, g := range []sample.GateHandle{root, child} {
		for n := range 2 {
			fail(t, g)
			flush(t, g)
			if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != n+1 {
				t.Errorf("after failure %d: %+v", n+1, s)
			}
		}
		fail(t, g)
		if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
			t.Errorf("after the third failure: %+v", s)
		}
	}
	if ev := receive(t, exits, "the child's exit"); ev.Child != child.Actor() || !ev.Failed() || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("%+v", ev)
	}
	aliveAs(t, w, 0)
	if len(exits) > 0 {
		t.Errorf("told of more: %v", <-exits)
	}
}

func TestBuildMustMakeANewState(t *testing.T) {
	p := newProc(t, quiet)
	state := &sample.Gate{OnLost: func(*actor.Undelivered) {}}
	g, err := sample.SpawnGate(p, "", func() *sample.Gate { return state }, actor.OnFailure(actor.Restart{Max: 2, Backoff: actor.NoBackoff}))
	ok(t, err)
	fail(t, g)
	s := ended(t, g)
	if s.State != actor.StateFailed || actor.CodeOf(s.Cause) != actor.CodeMisuse {
		t.Fatalf("status %+v", s)
	}
	wantText(t, s.Cause, "build has returned the state of the incarnation that failed", "new one each time")
}

// What fails in a restart counts as a failure of its own, and goes to supervision.
func TestInitFailsAtARestart(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			var inits int
			built := func() *sample.Gate {
				return &sample.Gate{OnInit: func(cx *actor.Context) error {
					if inits++; inits == 2 || inits == 3 {
						return f(cx)
					}
					return nil
				}}
			}
			g, err := sample.SpawnGate(p, "", built, actor.OnFailure(actor.Restart{Max: 3, Backoff: actor.NoBackoff}))
			ok(t, err)
			fail(t, g)
			flush(t, g)
			if s := g.Actor().Status(); inits != 4 || s.Restarts != 3 || s.State != actor.StateRunning {
				t.Errorf("%d inits, %+v", inits, s)
			}
			// The fourth failure within the window is one too many.
			fail(t, g)
			if s := ended(t, g); s.State != actor.StateFailed || len(p.Failures()) != 1 {
				t.Errorf("%+v, failures %v", s, p.Failures())
			}
		})
	}
}

func TestBuildFailsAtARestart(t *testing.T) {
	for name, build := range map[string]func() *sample.Gate{
		"nil":    func() *sample.Gate { return nil },
		"panic":  func() *sample.Gate { panic(errBoom) },
		"Goexit": func() *sample.Gate { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			builds := 0
			g, err := sample.SpawnGate(p, "", func() *sample.Gate {
				if builds++; builds == 2 {
					return build()
				}
				return &sample.Gate{}
			}, atOnce)
			ok(t, err)
			fail(t, g)
			flush(t, g)
			if s := g.Actor().Status(); builds != 3 || s.Restarts != 2 {
				t.Errorf("%d builds, %+v", builds, s)
			}
		})
	}
}

// Resume goes on with a state after an error; one whose Init has failed is none to go on with.
func TestResumeDoesNotCoverInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t, quiet)
		inits := 0
		g, err := sample.SpawnGate(p, "", func() *sample.Gate {
			return &sample.Gate{OnInit: func(*actor.Context) error {
				if inits++; inits == 2 {
					return errBoom
				}
				return nil
			}}
		}, actor.OnFailure(actor.Resume))
		ok(t, err)
		ok(t, g.Post(context.Background(), failures["Fatal"]))
		flush(t, g)
		if s := g.Actor().Status(); inits != 3 || s.Restarts != 2 || s.State != actor.StateRunning {
			t.Errorf("%d inits, %+v", inits, s)
		}
	})
}

// parity: CT13, CT14
// A restart that is asked for is no failure.
func TestRestartByHand(t *testing.T) {
	p := newProc(t, quiet)
	var causes []error
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(_ *actor.Context, cause error) error {
		causes = append(causes, cause)
		return nil
	}}, actor.OnFailure(actor.Restart{Max: 1, Backoff: actor.NoBackoff}))
	id := func() (id actor.UUID) {
		ok(t, g.Do(soon(t), func(cx *actor.Context) error { id = cx.Incarnation(); return nil }))
		return id
	}
	for range 5 {
		before := id()
		g.Actor().Restart(errBoom)
		for s := range g.Actor().Watch(soon(t)) {
			if s.State == actor.StateRunning {
				break
			}
		}
		if id() == before {
			t.Error("the same incarnation")
		}
	}
	if len(causes) != 5 || !errors.Is(causes[0], errBoom) {
		t.Errorf("Cleanup with %v", causes)
	}
	if s := g.Actor().Status(); s.State != actor.StateRunning {
		t.Errorf("%+v", s)
	}
	fail(t, g) // the one restart that the strategy allows is still there
	flush(t, g)
	if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 1 {
		t.Errorf("after a failure: %+v", s)
	}
}

// keep has g keep a name, and returns the one that it kept before, which an incarnation forgets.
func keep(t *testing.T, g sample.GateHandle, name string) string {
	t.Helper()
	before, err := g.Trade(soon(t), sample.Big{Name: name})
	ok(t, err)
	return before.Name
}

// parity: CT13, CT14
// It ends the incarnation that there is, and the messages that come next go to a new state.
func TestRestartByHandBeginsWithANewState(t *testing.T) {
	p := newProc(t, quiet)
	var hooks []string
	g, err := sample.SpawnGate(p, "", func() *sample.Gate {
		return &sample.Gate{
			OnInit: func(*actor.Context) error { hooks = append(hooks, "Init"); return nil },
			OnCleanup: func(_ *actor.Context, cause error) error {
				hooks = append(hooks, fmt.Sprint("Cleanup: ", cause))
				return nil
			},
		}
	})
	ok(t, err)
	keep(t, g, "a")
	if kept := keep(t, g, "b"); kept != "a" {
		t.Errorf("kept %q", kept)
	}
	g.Actor().Restart(errBoom)
	if kept := keep(t, g, "c"); kept != "" {
		t.Errorf("the state is that of before: %q", kept)
	}
	if s := g.Actor().Status(); s.State != actor.StateRunning {
		t.Errorf("%+v", s)
	}
	if kept := keep(t, g, "d"); kept != "c" {
		t.Errorf("kept %q", kept)
	}
	if !slices.Equal(hooks, []string{"Init", "Cleanup: boom", "Init"}) {
		t.Errorf("hooks %q", hooks)
	}
}

// A restart that is asked for comes after the message that is being handled, and before the rest of its batch.
func TestRestartByHandInTheMiddleOfABatch(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	release := hold(t, g)
	var incarnations []actor.UUID
	for i := range 10 {
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
			incarnations = append(incarnations, cx.Incarnation())
			if i == 2 {
				cx.Self().Restart(nil)
			}
			return nil
		}))
	}
	release()
	flush(t, g)
	if len(incarnations) != 10 {
		t.Fatalf("%d messages handled", len(incarnations))
	}
	for i, id := range incarnations {
		if (id == incarnations[0]) != (i <= 2) {
			t.Errorf("message %d: incarnation %v", i, id)
		}
	}
}

func TestCleanupErrorOfARestartIsLoggedAndTheRestartGoesOn(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error { return f(cx) }}, atOnce)
			fail(t, g)
			flush(t, g)
			if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 1 {
				t.Errorf("%+v", s)
			}
			g.Actor().Stop(actor.StopKill, nil)
		})
	}
}

// What an actor has done wrong is its cause of failure, what it was told to do is not: of the two, the failure is reported.
func TestFailureWhileStopping(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	release := hold(t, g)
	fail(t, g)
	var ran atomic.Int64
	ok(t, g.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
	g.Actor().Stop(actor.StopDrain, nil)
	release()
	if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
		t.Errorf("%+v", s)
	}
	if ran.Load() != 0 {
		t.Error("an actor that was to stop was restarted")
	}
	if p.Drops()[actor.CodeStopped] != 1 {
		t.Errorf("drops %v", p.Drops())
	}
}

// Whatever its strategy, it ends with the failure, and its parent does not fail.
func TestFailureWhileStoppingDoesNotEscalate(t *testing.T) {
	p := newProc(t, quiet)
	parent := spawnGate(t, p)
	var g sample.GateHandle
	ok(t, parent.Do(soon(t), func(cx *actor.Context) error { g = spawnGate(t, cx, escalates); return nil }))
	release := hold(t, g)
	fail(t, g)
	g.Actor().Stop(actor.StopDrain, nil)
	release()
	if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
		t.Errorf("%+v", s)
	}
	flush(t, parent)
	if s := parent.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 0 {
		t.Errorf("the parent: %+v", s)
	}
}

// parity: CT3
func TestStrategyOptions(t *testing.T) {
	for _, c := range []struct {
		backoff actor.Backoff
		n       int
		min     int64 // in ms
		max     int64
	}{
		{actor.NoBackoff, 5, 0, 0},
		{actor.Static(20e6), 0, 20, 20},
		{actor.Static(20e6), 1000, 20, 20},
		{actor.Linear(10e6, 50e6, 15e6), 0, 10, 10},
		{actor.Linear(10e6, 50e6, 15e6), 2, 40, 40},
		{actor.Linear(10e6, 50e6, 15e6), 3, 50, 50},
		{actor.Linear(10e6, 50e6, 15e6), 1 << 30, 50, 50},
		{actor.Exponential(10e6, 1000e6), 0, 8, 10},
		{actor.Exponential(10e6, 1000e6), 3, 64, 80},
		{actor.Exponential(10e6, 1000e6), 1 << 30, 800, 1000},
	} {
		for range 20 {
			if d := c.backoff.Delay(c.n).Milliseconds(); d < c.min || d > c.max {
				t.Errorf("%v after %d: %d ms, want %d to %d", fmt.Sprintf("%T", c.backoff), c.n, d, c.min, c.max)
			}
		}
	}
}
