package actor_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A crew is a parent with the children 1, 2 and 3. When one of them has failed for good, its HandleExit does by hand what a group does: it
// replaces them by other actors of the same names.
type crew struct {
	proc     *actor.Proc
	parent   sample.WardenHandle
	exits    <-chan *actor.Exit
	strategy actor.Strategy
	mu       sync.Mutex
	inits    []int
}

// newCrew spawns a crew. mend is what the parent does about a child that has failed.
func newCrew(t *testing.T, strategy actor.Strategy, mend func(c *crew, cx *actor.Context, failed int) error) *crew {
	t.Helper()
	c := &crew{proc: newProc(t, quiet), strategy: strategy}
	c.parent, c.exits = spawnWarden(t, c.proc, func(cx *actor.Context, ev *actor.Exit) (bool, error) {
		if !ev.Failed() { // one that mend has stopped
			return true, nil
		}
		n, err := strconv.Atoi(ev.Child.Name())
		return true, errors.Join(err, mend(c, cx, n))
	})
	ok(t, c.parent.Do(soon(t), func(cx *actor.Context) error { return c.spawn(cx, 1, 2, 3) }))
	return c
}

// spawn spawns children of these names.
func (c *crew) spawn(cx *actor.Context, names ...int) error {
	for _, n := range names {
		_, err := sample.SpawnGate(cx, strconv.Itoa(n), withInit(func(*actor.Context) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.inits = append(c.inits, n)
			return nil
		}), actor.OnFailure(c.strategy))
		if err != nil {
			return err
		}
	}
	return nil
}

// replaceAll puts new children into the places of all.
func replaceAll(c *crew, cx *actor.Context, _ int) error {
	if err := cx.StopChildren(actor.StopNow, nil); err != nil {
		return err
	}
	return c.spawn(cx, 1, 2, 3)
}

// begun fails the test unless the Inits so far were these.
func (c *crew) begun(t *testing.T, want ...int) {
	t.Helper()
	settledOn(t, &c.mu, &c.inits, want)
}

// members finds the children by their names. They work.
func (c *crew) members(t *testing.T) (all []sample.GateHandle) {
	t.Helper()
	for n := 1; n <= 3; n++ {
		g, err := sample.LookupGate(c.proc, strconv.Itoa(n))
		ok(t, err)
		flush(t, g)
		all = append(all, g)
	}
	return all
}

// gone fails the test unless these have ended.
func gone(t *testing.T, all ...sample.GateHandle) {
	t.Helper()
	for _, g := range all {
		if err := g.Post(t.Context(), nop); !errors.Is(err, actor.ErrStopped) || !g.Actor().Status().State.Terminal() {
			t.Errorf("%s: %v, %v", g.Actor().Name(), err, g.Actor().Status())
		}
	}
}

// parity: CT5, CT6
// Whichever fails, the parent puts new actors into all places: old handles have ended, the names lead to the new ones.
func TestParentReplacesAllItsChildren(t *testing.T) {
	for fails := range 3 {
		t.Run(fmt.Sprint(fails+1), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t, actor.StopActor, replaceAll)
				old := c.members(t)
				fail(t, old[fails])
				c.begun(t, 1, 2, 3, 1, 2, 3)
				gone(t, old...)
				c.members(t)
				aliveAs(t, c.parent, 0)
			})
		})
	}
}

// parity: CT7
// First the child's own strategy restarts it, which is nobody else's business; the parent replaces all when that is used up.
func TestParentReplacesWhenRestartsAreUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t, actor.Restart{Max: 1, Backoff: actor.NoBackoff}, replaceAll)
		old := c.members(t)
		fail(t, old[0])
		c.begun(t, 1, 2, 3, 1)
		if len(c.exits) > 0 {
			t.Errorf("a restart is told: %v", <-c.exits)
		}
		fail(t, old[0])
		c.begun(t, 1, 2, 3, 1, 1, 2, 3)
		if ev := receive(t, c.exits, "the exit"); ev.Child != old[0].Actor() || !ev.Failed() {
			t.Errorf("%v", ev)
		}
		gone(t, old...)
		c.members(t)
		aliveAs(t, c.parent, 0)
	})
}

// parity: CT8, CT9
// A failure of the child that the others depend on concerns all of them, that of another nobody. The others may be replaced or
// restarted: then their handles stay good.
func TestParentMendsWhatDependsOnTheFirst(t *testing.T) {
	restartOthers := func(c *crew, cx *actor.Context, _ int) error {
		cx.RestartChildren(nil)
		return c.spawn(cx, 1)
	}
	for name, mend := range map[string]func(*crew, *actor.Context, int) error{"replace": replaceAll, "restart": restartOthers} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t, actor.StopActor, func(c *crew, cx *actor.Context, failed int) error {
					if failed > 1 {
						return nil
					}
					return mend(c, cx, failed)
				})
				old := c.members(t)
				fail(t, old[0])
				synctest.Wait()
				c.mu.Lock()
				if name == "restart" { // in which order is open
					slices.Sort(c.inits[3:])
				}
				c.mu.Unlock()
				c.begun(t, 1, 2, 3, 1, 2, 3)
				now := c.members(t)
				if name == "replace" {
					gone(t, old...)
				} else if gone(t, old[0]); !slices.Equal(now[1:], old[1:]) {
					t.Error("what was restarted is another actor")
				}
				fail(t, now[1])
				c.begun(t, 1, 2, 3, 1, 2, 3)
				gone(t, now[1])
				flush(t, now[0])
				flush(t, now[2])
				aliveAs(t, c.parent, 0)
			})
		})
	}
}
