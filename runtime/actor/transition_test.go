package actor_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// The tests of this file are about what comes while an actor is between two states. TestModel has found each of them.

// eachInit returns a build whose n-th incarnation has the n-th Init; the others have none.
func eachInit(inits ...func(*actor.Context) error) func() *sample.Gate {
	var n atomic.Int64
	return func() *sample.Gate {
		i := int(n.Add(1)) - 1
		if i < len(inits) {
			return &sample.Gate{OnInit: inits[i]}
		}
		return &sample.Gate{}
	}
}

// parity: B21
func TestActorIsRestartingUntilItsInitIsOver(t *testing.T) {
	p := newProc(t, quiet)
	running, gate := make(chan struct{}), make(chan struct{})
	g, err := sample.SpawnGate(p, "", eachInit(nop, func(*actor.Context) error { close(running); <-gate; return nil }), atOnce)
	ok(t, err)
	fail(t, g)
	closed(t, running, "Init of the restart")
	if s := g.Actor().Status(); s.State != actor.StateRestarting || !errors.Is(s.Cause, errBoom) || s.Restarts != 1 {
		t.Errorf("while Init runs: %+v", s)
	}
	close(gate)
	flush(t, g)
	if s := g.Actor().Status(); s.State != actor.StateRunning || s.Cause != nil {
		t.Errorf("after Init: %+v", s)
	}
}

// parity: CT23
func TestInitThatFailsIsTheEndUnderStopActor(t *testing.T) {
	p := newProc(t, quiet)
	g, err := sample.SpawnGate(p, "", eachInit(nop, func(*actor.Context) error { return errBoom }), actor.OnFailure(actor.StopActor))
	ok(t, err)
	g.Actor().Restart(nil)
	if s := ended(t, g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
		t.Errorf("%+v", s)
	}
}

// parity: C13
func TestActorWhoseSpawnHasFailedIsStopping(t *testing.T) {
	p := newProc(t, quiet)
	var self, child sample.GateHandle
	release := func() {}
	_, err := sample.SpawnGate(p, "", withInit(func(cx *actor.Context) error {
		self, child = sample.GateSelf(cx), spawnGate(t, cx)
		release = hold(t, child)
		return errBoom
	}))
	wantText(t, err, "boom")
	if s := self.Actor().Status(); s.State != actor.StateStopping || !errors.Is(s.Cause, errBoom) {
		t.Errorf("while the child ends: %+v", s)
	}
	release()
	if s := ended(t, self); s.State != actor.StateFailed {
		t.Errorf("%+v", s)
	}
}

// parity: B35
func TestActorThatFailsForGoodAcceptsNothingMore(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
	release := func() {}
	err := g.Do(soon(t), func(cx *actor.Context) error {
		release = hold(t, spawnGate(t, cx))
		return actor.Fatal(errBoom)
	})
	if !errors.Is(err, errBoom) {
		t.Fatal(err)
	}
	if s := g.Actor().Status(); s.State != actor.StateStopping {
		t.Errorf("%+v", s)
	}
	if err := g.Post(context.Background(), nop); !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
		t.Errorf("a cast while the child ends: %v", err)
	}
	release()
	ended(t, g)
	if len(p.Drops()) != 0 {
		t.Errorf("drops %v", p.Drops())
	}
}

// Who drains handles what is queued, also when a restart had been asked for.
func TestDrainWhenARestartWasAskedFor(t *testing.T) {
	p := newProc(t, quiet)
	var causes []error
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(_ *actor.Context, cause error) error { causes = append(causes, cause); return nil }})
	release := hold(t, g)
	var ran atomic.Int64
	for range 10 {
		ok(t, g.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
	}
	g.Actor().Restart(errors.New("restart"))
	g.Actor().Stop(actor.StopDrain, errBoom)
	release()
	if s := ended(t, g); s.State != actor.StateStopped || s.Cause != errBoom || ran.Load() != 10 {
		t.Errorf("%+v, %d handled", s, ran.Load())
	}
	if len(causes) != 1 || causes[0] != errBoom {
		t.Errorf("Cleanup with %v", causes)
	}
}

// A stop that comes in the middle of a restart by hand is why the actor ends.
func TestStopInARestartByHand(t *testing.T) {
	p := newProc(t, quiet)
	running, gate := make(chan struct{}), make(chan struct{})
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { close(running); <-gate; return nil }})
	g.Actor().Restart(errors.New("restart"))
	closed(t, running, "Cleanup")
	g.Actor().Stop(actor.StopNow, errBoom)
	if s := g.Actor().Status(); s.State != actor.StateStopping || s.Cause != errBoom {
		t.Errorf("in Cleanup: %+v", s)
	}
	close(gate)
	if s := ended(t, g); s.State != actor.StateStopped || s.Cause != errBoom {
		t.Errorf("%+v", s)
	}
}

func TestCleanupErrorOfARestartByHandIsNotItsCause(t *testing.T) {
	p := newProc(t, quiet)
	running, gate := make(chan struct{}), make(chan struct{})
	var n atomic.Int64
	g, err := sample.SpawnGate(p, "", func() *sample.Gate {
		if n.Add(1) == 1 {
			return &sample.Gate{OnCleanup: func(*actor.Context, error) error { return errors.New("Cleanup") }}
		}
		return &sample.Gate{OnInit: func(*actor.Context) error { close(running); <-gate; return nil }}
	})
	ok(t, err)
	g.Actor().Restart(errBoom)
	closed(t, running, "Init of the restart")
	if s := g.Actor().Status(); s.State != actor.StateRestarting || s.Cause != errBoom {
		t.Errorf("%+v", s)
	}
	close(gate)
	flush(t, g)
}

// parity: B30
// A stop that replaces a drain reaches the children that drain.
func TestStrongerStopReachesTheChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		parent := spawnGate(t, p)
		var child sample.GateHandle
		ok(t, parent.Do(context.Background(), func(cx *actor.Context) error { child = spawnGate(t, cx); return nil }))
		release := hold(t, child)
		var ran atomic.Int64
		ok(t, child.Post(context.Background(), func(*actor.Context) error { ran.Add(1); return nil }))
		parent.Actor().Stop(actor.StopDrain, nil)
		synctest.Wait()
		parent.Actor().Stop(actor.StopNow, errBoom)
		synctest.Wait()
		release()
		if s := over(parent); s.State != actor.StateStopped || s.Cause != errBoom || ran.Load() != 0 {
			t.Errorf("%+v, %d handled by the child", s, ran.Load())
		}
	})
}

// parity: B31
func TestRootWhoseCleanupFailsIsInFailures(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { return errBoom }})
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	if fs := p.Failures(); len(fs) != 1 || fs[0].ID != g.Actor().ID() || !errors.Is(fs[0].Err, errBoom) {
		t.Errorf("failures %+v", fs)
	}
}

// What Spawn returns is not told again, even if a child of Init has failed before.
func TestRootWhoseSpawnFailsIsNotInFailures(t *testing.T) {
	p := newProc(t, quiet)
	_, err := sample.SpawnGate(p, "", withInit(func(cx *actor.Context) error {
		child := spawnGate(t, cx, actor.OnFailure(actor.Escalate))
		fail(t, child)
		ended(t, child)
		return errors.New("Init")
	}))
	wantText(t, err, "Init")
	if fs := p.Failures(); len(fs) != 0 {
		t.Errorf("failures %+v", fs)
	}
}

// parity: C18
// Restarts count from when they happen, which may be long after the failure: the children end first.
func TestRestartsCountFromWhenTheyHappen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g := spawnGate(t, p, actor.OnFailure(actor.Restart{Max: 1, Within: 5 * time.Second, Backoff: actor.NoBackoff}))
		ok(t, g.Do(context.Background(), func(cx *actor.Context) error {
			return spawnGate(t, cx).Post(cx, func(*actor.Context) error { time.Sleep(4 * time.Second); return nil })
		}))
		synctest.Wait()
		fail(t, g) // restarts after 4 s
		time.Sleep(8 * time.Second)
		fail(t, g)
		if s := over(g); s.State != actor.StateFailed || s.Restarts != 2 {
			t.Errorf("a second failure 4 s after the restart: %+v", s)
		}
	})
}

// An incarnation whose Init has not succeeded has no Cleanup, also if a child's failure has ended it before.
func TestNoCleanupWithoutInit(t *testing.T) {
	for name, how := range failures {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			child, release := make(chan sample.GateHandle, 1), make(chan struct{})
			inits, cleanups := 0, make(chan int, 3)
			g := spawnGateAs(t, p, sample.Gate{
				OnInit: func(cx *actor.Context) error {
					if inits++; inits != 2 {
						return nil
					}
					c, err := sample.SpawnGate(cx, "", plainGate, actor.OnFailure(actor.Escalate))
					if err != nil {
						return err
					}
					child <- c
					<-release
					return how(cx)
				},
				OnCleanup: func(*actor.Context, error) error { cleanups <- inits; return nil },
			}, atOnce)
			fail(t, g)
			c := receive(t, child, "the child of the second Init")
			ok(t, c.Post(context.Background(), func(*actor.Context) error { return errBoom }))
			ended(t, c)
			close(release)
			flush(t, g)
			if n := receive(t, cleanups, "Cleanup of the first"); n != 1 {
				t.Errorf("Cleanup in incarnation %d", n)
			}
			g.Actor().Stop(actor.StopNow, nil)
			ended(t, g)
			if n := receive(t, cleanups, "Cleanup of the last"); n != 3 {
				t.Errorf("Cleanup in incarnation %d", n)
			}
		})
	}
}
