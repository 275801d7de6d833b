package actor_test

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A forest is a tree of ten levels: each of the first eight has three children per actor, so that there are 3^8 actors with
// leaves.
type forest struct {
	root   sample.GateHandle
	leaf   sample.GateHandle // one of them
	actors int
	told   atomic.Int64                  // monitors that were told, if it is watched
	first  atomic.Pointer[actor.Exit]    // what they were told first, and
	final  atomic.Pointer[actor.Exit]    // of the root
	over   chan struct{}                 // closed when all were told
	port   actor.Port[*actor.Exit]       // where they are told
	kinds  map[actor.State]*atomic.Int64 // of the ends
}

// treeLimit is how long it may take to take down a tree of 100,000 actors.
const treeLimit = 3 * time.Second

// plant spawns a tree of 100,000 actors if ACTORGEN_SOAK is 1, else of about a tenth. All escalate. If it is watched each has a
// monitor.
func plant(t *testing.T, p *actor.Proc, watched bool) *forest {
	t.Helper()
	leaves := 1
	if os.Getenv("ACTORGEN_SOAK") == "1" {
		leaves = 14
	}
	f := &forest{over: make(chan struct{}), kinds: map[actor.State]*atomic.Int64{
		actor.StateStopped: new(atomic.Int64), actor.StateFailed: new(atomic.Int64),
	}}
	f.port = portOf(func(ev *actor.Exit) error {
		f.first.CompareAndSwap(nil, ev)
		if ev.Child == f.root.Actor() {
			f.final.Store(ev)
		}
		f.kinds[ev.Status.State].Add(1)
		if f.told.Add(1) == int64(f.actors) {
			close(f.over)
		}
		return nil
	})
	var handles []sample.GateHandle
	var spawn func(parent actor.Spawner, level int) error
	spawn = func(parent actor.Spawner, level int) error {
		g, err := sample.SpawnGate(parent, "", func() *sample.Gate {
			return &sample.Gate{OnInit: func(cx *actor.Context) error {
				children := 3
				switch level {
				case 9:
					children = leaves
				case 10:
					children = 0
				}
				for range children {
					if err := spawn(cx, level+1); err != nil {
						return err
					}
				}
				return nil
			}}
		}, escalates)
		if level == 10 {
			f.leaf = g
		}
		if f.actors++; watched {
			handles = append(handles, g)
		}
		f.root = g // in the end
		return err
	}
	begun := time.Now()
	ok(t, spawn(p, 1))
	t.Logf("%d actors spawned in %v", f.actors, time.Since(begun))
	for _, h := range handles {
		h.Actor().Monitor(f.port)
	}
	return f
}

// A leaf of a large tree fails for good, and everybody above it. All ends are told, and nothing is left.
// parity: B48
func TestLargeTreeFailsFromALeaf(t *testing.T) {
	p := newProc(t, quiet)
	f := plant(t, p, true)
	begun := time.Now()
	fail(t, f.leaf)
	timeout := time.After(10 * treeLimit)
	select {
	case <-f.over:
	case <-timeout:
		t.Fatalf("%d of %d ends were told", f.told.Load(), f.actors)
	}
	took := time.Since(begun)
	t.Logf("%d ends told in %v", f.actors, took)
	if took > treeLimit && !raceEnabled {
		t.Errorf("it took %v, want at most %v", took, treeLimit)
	}
	if ev := f.first.Load(); ev.Child != f.leaf.Actor() || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("the first end: %v", ev)
	}
	ev := f.final.Load()
	if ev.Root() != f.leaf.Actor() || !errors.Is(ev.Status.Cause, errBoom) {
		t.Errorf("the root's end: %v", ev)
	}
	if failed := f.kinds[actor.StateFailed].Load(); failed != 10 {
		t.Errorf("%d actors have failed, want those of ten levels", failed)
	}
	if fs := p.Failures(); len(fs) != 1 || fs[0].ID != f.root.Actor().ID() {
		t.Errorf("%+v", fs)
	}
	if report, err := p.Shutdown(soon(t)); err != nil || report.Stopped != 0 {
		t.Errorf("something was left: %v, %v", report, err)
	}
}

// A shutdown of a large tree reports every actor once, children before their parents, drained or killed.
// parity: B17
func TestLargeTreeIsShutDown(t *testing.T) {
	for name, kills := range map[string]bool{"drains": false, "kills": true} {
		t.Run(name, func(t *testing.T) {
			p, err := actor.NewProc("test", quiet)
			ok(t, err)
			f := plant(t, p, false)
			ctx, cancel := context.WithTimeout(context.Background(), 10*treeLimit)
			defer cancel()
			if kills {
				hold(t, f.root)
				ok(t, f.leaf.Post(ctx, func(cx *actor.Context) error { <-cx.Done(); return nil }))
				cancel()
			}
			report, err := p.Shutdown(ctx)
			if (err != nil) != kills {
				t.Fatal(err)
			}
			t.Logf("%v", report)
			if report.Took > treeLimit && !raceEnabled {
				t.Errorf("it took %v, want at most %v", report.Took, treeLimit)
			}
			seen := make(map[uint64]bool, f.actors)
			last := actor.ID{}
			for a := range report.Actors() {
				if seen[a.ID.Serial] {
					t.Fatalf("%v is there twice", a.ID)
				}
				seen[a.ID.Serial] = true
				if last = a.ID; a.Status.State != actor.StateStopped || a.Killed != kills {
					t.Fatalf("%+v", a)
				}
			}
			if len(seen) != f.actors || report.Stopped != f.actors || report.Kinds()[f.root.Actor().Kind()] != f.actors {
				t.Errorf("%d actors in the report, want %d", len(seen), f.actors)
			}
			if last != f.root.Actor().ID() {
				t.Errorf("%v is the last, want the root", last)
			}
		})
	}
}
