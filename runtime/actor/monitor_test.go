package actor_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A portFunc is what a test puts behind a port.
type portFunc struct {
	send func(*actor.Exit) error
}

func (p *portFunc) Send(_ context.Context, ev *actor.Exit) error { return p.send(ev) }

func portOf(send func(*actor.Exit) error) actor.Port[*actor.Exit] {
	return actor.GenNewPort[*actor.Exit](&portFunc{send})
}

// exitPort returns a port and where its exits come out. It is full after n.
func exitPort(n int) (actor.Port[*actor.Exit], <-chan *actor.Exit) {
	exits := make(chan *actor.Exit, n)
	return portOf(func(ev *actor.Exit) error {
		select {
		case exits <- ev:
			return nil
		default:
			return actor.ErrMailboxFull
		}
	}), exits
}

// parity: B44, BT18
func TestMonitorTellsOfAnEndOnce(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(g sample.GateHandle)
		state actor.State
	}{
		"stop":     {func(g sample.GateHandle) { g.Actor().Stop(actor.StopDrain, errBoom) }, actor.StateStopped},
		"kill":     {func(g sample.GateHandle) { g.Actor().Stop(actor.StopKill, errBoom) }, actor.StateStopped},
		"Escalate": {func(g sample.GateHandle) { fail(t, g) }, actor.StateFailed},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			g, err := sample.SpawnGate(p, "g", plainGate, escalates)
			ok(t, err)
			exits := make(chan *actor.Exit, 10)
			port := portOf(func(ev *actor.Exit) error {
				// No lock is held, and the name is free.
				if _, err := sample.SpawnGate(p, "g", plainGate); err != nil {
					t.Error(err)
				}
				exits <- ev
				return nil
			})
			g.Actor().Monitor(port)
			begun := time.Now()
			c.end(g)
			ev := receive(t, exits, "the exit")
			if ev.Child != g.Actor() || ev.Status.State != c.state || !errors.Is(ev.Status.Cause, errBoom) || ev.Root() != g.Actor() {
				t.Errorf("%+v", ev)
			}
			if ev.At.Before(begun) || ev.Failed() != (c.state == actor.StateFailed) || ev.Escalates != ev.Failed() {
				t.Errorf("%+v", ev)
			}
			closed(t, g.Actor().Done(), "the end")
			p.Shutdown(soon(t))
			if len(exits) > 0 {
				t.Errorf("told once more: %v", <-exits)
			}
		})
	}
}

// A restart is no end; resuming neither. A child that its parent stops has ended, and is told of, as is what a limit ends.
// parity: C20, CT49
func TestMonitorTellsOfEndsOnly(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(10)
	resumes := spawnGate(t, p, actor.OnFailure(actor.Resume))
	resumes.Actor().Monitor(port)
	fail(t, resumes)
	flush(t, resumes)
	limited := spawnGate(t, p, actor.OnFailure(actor.Restart{Max: 1, Backoff: actor.NoBackoff}))
	limited.Actor().Monitor(port)
	fail(t, limited)
	flush(t, limited)
	limited.Actor().Restart(nil)
	flush(t, limited)
	if len(exits) != 0 {
		t.Errorf("told of %v", <-exits)
	}
	fail(t, limited)
	if ev := receive(t, exits, "the exit of one whose limit is reached"); ev.Child != limited.Actor() || ev.Status.Restarts != 2 || !ev.Escalates {
		t.Errorf("%+v", ev)
	}
	var child sample.GateHandle
	ok(t, resumes.Do(soon(t), func(cx *actor.Context) error { child = spawnGate(t, cx); return nil }))
	child.Actor().Monitor(port)
	resumes.Actor().Stop(actor.StopDrain, nil)
	if ev := receive(t, exits, "the child's exit"); ev.Child != child.Actor() || ev.Status.State != actor.StateStopped {
		t.Errorf("%+v", ev)
	}
	if ev := receive(t, exits, "the parent's exit"); ev.Child != resumes.Actor() {
		t.Errorf("%+v", ev)
	}
}

func TestMonitorOfAnActorThatHasEnded(t *testing.T) {
	p := newProc(t, quiet)
	port, exits := exitPort(10)
	g, clean := spawnGate(t, p, actor.OnFailure(actor.StopActor)), spawnGate(t, p)
	begun := time.Now()
	fail(t, g)
	want := ended(t, g)
	clean.Actor().Stop(actor.StopNow, nil)
	ended(t, clean)
	over := time.Now()
	for _, h := range []actor.Handle{g.Actor(), clean.Actor()} {
		h.Monitor(port)
		if ev := receive(t, exits, "the exit"); ev.Child != h || ev.Status != h.Status() || ev.Escalates ||
			ev.At.Before(begun.Add(-coarse)) || ev.At.After(over) {
			t.Errorf("%+v, between %v and %v", ev, begun, over)
		}
	}
	p.Shutdown(soon(t))
	g.Actor().Monitor(port)
	if ev := receive(t, exits, "the exit after the shutdown"); ev.Status != want {
		t.Errorf("%+v", ev)
	}
	actor.Handle{}.Monitor(port)()
	if ev := receive(t, exits, "the exit of nobody"); ev.Child != (actor.Handle{}) || ev.Status.State != actor.StateNone || ev.Report() == "" {
		t.Errorf("%+v", ev)
	}
}

// A port that is full gets its exits later, in the order of the ends, and does not hold up another.
func TestMonitorsExitWaitsForAFullPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t, quiet)
		full, late := exitPort(1)
		free, prompt := exitPort(100)
		const actors = 20
		for i := range actors {
			g, err := sample.SpawnGate(p, fmt.Sprint(i), plainGate)
			ok(t, err)
			g.Actor().Monitor(full)
			g.Actor().Monitor(free)
			g.Actor().Stop(actor.StopDrain, nil)
			ended(t, g)
		}
		synctest.Wait()
		if len(prompt) != actors || len(late) != 1 {
			t.Errorf("%d exits at the port with room, %d at the full one", len(prompt), len(late))
		}
		for i := range actors {
			ev := receive(t, late, "an exit at the full port")
			if name := ev.Child.Name(); name != fmt.Sprint(i) {
				t.Fatalf("exit %d is that of %s", i, name)
			}
		}
		if drops := p.Drops(); len(drops) > 0 {
			t.Errorf("drops: %v", drops)
		}
	})
}

// What a port refuses is counted and reported, with the exit; a full port is asked for the last time at the shutdown.
func TestMonitorsExitThatIsRefusedIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		code   actor.Code
	}{
		"stopped": {actor.ErrStopped, actor.CodeStopped},
		"full":    {actor.ErrMailboxFull, actor.CodeMailboxFull},
		"other":   {errBoom, actor.CodeUnknown},
		"odd":     {&actor.Error{Code: 200}, actor.CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			lost := make(chan *actor.Undelivered, 10)
			p := newProc(t, quiet, actor.OnUndelivered(func(u *actor.Undelivered) { lost <- u }))
			g, err := sample.SpawnGate(p, "g", plainGate)
			ok(t, err)
			g.Actor().Monitor(portOf(func(*actor.Exit) error { return c.answer }))
			if _, err := p.Shutdown(soon(t)); err != nil {
				t.Fatal(err)
			}
			u := receive(t, lost, "the report")
			ev, is := u.Args.(*actor.Exit)
			if !is || ev.Child != g.Actor() || !errors.Is(u.Err, c.answer) || u.Target != "a monitor of sample.Gate g" {
				t.Errorf("%+v", u)
			}
			if drops := p.Drops(); drops[c.code] != 1 || len(drops) != 1 || len(lost) != 0 {
				t.Errorf("drops %v, %d more reports", drops, len(lost))
			}
		})
	}
	t.Run("zero port", func(t *testing.T) {
		p := newProc(t, quiet)
		spawnGate(t, p).Actor().Monitor(actor.Port[*actor.Exit]{})
		p.Shutdown(soon(t))
		if p.Drops()[actor.CodeUnbound] != 1 {
			t.Errorf("drops %v", p.Drops())
		}
	})
}

func TestMonitorThatIsStoppedTellsNothing(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	port, exits := exitPort(10)
	var stops []func()
	for range 5 {
		stops = append(stops, g.Actor().Monitor(port))
	}
	for _, i := range []int{2, 0, 4, 4, 2} { // in the middle, at the ends, and once more
		stops[i]()
	}
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	p.Shutdown(soon(t))
	if len(exits) != 2 {
		t.Errorf("%d exits, want 2", len(exits))
	}
	for _, stop := range stops {
		stop()
	}
}

// Whenever a monitor is asked for, before or while or after the actor ends, it tells its exit once; and a shutdown returns when
// all that were asked for before it are told.
func TestMonitorsAskedForAtAnyMoment(t *testing.T) {
	p := newProc(t, quiet)
	const actors, monitors = 200, 4
	var told [actors][monitors]atomic.Int64
	var wg sync.WaitGroup
	for i := range actors {
		g := spawnGate(t, p)
		for k := range monitors {
			wg.Go(func() {
				g.Actor().Monitor(portOf(func(ev *actor.Exit) error {
					if ev.Child != g.Actor() || !ev.Status.State.Terminal() {
						t.Errorf("%+v", ev)
					}
					told[i][k].Add(1)
					return nil
				}))
			})
		}
		wg.Go(func() { g.Actor().Stop([]actor.StopMode{actor.StopDrain, actor.StopNow, actor.StopKill}[i%3], nil) })
	}
	await(t, &wg, "the monitors and stops")
	_, err := p.Shutdown(soon(t))
	ok(t, err)
	for i := range told {
		for k := range told[i] {
			if n := told[i][k].Load(); n != 1 {
				t.Fatalf("monitor %d of actor %d was told %d times", k, i, n)
			}
		}
	}
}

// A port may wait as long as it likes: nobody who ends an actor waits for it.
func TestMonitorsPortHoldsNobodyUp(t *testing.T) {
	p := newProc(t, quiet)
	gate, inside := make(chan struct{}), make(chan struct{}, 10)
	g := spawnGate(t, p)
	g.Actor().Monitor(portOf(func(*actor.Exit) error { inside <- struct{}{}; <-gate; return nil }))
	g.Actor().Stop(actor.StopNow, nil)
	ended(t, g)
	receive(t, inside, "the port to be asked")
	other := spawnGate(t, p)
	flush(t, other)
	other.Actor().Stop(actor.StopKill, nil)
	ended(t, other)
	late := spawnGate(t, p)
	late.Actor().Monitor(portOf(func(*actor.Exit) error { return nil }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if report, _ := p.Shutdown(ctx); report.Stopped != 1 { // it waits for the port no longer than ctx says, and a little
		t.Errorf("%v", report)
	}
	close(gate)
}
