package actor_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// spawnCoordinator spawns a warden that is the coordinator.
func spawnCoordinator(t *testing.T, p *actor.Proc, decide func(*actor.Context, *actor.Exit) (bool, error),
	opts ...actor.SpawnOption,
) (sample.WardenHandle, <-chan *actor.Exit) {
	t.Helper()
	return spawnWarden(t, p, decide, append(opts, actor.Coordinator())...)
}

// namedGate spawns a root actor.
func namedGate(t *testing.T, p *actor.Proc, name string, opts ...actor.SpawnOption) sample.GateHandle {
	t.Helper()
	g, err := sample.SpawnGate(p, name, plainGate, opts...)
	ok(t, err)
	return g
}

// parity: B18, BT19
func TestCoordinatorHearsOfEveryRootsEnd(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnCoordinator(t, p, takeIt)
	namedGate(t, p, "stopped").Actor().Stop(actor.StopDrain, errBoom)
	if ev := receive(t, exits, "the exit of one that stops"); ev.Child.Name() != "stopped" || ev.Failed() || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("%+v", ev)
	}
	namedGate(t, p, "killed").Actor().Stop(actor.StopKill, nil)
	if ev := receive(t, exits, "the exit of one that is killed"); ev.Child.Name() != "killed" || ev.Failed() {
		t.Errorf("%+v", ev)
	}
	fail(t, namedGate(t, p, "alone", actor.OnFailure(actor.StopActor)))
	if ev := receive(t, exits, "the exit of one that fails for itself"); ev.Child.Name() != "alone" || !ev.Failed() || ev.Escalates {
		t.Errorf("%+v", ev)
	}
	// Neither the ends of children, nor a Spawn that fails, nor a restart.
	g := namedGate(t, p, "g", atOnce)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		spawnGate(t, cx).Actor().Stop(actor.StopDrain, nil)
		return nil
	}))
	fail(t, g)
	flush(t, g)
	if _, err := sample.SpawnGate(p, "", func() *sample.Gate {
		return &sample.Gate{OnInit: func(*actor.Context) error { return errBoom }}
	}); err == nil {
		t.Error("Init has not failed")
	}
	aliveAs(t, w, 0)
	if len(exits) > 0 {
		t.Errorf("told of %v", <-exits)
	}
	// Its own children it hears of as any parent does.
	childOf(t, w, "child").Actor().Stop(actor.StopDrain, nil)
	if ev := receive(t, exits, "the child's exit"); ev.Child.Name() != "child" {
		t.Errorf("%+v", ev)
	}
}

// Of two trees, the one whose middle handles the failure says nothing; of the other the coordinator hears once, with the root
// cause.
// parity: B18, BT9
func TestCoordinatorHearsWhatNobodyHandled(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnCoordinator(t, p, takeIt)
	first, handled := spawnWarden(t, p, takeIt, escalates)
	middle := childOf(t, first, "", escalates)
	var leaf, other sample.GateHandle
	ok(t, middle.Do(soon(t), func(cx *actor.Context) error { leaf = spawnGate(t, cx, escalates); return nil }))
	second := namedGate(t, p, "second", escalates)
	ok(t, second.Do(soon(t), func(cx *actor.Context) error { other = spawnGate(t, cx, escalates); return nil }))
	fail(t, leaf)
	receive(t, handled, "the first tree's exit")
	fail(t, other)
	ev := receive(t, exits, "the second tree's exit")
	if ev.Child != second.Actor() || ev.Root() != other.Actor() || !errors.Is(ev.Status.Cause, errBoom) || !ev.Escalates {
		t.Errorf("%+v", ev)
	}
	aliveAs(t, w, 0)
	aliveAs(t, first, 0)
	if len(exits)+len(handled) > 0 {
		t.Error("told of more")
	}
	if fs := p.Failures(); len(fs) != 1 || fs[0].Name != "second" || !fs[0].Handled || fs[0].At.IsZero() || fs[0].Report() != ev.Report() {
		t.Errorf("%+v", fs)
	}
}

// parity: BT6
// Who fails, and whom it fails, are failed; whoever else is in the tree is stopped. The text of the failure goes up unchanged.
func TestFailureEndsTheRestOfItsTree(t *testing.T) {
	const text = "some random failure"
	p := newProc(t, quiet)
	_, exits := spawnCoordinator(t, p, takeIt)
	root := namedGate(t, p, "root", escalates)
	var brother, failing sample.GateHandle
	ok(t, root.Do(soon(t), func(cx *actor.Context) error {
		brother, failing = spawnGate(t, cx, escalates), spawnGate(t, cx, escalates)
		return nil
	}))
	below := childGate(t, failing)
	ok(t, failing.Post(soon(t), func(*actor.Context) error { return errors.New(text) }))
	ev := receive(t, exits, "the root's exit")
	if ev.Child != root.Actor() || ev.Root() != failing.Actor() {
		t.Errorf("%v, which began in %v", ev, ev.Root().ID())
	}
	wantText(t, ev.Status.Cause, text)
	if s := ended(t, failing); s.State != actor.StateFailed || s.Cause.Error() != text {
		t.Errorf("%+v", s)
	}
	for _, g := range []sample.GateHandle{brother, below} {
		if s := ended(t, g); s.State != actor.StateStopped {
			t.Errorf("%+v", s)
		}
	}
}

// parity: BT8
// A panic is told with its text, and with the line where it arose.
func TestCoordinatorHearsWhereItPanicked(t *testing.T) {
	p := newProc(t, quiet)
	_, exits := spawnCoordinator(t, p, takeIt)
	g := namedGate(t, p, "g", escalates)
	ok(t, g.Post(soon(t), func(*actor.Context) error { panic("some random failure") }))
	ev := receive(t, exits, "the exit")
	var e *actor.Error
	if !ev.Failed() || !errors.As(ev.Status.Cause, &e) || !strings.Contains(e.Stack, "coordinator_test.go:") {
		t.Errorf("%+v, %+v", ev, e)
	}
	wantText(t, errors.New(g.Actor().Inspect().Failure.String()), "panic: some random failure", "coordinator_test.go:")
}

// parity: B18
func TestThereIsOneCoordinator(t *testing.T) {
	p := newProc(t, quiet)
	build := func() *sample.Warden { return &sample.Warden{OnExit: takeIt} }
	first, err := sample.SpawnWarden(p, "first", build, actor.Coordinator())
	ok(t, err)
	refused := func(parts ...string) {
		t.Helper()
		_, err := sample.SpawnWarden(p, "second", build, actor.Coordinator())
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, parts...)
	}
	refused("spawning sample.Warden \"second\"", "proc test has a coordinator already: sample.Warden first")
	ok(t, first.Do(soon(t), func(cx *actor.Context) error {
		_, err := sample.SpawnWarden(cx, "child", build, actor.Coordinator())
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "a child of sample.Warden first cannot be the proc's coordinator")
		return nil
	}))
	first.Actor().Restart(nil)
	aliveAs(t, first, 0)
	refused("has a coordinator already")
	again, err := sample.EnsureWarden(p, "first", build, actor.Coordinator())
	if again != first || err != nil {
		t.Error(again, err)
	}
	_, err = sample.EnsureWarden(p, "second", build, actor.Coordinator())
	wantCode(t, err, actor.CodeMisuse)
	first.Actor().Stop(actor.StopDrain, nil)
	closed(t, first.Actor().Done(), "the first one's end")

	// The place is free. Who does not come to life does not keep it.
	_, err = sample.SpawnGate(p, "second", plainGate, actor.Coordinator())
	wantCode(t, err, actor.CodeMisuse)
	wantText(t, err, "sample.Gate second cannot be the proc's coordinator: it has no HandleExit")
	taken := namedGate(t, p, "second")
	_, err = sample.SpawnWarden(p, "second", build, actor.Coordinator())
	wantCode(t, err, actor.CodeNameTaken)
	_, err = sample.SpawnWarden(p, "third", func() *sample.Warden { panic("no") }, actor.Coordinator())
	wantCode(t, err, actor.CodePanic)
	taken.Actor().Stop(actor.StopDrain, nil)
	ended(t, taken)
	_, err = sample.SpawnWarden(p, "second", build, actor.Coordinator())
	ok(t, err)
	p.Shutdown(soon(t))
	_, err = sample.SpawnWarden(p, "second", build, actor.Coordinator())
	wantCode(t, err, actor.CodeStopped)
}

// The coordinator's word comes before OnRootFailure's.
// parity: B19
func TestCoordinatorDecidesBeforeTheRootPolicy(t *testing.T) {
	for name, c := range map[string]struct {
		hook     func(*actor.Context, *actor.Exit) (bool, error)
		stops    bool
		restarts int
	}{
		"handled": {takeIt, false, 0},
		"left":    {leaveIt, true, 0},
		"error":   {func(*actor.Context, *actor.Exit) (bool, error) { return true, errors.New("no") }, true, 1},
		"panic":   {func(*actor.Context, *actor.Exit) (bool, error) { panic("no") }, true, 1},
		"Goexit":  {func(*actor.Context, *actor.Exit) (bool, error) { runtime.Goexit(); return true, nil }, true, 1},
		"killed": {func(cx *actor.Context, _ *actor.Exit) (bool, error) {
			cx.Self().Stop(actor.StopKill, nil)
			return true, nil
		}, true, 0},
		"stopped": {func(cx *actor.Context, _ *actor.Exit) (bool, error) {
			cx.Self().Stop(actor.StopNow, nil)
			return true, nil
		}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet, actor.OnRootFailure(actor.StopProc))
			w, exits := spawnCoordinator(t, p, c.hook, atOnce)
			fail(t, namedGate(t, p, "root", escalates))
			receive(t, exits, "the exit")
			if !c.stops {
				if name == "handled" {
					aliveAs(t, w, 0)
				} else {
					closed(t, w.Actor().Done(), "the coordinator's end")
				}
				flush(t, spawnGate(t, p))
				if fs := p.Failures(); p.Err() != nil || len(fs) != 1 || !fs[0].Handled {
					t.Errorf("%v, %+v", p.Err(), fs)
				}
				return
			}
			closed(t, p.Done(), "the proc's end")
			wantText(t, p.Err(), "root actor sample.Gate root failed", "boom")
			if s := w.Actor().Status(); s.Restarts != c.restarts {
				t.Errorf("the coordinator: %+v", s)
			}
			// The proc's end may find the coordinator about to restart, and that is a failure too.
			if fs := p.Failures(); len(fs) == 0 || fs[0].Name != "root" || fs[0].Handled {
				t.Errorf("%+v", fs)
			}
		})
	}
}

// Ends that the coordinator has not heard of when it fails or is restarted are its next incarnation's, each once; what its
// children did is not.
// parity: B47
func TestCoordinatorThatRestartsForgetsNoRoot(t *testing.T) {
	p := newProc(t, quiet, actor.OnRootFailure(actor.StopProc))
	var heard atomic.Int64
	w, exits := spawnCoordinator(t, p, func(*actor.Context, *actor.Exit) (bool, error) {
		if heard.Add(1) == 3 {
			return true, errors.New("not that one") // about a clean end: OnRootFailure does not mind
		}
		return true, nil
	}, atOnce)
	child := childOf(t, w, "child")
	const roots = 10
	running, gate := make(chan struct{}), make(chan struct{})
	held := begin(func() error {
		return w.Do(soon(t), func(*actor.Context) error { close(running); <-gate; return nil })
	})
	receive(t, running, "the handler that holds the coordinator up")
	for i := range roots {
		g := namedGate(t, p, fmt.Sprint(i), escalates)
		if i == 2 {
			g.Actor().Stop(actor.StopDrain, nil)
		} else {
			fail(t, g)
		}
		ended(t, g)
	}
	if n := len(p.Failures()); n != roots-1 {
		t.Errorf("%d failures are known while the coordinator is busy", n)
	}
	child.Actor().Stop(actor.StopDrain, nil)
	ended(t, child)
	close(gate)
	ok(t, receive(t, held, "the handler's end"))
	for i := range roots {
		if ev := receive(t, exits, "an exit"); ev.Child.Name() != fmt.Sprint(i) {
			t.Fatalf("exit %d is that of %s", i, ev.Child.Name())
		}
	}
	aliveAs(t, w, 1)
	if len(exits) > 0 {
		t.Errorf("told of %v", <-exits)
	}
	for _, f := range p.Failures() {
		if !f.Handled {
			t.Errorf("%s is not handled", f.Name)
		}
	}
}

// A failure that the coordinator has not decided about when it ends, or in time, is OnRootFailure's.
// parity: B47
func TestRootPolicyDoesNotWaitForEver(t *testing.T) {
	for name, end := range map[string]func(w actor.Handle){
		"killed":       func(w actor.Handle) { w.Stop(actor.StopKill, nil) },
		"out of time":  func(actor.Handle) { time.Sleep(11 * time.Second) },
		"stopped":      func(w actor.Handle) { w.Stop(actor.StopNow, nil) },
		"shuts down":   nil,
		"fails itself": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProc(t, quiet, actor.OnRootFailure(actor.StopProc))
				w, _ := spawnCoordinator(t, p, takeIt, escalates)
				running, gate := make(chan struct{}), make(chan struct{})
				held := begin(func() error {
					return w.Do(t.Context(), func(*actor.Context) error {
						close(running)
						<-gate
						if name == "fails itself" {
							return actor.Fatal(errors.New("the coordinator's own"))
						}
						return nil
					})
				})
				<-running
				root := namedGate(t, p, "root", escalates)
				fail(t, root)
				<-root.Actor().Done()
				synctest.Wait()
				if p.Err() != nil {
					t.Error("OnRootFailure has not waited for the coordinator")
				}
				switch name {
				case "killed", "out of time":
					end(w.Actor())
					synctest.Wait()
					wantText(t, p.Err(), "root actor sample.Gate root failed", "boom")
					close(gate)
				case "stopped":
					end(w.Actor())
					close(gate)
				case "fails itself":
					close(gate)
				case "shuts down": // the coordinator gets its time
					down := begin(func() error { _, err := p.Shutdown(t.Context()); return err })
					close(gate)
					ok(t, <-down)
				}
				<-held
				<-p.Done()
				fs := p.Failures()
				switch name {
				case "shuts down":
					if p.Err() != nil || len(fs) != 1 || !fs[0].Handled {
						t.Errorf("%v, %+v", p.Err(), fs)
					}
				case "fails itself":
					if p.Err() == nil || len(fs) != 2 || fs[0].Handled || fs[1].ID != w.Actor().ID() {
						t.Errorf("%v, %+v", p.Err(), fs)
					}
				default:
					if p.Err() == nil || len(fs) != 1 || fs[0].Handled {
						t.Errorf("%v, %+v", p.Err(), fs)
					}
				}
			})
		})
	}
}

// What happens while it starts waits for it; if it does not come to life, OnRootFailure decides.
func TestCoordinatorHearsOfWhatHappensWhileItStarts(t *testing.T) {
	for name, starts := range map[string]bool{"starts": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet, actor.OnRootFailure(actor.StopProc))
			root := namedGate(t, p, "root", escalates)
			exits := make(chan *actor.Exit, 10)
			w, err := sample.SpawnWarden(p, "", func() *sample.Warden {
				root.Do(soon(t), failures["Fatal"])
				ended(t, root)
				if !starts {
					panic("no")
				}
				return &sample.Warden{OnExit: func(_ *actor.Context, ev *actor.Exit) (bool, error) { exits <- ev; return true, nil }}
			}, actor.Coordinator())
			if !starts {
				wantCode(t, err, actor.CodePanic)
				closed(t, p.Done(), "the proc's end")
				wantText(t, p.Err(), "root actor sample.Gate root failed", "boom")
				return
			}
			ok(t, err)
			if ev := receive(t, exits, "the exit"); ev.Child != root.Actor() {
				t.Errorf("%v", ev)
			}
			aliveAs(t, w, 0)
			if p.Err() != nil {
				t.Error(p.Err())
			}
		})
	}
}

// It hears of all other root actors' ends at a shutdown, and ends last.
// parity: B18, B17, BT20
func TestCoordinatorStopsLast(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	var heard int
	var roots []sample.GateHandle
	w, exits := spawnCoordinator(t, p, func(cx *actor.Context, ev *actor.Exit) (bool, error) {
		if s := cx.Self().Status(); s.State == actor.StateStopping {
			for _, g := range roots {
				if other := g.Actor().Status(); !other.State.Terminal() {
					t.Errorf("it is told to stop when %s is %v", g.Actor().Name(), other)
				}
			}
		}
		heard++
		return true, nil
	})
	var helper sample.GateHandle
	ok(t, w.Do(soon(t), func(cx *actor.Context) error { helper = spawnGate(t, cx); return nil }))
	for i := range 3 {
		g := namedGate(t, p, fmt.Sprint(i))
		ok(t, g.Do(soon(t), func(cx *actor.Context) error { spawnGate(t, cx); return nil }))
		roots = append(roots, g)
	}
	report, err := p.Shutdown(soon(t))
	ok(t, err)
	var order []actor.ID
	for a := range report.Actors() {
		order = append(order, a.ID)
	}
	if len(order) != 8 || order[7] != w.Actor().ID() || order[6] != helper.Actor().ID() {
		t.Errorf("the order of the ends: %v", order)
	}
	if len(exits) != 3 || heard != 3 {
		t.Fatalf("%d exits, want 3", len(exits))
	}
	for range 3 {
		if ev := <-exits; ev.Status.State != actor.StateStopped || ev.Escalates {
			t.Errorf("%+v", ev)
		}
	}
	noGoroutineLeft(t)
}

// When the time is up the others are killed; the coordinator still hears of that, unless it hangs.
// parity: B17
func TestCoordinatorHearsOfKills(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		t.Run(fmt.Sprint("hangs ", hangs), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := actor.NewProc("test", quiet)
				ok(t, err)
				gate := make(chan struct{})
				w, exits := spawnCoordinator(t, p, func(*actor.Context, *actor.Exit) (bool, error) {
					if hangs {
						<-gate
					}
					return true, nil
				})
				hold(t, namedGate(t, p, "root"))
				ctx, cancel := context2s(t)
				defer cancel()
				begun := time.Now()
				report, err := p.Shutdown(ctx)
				wantCode(t, err, actor.CodeDeadline)
				if took := time.Since(begun); took < 2*time.Second || took > 3*time.Second {
					t.Errorf("it took %v", took)
				}
				if ev := receive(t, exits, "the exit"); ev.Child.Name() != "root" || ev.Failed() {
					t.Errorf("%+v", ev)
				}
				kills, hung := 1, 1
				if hangs {
					kills, hung = 2, 2
				}
				if report.Stopped != 2 || report.Killed != kills || len(report.Abandoned) != hung {
					t.Errorf("%+v", *report)
				}
				if s := w.Actor().Status(); s.State != actor.StateStopped {
					t.Errorf("%+v", s)
				}
				close(gate)
			})
		})
	}
}
