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

// The tests of this file run in bubbles, where time passes only when everybody waits.

// over waits for g's end, however long that takes.
func over(g sample.GateHandle) actor.Status {
	<-g.Actor().Done()
	return g.Actor().Status()
}

// restartTimes fails the gate g every gap, and returns when the new states were built, in time since the first
// failure, until the actor ends.
func restartTimes(t *testing.T, strategy actor.Strategy, gap time.Duration, failures int) (times []time.Duration, last actor.Status) {
	t.Helper()
	p := actortest.NewProc(t, quiet)
	begun := time.Now()
	first := true
	g, err := sample.SpawnGate(p, "", func() *sample.Gate {
		if !first {
			times = append(times, time.Since(begun))
		}
		first = false
		return &sample.Gate{}
	}, actor.OnFailure(strategy))
	ok(t, err)
	for range failures {
		if g.Post(context.Background(), func(*actor.Context) error { return errBoom }) != nil {
			break
		}
		synctest.Wait()
		time.Sleep(gap)
		synctest.Wait()
	}
	last = g.Actor().Status()
	g.Actor().Stop(actor.StopKill, nil)
	return times, last
}

func TestDefaultStrategy(t *testing.T) {
	for name, strategy := range map[string]actor.Strategy{"none": nil, "zero": actor.Restart{}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				times, last := restartTimes(t, strategy, time.Second, 10)
				if len(times) != 3 {
					t.Fatalf("restarts at %v", times)
				}
				for i, want := range []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond} {
					waited := times[i] - time.Duration(i)*time.Second
					if waited > want || waited < want*8/10 {
						t.Errorf("restart %d after %v, want %v or up to a fifth less", i, waited, want)
					}
				}
				if last.State != actor.StateFailed || !errors.Is(last.Cause, errBoom) {
					t.Errorf("at the limit: %+v", last)
				}
			})
		})
	}
}

func TestRestartWindow(t *testing.T) {
	for name, c := range map[string]struct {
		strategy actor.Restart
		gap      time.Duration
		restarts int
		state    actor.State
	}{
		"limit reached":       {actor.Restart{Max: 2, Within: time.Minute, Backoff: actor.NoBackoff}, 20 * time.Second, 2, actor.StateFailed},
		"window slides":       {actor.Restart{Max: 2, Within: time.Minute, Backoff: actor.NoBackoff}, 31 * time.Second, 10, actor.StateRunning},
		"exactly the window":  {actor.Restart{Max: 1, Within: time.Minute, Backoff: actor.NoBackoff}, time.Minute, 10, actor.StateRunning},
		"unlimited":           {actor.Restart{Max: actor.Unlimited, Backoff: actor.NoBackoff}, time.Millisecond, 10, actor.StateRunning},
		"backoff is no pause": {actor.Restart{Max: 2, Within: 3 * time.Second, Backoff: actor.Static(time.Second)}, 1100 * time.Millisecond, 2, actor.StateFailed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				times, last := restartTimes(t, c.strategy, c.gap, 10)
				if len(times) != c.restarts || last.State != c.state {
					t.Errorf("restarts at %v, then %v", times, last)
				}
			})
		})
	}
}

// parity: CT2, CT3
func TestBackoffs(t *testing.T) {
	for name, c := range map[string]struct {
		backoff actor.Backoff
		want    []time.Duration
	}{
		"static": {actor.Static(3 * time.Second), []time.Duration{3 * time.Second, 3 * time.Second, 3 * time.Second}},
		"linear": {actor.Linear(time.Second, 5*time.Second, 3*time.Second), []time.Duration{time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				times, _ := restartTimes(t, actor.Restart{Max: actor.Unlimited, Within: time.Hour, Backoff: c.backoff}, time.Minute, len(c.want))
				if len(times) != len(c.want) {
					t.Fatalf("restarts at %v", times)
				}
				for i, want := range c.want {
					if waited := times[i] - time.Duration(i)*time.Minute; waited != want {
						t.Errorf("restart %d after %v, want %v", i, waited, want)
					}
				}
			})
		})
	}
}

// parity: CT1, CT2, CT3, CT4
// An Init that fails again at each restart is tried after the backoff's times, until the limit.
func TestInitThatKeepsFailingIsTriedAfterTheBackoff(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		backoff actor.Backoff
		gaps    []time.Duration // between the Inits, of which one more would be too many
	}{
		"none":              {actor.NoBackoff, []time.Duration{0, 0}},
		"static":            {actor.Static(time.Second), []time.Duration{time.Second, time.Second, time.Second}},
		"linear":            {actor.Linear(100*ms, time.Second, 100*ms), []time.Duration{100 * ms, 200 * ms, 300 * ms, 400 * ms}},
		"linear to a limit": {actor.Linear(500*ms, 800*ms, 500*ms), []time.Duration{500 * ms, 800 * ms, 800 * ms, 800 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var inits []time.Time
				g, err := sample.SpawnGate(actortest.NewProc(t, quiet), "", withInit(func(*actor.Context) error {
					if inits = append(inits, time.Now()); len(inits) > 1 {
						return errBoom
					}
					return nil
				}), actor.OnFailure(actor.Restart{Max: len(c.gaps), Within: time.Hour, Backoff: c.backoff}))
				ok(t, err)
				fail(t, g)
				if s := over(g); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) || len(inits) != len(c.gaps)+1 {
					t.Fatalf("%+v after %d Inits", s, len(inits))
				}
				for i, want := range c.gaps {
					if gap := inits[i+1].Sub(inits[i]); gap != want {
						t.Errorf("Init %d came %v after the one before, want %v", i+2, gap, want)
					}
				}
			})
		})
	}
}

// While a restart waits, mail is taken and waits too, and no worker is held.
func TestMailWaitsForTheRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g := spawnGate(t, p, actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Minute)}))
		begun := time.Now()
		ok(t, g.Post(context.Background(), func(*actor.Context) error { return errBoom }))
		synctest.Wait()
		if s := g.Actor().Status(); s.State != actor.StateRestarting || !errors.Is(s.Cause, errBoom) {
			t.Errorf("%+v", s)
		}
		var handled time.Duration
		ok(t, g.Post(context.Background(), func(*actor.Context) error { handled = time.Since(begun); return nil }))
		for range 200 { // more than there are workers
			other := spawnGate(t, p, actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Minute)}))
			ok(t, other.Post(context.Background(), func(*actor.Context) error { return errBoom }))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		wantCode(t, g.Do(ctx, nop), actor.CodeDeadline)
		time.Sleep(time.Minute)
		synctest.Wait()
		if handled != time.Minute {
			t.Errorf("handled after %v", handled)
		}
	})
}

// A child that does not stop in time is killed, and the parent's Cleanup runs then.
func TestStopTimeoutKillsStuckChildren(t *testing.T) {
	for _, c := range []struct {
		opts []actor.SpawnOption
		want time.Duration
	}{
		{nil, 10 * time.Second},
		{[]actor.SpawnOption{actor.StopTimeout(time.Minute)}, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := actortest.NewProc(t, quiet)
			begun := time.Now()
			var cleaned time.Duration
			parent := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned = time.Since(begun); return nil }}, c.opts...)
			var stuck, good sample.GateHandle
			ok(t, parent.Do(context.Background(), func(cx *actor.Context) error {
				stuck, good = spawnGate(t, cx), spawnGate(t, cx)
				return nil
			}))
			ok(t, stuck.Post(context.Background(), func(cx *actor.Context) error { <-cx.Done(); return nil }))
			synctest.Wait()
			parent.Actor().Stop(actor.StopNow, nil)
			s := over(parent)
			// With one processor, the stuck handler has the only worker: another begins with the watchdog's next look.
			if s.State != actor.StateStopped || cleaned < c.want || cleaned > c.want+10*time.Millisecond {
				t.Errorf("%+v, Cleanup after %v, want %v", s, cleaned, c.want)
			}
			wantText(t, stuck.Actor().Status().Cause, "has not stopped within", c.want.String())
			if s := good.Actor().Status(); s.State != actor.StateStopped {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A child that ends just when its time is up is no trouble for the incarnation that comes after.
func TestChildEndsWhenItsTimeIsUp(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			p := actortest.NewProc(t, quiet)
			var child sample.GateHandle
			parent, err := sample.SpawnGate(p, "", withInit(func(cx *actor.Context) (err error) {
				child, err = sample.SpawnGate(cx, "", plainGate)
				return err
			}), atOnce, actor.StopTimeout(time.Second))
			ok(t, err)
			ok(t, child.Post(context.Background(), func(*actor.Context) error { time.Sleep(time.Second); return nil }))
			synctest.Wait()
			before := child
			ok(t, parent.Post(context.Background(), func(*actor.Context) error { return errBoom }))
			ok(t, parent.Do(context.Background(), func(cx *actor.Context) error {
				_, err := sample.SpawnGate(cx, "another", plainGate)
				return err
			}))
			if child == before {
				t.Error("no new child")
			}
			ok(t, child.Do(context.Background(), nop))
		})
	}
}

// parity: BT37
func TestCleanupIsBounded(t *testing.T) {
	for _, c := range []struct {
		opts []actor.SpawnOption
		want time.Duration
	}{
		{nil, 3 * time.Second},
		{[]actor.SpawnOption{actor.CleanupTimeout(time.Minute)}, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := actortest.NewProc(t, quiet)
			var contextEnded atomic.Bool
			g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error {
				<-cx.Done()
				contextEnded.Store(true)
				return nil
			}}, c.opts...)
			begun := time.Now()
			g.Actor().Stop(actor.StopDrain, errBoom)
			s := over(g)
			if took := time.Since(begun); s.State != actor.StateFailed || took != c.want {
				t.Errorf("%+v after %v", s, took)
			}
			wantText(t, s.Cause, "Cleanup has not returned within "+c.want.String())
			synctest.Wait()
			if !contextEnded.Load() {
				t.Error("the context of Cleanup has not ended")
			}
		})
	}
}

// A hung Cleanup in a restart ends the actor as well: its state is not to be used by two.
func TestCleanupThatHangsInARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error { <-cx.Done(); return nil }}, atOnce)
		ok(t, g.Post(context.Background(), func(*actor.Context) error { return errBoom }))
		if s := over(g); s.State != actor.StateFailed {
			t.Errorf("%+v", s)
		}
	})
}

// A shutdown drains for as long as its context lives, and kills then.
func TestShutdownKillsWhenItsTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := actor.NewProc("test", quiet)
		ok(t, err)
		root := spawnGate(t, p)
		var child sample.GateHandle
		ok(t, root.Do(context.Background(), func(cx *actor.Context) error { child = spawnGate(t, cx); return nil }))
		var lost time.Duration
		var begun time.Time
		ok(t, root.Post(context.Background(), func(cx *actor.Context) error { <-cx.Done(); lost = time.Since(begun); return nil }))
		synctest.Wait()
		begun = time.Now() // now: whoever waits for a lock may have slept some microseconds
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		report, err := p.Shutdown(ctx)
		wantCode(t, err, actor.CodeDeadline)
		if report.Killed != 2 || report.Stopped != 2 || report.Took < time.Minute || lost != time.Minute || len(report.Abandoned) != 0 {
			t.Errorf("%+v, the handler's context ended after %v", report, lost)
		}
		wantText(t, root.Actor().Status().Cause, "proc test is shutting down", "time is up")
		wantText(t, child.Actor().Status().Cause, "the parent sample.Gate #1 was killed")
	})
}
