package actor_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

var escalates = actor.OnFailure(actor.Escalate)

// spawnWarden spawns a parent that tells its exits to the channel, and handles them as decide says.
func spawnWarden(t *testing.T, parent actor.Spawner, decide func(cx *actor.Context, ev *actor.Exit) (bool, error), opts ...actor.SpawnOption) (sample.WardenHandle, <-chan *actor.Exit) {
	t.Helper()
	exits := make(chan *actor.Exit, 100)
	w, err := sample.SpawnWarden(parent, "", func() *sample.Warden {
		return &sample.Warden{OnExit: func(cx *actor.Context, ev *actor.Exit) (bool, error) {
			exits <- ev
			return decide(cx, ev)
		}}
	}, opts...)
	ok(t, err)
	return w, exits
}

func takeIt(*actor.Context, *actor.Exit) (bool, error)  { return true, nil }
func leaveIt(*actor.Context, *actor.Exit) (bool, error) { return false, nil }

// childOf spawns a gate as the child of a warden.
func childOf(t *testing.T, w sample.WardenHandle, name string, opts ...actor.SpawnOption) (g sample.GateHandle) {
	t.Helper()
	ok(t, w.Do(soon(t), func(cx *actor.Context) (err error) {
		g, err = sample.SpawnGate(cx, name, func() *sample.Gate { return &sample.Gate{} }, opts...)
		return err
	}))
	return g
}

// aliveAs tells how often the warden has failed; it runs.
func aliveAs(t *testing.T, w sample.WardenHandle, restarts int) {
	t.Helper()
	ok(t, w.Do(soon(t), func(*actor.Context) error { return nil }))
	if s := w.Actor().Status(); s.State != actor.StateRunning || s.Restarts != restarts {
		t.Errorf("the parent: %+v, want it running after %d restarts", s, restarts)
	}
}

// parity: B44, B45
func TestHandleExitDecidesAboutAFailedChild(t *testing.T) {
	p := newProc(t, quiet)
	var again sample.GateHandle
	w, exits := spawnWarden(t, p, func(cx *actor.Context, ev *actor.Exit) (handled bool, err error) {
		again, err = sample.SpawnGate(cx, "g", func() *sample.Gate { return &sample.Gate{} }) // the name is free
		return true, err
	})
	g := childOf(t, w, "g", escalates)
	fail(t, g)
	ev := receive(t, exits, "the exit")
	if ev.Child != g.Actor() || !ev.Failed() || !ev.Escalates || !errors.Is(ev.Status.Cause, errBoom) || ev.Root() != g.Actor() || ev.At.IsZero() {
		t.Errorf("%+v", ev)
	}
	wantText(t, errors.New(ev.String()), "sample.Gate g: failed: ", "boom")
	aliveAs(t, w, 0)
	flush(t, again)
}

// Without an answer the parent fails, with the root cause, as one that has no hook.
// parity: B48, BT9
func TestUnhandledExitFailsTheParent(t *testing.T) {
	p := newProc(t, quiet)
	top, exits := spawnWarden(t, p, takeIt)
	var middle sample.WardenHandle
	var below <-chan *actor.Exit
	ok(t, top.Do(soon(t), func(cx *actor.Context) error {
		middle, below = spawnWarden(t, cx, leaveIt, escalates)
		return nil
	}))
	g := childOf(t, middle, "", escalates)
	fail(t, g)
	receive(t, below, "the exit below")
	ev := receive(t, exits, "the exit")
	if ev.Child != middle.Actor() || ev.Root() != g.Actor() || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("%v, which began in %v", ev, ev.Root().ID())
	}
	aliveAs(t, top, 0)
}

// parity: B45
func TestHandleExitMayFailItself(t *testing.T) {
	for name, c := range map[string]struct {
		hook     func(*actor.Context, *actor.Exit) (bool, error)
		want     error
		restarts int
	}{
		"error": {func(*actor.Context, *actor.Exit) (bool, error) { return true, errors.New("not that one") }, errBoom, 1},
		"panic": {func(*actor.Context, *actor.Exit) (bool, error) { panic("not that one") }, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			top, exits := spawnWarden(t, p, takeIt)
			var w sample.WardenHandle
			ok(t, top.Do(soon(t), func(cx *actor.Context) error {
				w, _ = spawnWarden(t, cx, c.hook, escalates)
				return nil
			}))
			fail(t, childOf(t, w, "", escalates))
			ev := receive(t, exits, "the exit")
			wantText(t, ev.Status.Cause, "HandleExit of sample.Warden", "not that one")
			if c.want != nil && !errors.Is(ev.Status.Cause, c.want) {
				t.Errorf("%v does not tell of the child's failure", ev.Status.Cause)
			}
		})
	}
}

// parity: B44, BT58, CT48, CT49
// A clean end is told, and so is a failure that the child's strategy keeps from its parent; neither fails the parent.
func TestHandleExitHearsOfEveryEnd(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnWarden(t, p, leaveIt)
	stopped := childOf(t, w, "")
	stopped.Actor().Stop(actor.StopDrain, errBoom)
	if ev := receive(t, exits, "the exit of one that stops"); ev.Failed() || ev.Escalates || ev.Status.State != actor.StateStopped || !errors.Is(ev.Status.Cause, errBoom) || ev.Root() != stopped.Actor() {
		t.Errorf("%+v", ev)
	}
	childOf(t, w, "").Actor().Stop(actor.StopKill, nil)
	if ev := receive(t, exits, "the exit of one that is killed"); ev.Failed() {
		t.Errorf("%+v", ev)
	}
	fail(t, childOf(t, w, "", actor.OnFailure(actor.StopActor)))
	if ev := receive(t, exits, "the exit of one that fails for itself"); !ev.Failed() || ev.Escalates || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("%+v", ev)
	}
	aliveAs(t, w, 0)
	if len(exits) > 0 {
		t.Errorf("told of more: %v", <-exits)
	}
}

// parity: B16, BT41
// A kill is the end. What the handler that was left behind still does is nobody's failure.
func TestKillUnderAHandlerThatFailsLater(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			w, exits := spawnWarden(t, p, leaveIt)
			g := childOf(t, w, "g", escalates)
			running, gate := make(chan struct{}), make(chan struct{})
			ok(t, g.Post(soon(t), func(cx *actor.Context) error { close(running); <-gate; return f(cx) }))
			closed(t, running, "the handler to run")
			g.Actor().Stop(actor.StopKill, errors.New("it hangs"))
			if ev := receive(t, exits, "the exit"); ev.Child != g.Actor() || ev.Failed() || ev.Escalates {
				t.Errorf("%+v", ev)
			}
			wantText(t, ended(t, g).Cause, "it hangs")
			close(gate)
			eventually(t, "the handler to return", func() bool { return !g.Actor().Inspect().Abandoned })
			if s := g.Actor().Inspect(); s.Status.State != actor.StateStopped || s.Failure != nil {
				t.Errorf("%+v", s)
			}
			wantText(t, ended(t, g).Cause, "it hangs")
			aliveAs(t, w, 0)
			if len(exits)+len(p.Failures()) > 0 {
				t.Errorf("%d more exits, failures %v", len(exits), p.Failures())
			}
		})
	}
}

// parity: C20, BT31
// A parent that hears of an end can spawn another actor of that name at once.
func TestNameIsFreeWhenTheExitIsTold(t *testing.T) {
	p := newProc(t, quiet)
	spawned := make(chan error, 1)
	again := func(cx *actor.Context, _ *actor.Exit) (bool, error) {
		_, err := sample.SpawnGate(cx, "name", plainGate)
		spawned <- err
		return true, nil
	}
	w, exits := spawnWarden(t, p, again)
	g := childOf(t, w, "name")
	for i := range 300 {
		go g.Actor().Stop(modes[i%3], nil)
		receive(t, exits, "the exit")
		if err := receive(t, spawned, "what Spawn said"); err != nil {
			t.Fatalf("after %d ends: %v", i, err)
		}
		var err error
		g, err = sample.LookupGate(p, "name")
		ok(t, err)
	}
}

// parity: CT49
// Restarts are no exits; nor is what a parent does to its children, nor a Spawn that fails.
func TestHandleExitHearsOfNothingElse(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnWarden(t, p, takeIt, atOnce)
	g := childOf(t, w, "", atOnce)
	fail(t, g)
	flush(t, g)
	err := w.Do(soon(t), func(cx *actor.Context) error {
		_, err := sample.SpawnGate(cx, "", func() *sample.Gate {
			return &sample.Gate{OnInit: func(*actor.Context) error { return errBoom }}
		})
		return err
	})
	if !errors.Is(err, errBoom) {
		t.Error(err)
	}
	w.Actor().Restart(nil)
	aliveAs(t, w, 0)
	childOf(t, w, "")
	w.Actor().Stop(actor.StopDrain, nil)
	if _, err := w.Actor().Wait(soon(t)); err != nil {
		t.Fatal(err)
	}
	select {
	case ev := <-exits:
		t.Errorf("told of %v", ev)
	default:
	}
}

// parity: C20
// Exits come in the parent's turn, before its mail, one at a time, and none is forgotten.
func TestExitsComeBeforeMail(t *testing.T) {
	p := newProc(t, quiet)
	const children = 50
	w, exits := spawnWarden(t, p, takeIt)
	var all []sample.GateHandle
	for i := range children {
		all = append(all, childOf(t, w, fmt.Sprint("g", i), escalates))
	}
	running, gate := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- w.Do(soon(t), func(*actor.Context) error { close(running); <-gate; return nil })
	}()
	receive(t, running, "the handler that holds the parent up")
	mail, queued := make(chan int, 1), make(chan struct{})
	go w.Do(&enteringContext{Context: soon(t), inside: queued}, func(*actor.Context) error { mail <- len(exits); return nil })
	closed(t, queued, "the mail to be queued")
	for _, g := range all {
		fail(t, g)
	}
	for _, g := range all {
		if s := ended(t, g); s.State != actor.StateFailed {
			t.Errorf("%+v", s)
		}
	}
	close(gate)
	ok(t, receive(t, held, "the handler's end"))
	if n := receive(t, mail, "the mail"); n != children {
		t.Errorf("%d exits were told before the mail, want %d", n, children)
	}
	aliveAs(t, w, 0)
}

// An error of a hook that hears of something is as a cast's: Resume goes on.
func TestResumeGoesOnAfterAHooksError(t *testing.T) {
	p := newProc(t, quiet)
	w, exits := spawnWarden(t, p, func(*actor.Context, *actor.Exit) (bool, error) { return false, errBoom }, actor.OnFailure(actor.Resume))
	childOf(t, w, "").Actor().Stop(actor.StopDrain, nil)
	receive(t, exits, "the exit")
	aliveAs(t, w, 0)
}
