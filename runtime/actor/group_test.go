package actor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A family is a parent and its children, with a log of their beginnings and ends.
type family struct {
	parent sample.WardenHandle
	exits  <-chan *actor.Exit
	begun  time.Time
	mu     sync.Mutex
	log    []string
}

func newFamily(t *testing.T, p actor.Spawner, policy actor.GroupPolicy, opts ...actor.SpawnOption) *family {
	f := &family{begun: time.Now()}
	f.parent, f.exits = spawnWarden(t, p, leaveIt, append(opts, actor.Group(policy))...)
	return f
}

func (f *family) note(what ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprint(what...))
}

// events returns the log, and begins a new one.
func (f *family) events() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	return log
}

// spawn spawns a child. onInit, if given, runs in each Init.
func (f *family) spawn(t *testing.T, name string, strategy actor.Strategy, onInit ...func(*actor.Context) error) (g sample.GateHandle) {
	t.Helper()
	ok(t, f.parent.Do(soon(t), func(cx *actor.Context) (err error) {
		g, err = sample.SpawnGate(cx, name, func() *sample.Gate {
			return &sample.Gate{
				OnInit: func(cx *actor.Context) error {
					f.note("init ", name)
					for _, do := range onInit {
						if err := do(cx); err != nil {
							return err
						}
					}
					return nil
				},
				OnCleanup: func(*actor.Context, error) error { f.note("cleanup ", name); return nil },
			}
		}, actor.OnFailure(strategy))
		return err
	}))
	return g
}

var noWait = actor.Restart{Backoff: actor.NoBackoff}

// sorted returns the log with its cleanups, of which the order is open, sorted, if they come before all else.
func sorted(log []string) []string {
	n := 0
	for n < len(log) && strings.HasPrefix(log[n], "cleanup") {
		n++
	}
	slices.Sort(log[:n])
	return log
}

// parity: C36, CT5, CT6, CT8
func TestGroupsRestartTogetherInOrder(t *testing.T) {
	for _, c := range []struct {
		policy actor.GroupPolicy
		fails  int
		want   string
	}{
		{actor.OneForOne, 1, "cleanup b, init b"},
		{actor.OneForAll, 0, "cleanup a, cleanup b, cleanup c, init a, init b, init c"},
		{actor.OneForAll, 1, "cleanup a, cleanup b, cleanup c, init a, init b, init c"},
		{actor.OneForAll, 2, "cleanup a, cleanup b, cleanup c, init a, init b, init c"},
		{actor.RestForOne, 0, "cleanup a, cleanup b, cleanup c, init a, init b, init c"},
		{actor.RestForOne, 1, "cleanup b, cleanup c, init b, init c"},
		{actor.RestForOne, 2, "cleanup c, init c"},
	} {
		t.Run(fmt.Sprint(c.policy, " ", c.fails), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFamily(t, newProc(t, quiet), c.policy)
				var all []sample.GateHandle
				for _, name := range []string{"a", "b", "c"} {
					all = append(all, f.spawn(t, name, noWait))
				}
				f.events()
				fail(t, all[c.fails])
				synctest.Wait()
				if got := strings.Join(sorted(f.events()), ", "); got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
				for i, g := range all {
					flush(t, g)
					restarts := 0
					if i == c.fails {
						restarts = 1
					}
					if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != restarts {
						t.Errorf("child %d: %+v", i, s)
					}
				}
				aliveAs(t, f.parent, 0)
			})
		})
	}
}

// A restart with siblings is theirs too, but counts for the one that has failed only.
func TestGroupsRestartCountsForTheOneThatFailed(t *testing.T) {
	f := newFamily(t, newProc(t, quiet), actor.OneForAll)
	twice := actor.Restart{Max: 2, Backoff: actor.NoBackoff}
	for _, g := range []sample.GateHandle{f.spawn(t, "a", twice), f.spawn(t, "b", twice)} {
		for n := range 2 {
			fail(t, g)
			flush(t, g)
			if s := g.Actor().Status(); s.State != actor.StateRunning || s.Restarts != n+1 {
				t.Errorf("%s: %+v", g.Actor().Name(), s)
			}
		}
	}
	aliveAs(t, f.parent, 0)
}

// parity: C19
// The group waits as long as the one that has failed, and what is sent meanwhile waits with it.
func TestGroupWaitsForTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t, newProc(t, quiet), actor.OneForAll)
		at := func(*actor.Context) error { f.note(time.Since(f.begun)); return nil }
		a := f.spawn(t, "a", noWait, at)
		b := f.spawn(t, "b", actor.Restart{Backoff: actor.Static(time.Minute)}, at)
		f.events()
		fail(t, b)
		synctest.Wait()
		ok(t, a.Post(context.Background(), at))
		for _, g := range []sample.GateHandle{a, b} {
			if s := g.Actor().Status(); s.State != actor.StateRestarting {
				t.Errorf("%+v", s)
			}
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := strings.Join(sorted(f.events()), ", "); got != "cleanup a, cleanup b, init a, 1m0s, init b, 1m0s, 1m0s" && got != "cleanup a, cleanup b, init a, 1m0s, 1m0s, init b, 1m0s" {
			t.Error(got)
		}
	})
}

// parity: C36, CT7
// Restarts of the group count for the one that has failed; when those are used up, its failure is the parent's.
func TestGroupEscalatesWithTheOneThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t, newProc(t, quiet), actor.OneForAll, actor.OnFailure(actor.StopActor))
		a := f.spawn(t, "a", actor.Restart{Max: 1, Backoff: actor.NoBackoff})
		b := f.spawn(t, "b", noWait)
		f.events()
		fail(t, a)
		synctest.Wait()
		fail(t, a)
		s, err := f.parent.Actor().Wait(soon(t))
		ok(t, err)
		if s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) {
			t.Errorf("the parent: %+v", s)
		}
		if s := ended(t, b); s.Restarts != 0 {
			t.Errorf("the sibling: %+v", s)
		}
		if got := strings.Join(f.events(), ", "); !strings.HasPrefix(got, "cleanup ") || strings.Count(got, "init a") != 1 || strings.Count(got, "init b") != 1 {
			t.Error(got)
		}
	})
}

// A member that is stopped, or killed, while the group restarts is waited for no longer.
func TestGroupGoesOnWithoutAMemberThatEnds(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFamily(t, newProc(t, quiet), actor.OneForAll)
				a := f.spawn(t, "a", noWait)
				b := f.spawn(t, "b", noWait)
				c := f.spawn(t, "c", noWait)
				f.events()
				release := hold(t, a) // its incarnation does not end
				fail(t, b)
				synctest.Wait()
				if log := sorted(f.events()); !slices.Equal(log, []string{"cleanup b", "cleanup c"}) {
					t.Error(log)
				}
				a.Actor().Stop(mode, nil)
				synctest.Wait()
				release()
				ended(t, a)
				flush(t, b)
				flush(t, c)
				log := slices.DeleteFunc(f.events(), func(e string) bool { return e == "cleanup a" })
				if !slices.Equal(log, []string{"init b", "init c"}) {
					t.Error(log)
				}
			})
		})
	}
}

// An Init that fails in a group's restart is a failure as any: the group begins again.
func TestGroupBeginsAgainWhenAnInitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t, newProc(t, quiet), actor.OneForAll)
		a := f.spawn(t, "a", noWait)
		times := 0
		b := f.spawn(t, "b", noWait, func(*actor.Context) error {
			if times++; times == 2 {
				return errBoom
			}
			return nil
		})
		f.events()
		fail(t, a)
		synctest.Wait()
		want := "cleanup a, cleanup b, init a, init b, cleanup a, init a, init b"
		if got := strings.Join(sorted(f.events()), ", "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		flush(t, a)
		flush(t, b)
	})
}

// Whatever fails, stops and is spawned at once: in the end all that live run, and nobody waits for a sibling.
func TestGroupsSettleWhateverHappens(t *testing.T) {
	runs := 300
	if raceEnabled {
		runs = 60
	}
	for seed := range uint64(runs) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 0))
			f := newFamily(t, newProc(t, quiet), actor.GroupPolicy(1+rnd.IntN(2)))
			forever := actor.Restart{Max: actor.Unlimited, Backoff: actor.Linear(0, 3*time.Millisecond, time.Millisecond)}
			var all []sample.GateHandle
			var initFails sync.Mutex
			failing := 0
			for step := range 40 {
				switch n := rnd.IntN(10); {
				case n < 2 || len(all) < 3:
					all = append(all, f.spawn(t, fmt.Sprint("child", step), forever, func(cx *actor.Context) error {
						initFails.Lock()
						defer initFails.Unlock()
						if cx.Self().Status().Restarts > 0 && failing > 0 {
							failing--
							return errBoom
						}
						return nil
					}))
				case n < 3:
					initFails.Lock()
					failing++
					initFails.Unlock()
				case n < 4:
					i := rnd.IntN(len(all))
					all[i].Actor().Stop(modes[rnd.IntN(len(modes))], nil)
					all = slices.Delete(all, i, i+1)
				case n < 5:
					all[rnd.IntN(len(all))].Actor().Restart(nil)
				case n < 6:
					time.Sleep(time.Duration(rnd.IntN(3)) * time.Millisecond)
				default:
					all[rnd.IntN(len(all))].Post(context.Background(), func(*actor.Context) error { return errBoom })
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			for _, g := range all {
				if s := g.Actor().Status(); s.State != actor.StateRunning || s.Busy {
					t.Errorf("seed %d: %v: %+v", seed, g.Actor().Name(), s)
				}
			}
			aliveAs(t, f.parent, 0)
		})
	}
}

// parity: C14, C15, CT42
func TestParentStopsAndRestartsItsChildren(t *testing.T) {
	p := newProc(t, quiet)
	f := newFamily(t, p, actor.OneForOne)
	a, b := f.spawn(t, "a", noWait), f.spawn(t, "b", noWait)
	keep(t, a, "before")
	keep(t, b, "before")
	ok(t, f.parent.Do(soon(t), func(cx *actor.Context) error {
		cx.RestartChildren(errBoom)
		return nil
	}))
	for _, g := range []sample.GateHandle{a, b} {
		if kept, after := keep(t, g, "after"), keep(t, g, ""); kept != "" || after != "after" {
			t.Errorf("%s has kept %q, and then %q", g.Actor().Name(), kept, after)
		}
		if s := g.Actor().Status(); s.State != actor.StateRunning {
			t.Errorf("%+v", s)
		}
	}
	if log := f.events(); strings.Count(strings.Join(log, " "), "init") != 4 {
		t.Error(log)
	}
	ok(t, f.parent.Do(soon(t), func(cx *actor.Context) error {
		if err := cx.StopChildren(actor.StopDrain, errBoom); err != nil {
			return err
		}
		for _, g := range []sample.GateHandle{a, b} {
			if s := g.Actor().Status(); s.State != actor.StateStopped || s.Cause != errBoom {
				t.Errorf("%+v", s)
			}
		}
		for h := range cx.Self().Children() {
			t.Errorf("%s is left", h.Name())
		}
		return nil
	}))
	c := f.spawn(t, "c", noWait)
	release := hold(t, c)
	ctx, cancel := context.WithCancel(soon(t))
	done := begin(func() error {
		return f.parent.Do(ctx, func(cx *actor.Context) error { return cx.StopChildren(actor.StopNow, nil) })
	})
	until(t, "the child is stopping", func() bool { return c.Actor().Status().State == actor.StateStopping })
	cancel()
	wantCode(t, receive(t, done, "the parent"), actor.CodeCanceled)
	release()
	ended(t, c)
}
