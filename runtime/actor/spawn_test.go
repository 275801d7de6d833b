package actor_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// plainGate builds a Gate without hooks.
func plainGate() *sample.Gate { return &sample.Gate{} }

// withInit builds a Gate with the hook.
func withInit(f func(cx *actor.Context) error) func() *sample.Gate {
	return func() *sample.Gate { return &sample.Gate{OnInit: f} }
}

// parity: BT26, CT33, CT36, CT37
func TestNamesAreUniqueWhileTheActorLives(t *testing.T) {
	p := newProc(t)
	g, err := sample.SpawnGate(p, "name", plainGate)
	ok(t, err)
	if g.Actor().Name() != "name" || !strings.HasSuffix(g.Actor().Kind(), "/runtime/internal/sample.Gate") {
		t.Errorf("%q, %q", g.Actor().Name(), g.Actor().Kind())
	}
	_, err = sample.SpawnCounter(p, "name", func() *sample.Counter { t.Error("built"); return nil })
	wantCode(t, err, actor.CodeNameTaken)
	wantText(t, err, `spawning sample.Counter "name"`, "proc test", "sample.Gate")
	err = g.Do(soon(t), func(cx *actor.Context) error {
		_, err := sample.SpawnGate(cx, "name", plainGate)
		return err
	})
	wantCode(t, err, actor.CodeNameTaken)
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	again, err := sample.SpawnGate(p, "name", plainGate)
	ok(t, err)
	if again == g || again.Actor().ID() == g.Actor().ID() {
		t.Error("another actor has the same handle or id")
	}
}

// parity: CT33
func TestNamesThatNoAddressCanHold(t *testing.T) {
	p := newProc(t)
	for _, name := range []string{"a b", "a#b", "a?b", "a%b", "a\nb", "\x00", "\x7f", strings.Repeat("x", 1025)} {
		_, err := sample.SpawnGate(p, name, plainGate)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "spawning a sample.Gate", "name")
		_, err = sample.EnsureGate(p, name, plainGate)
		wantCode(t, err, actor.CodeMisuse)
	}
	for _, name := range []string{"a/b", "ü", "名前", strings.Repeat("x", 1024)} {
		g, err := sample.SpawnGate(p, name, plainGate)
		ok(t, err)
		if found, err := sample.LookupGate(p, name); found != g || err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// parity: BT28
func TestAnonymousActorsAreManyAndNotFound(t *testing.T) {
	p := newProc(t)
	ids := map[actor.ID]bool{}
	for range 100 {
		g := spawnGate(t, p)
		ids[g.Actor().ID()] = true
		if g.Actor().Name() != "" {
			t.Errorf("name %q", g.Actor().Name())
		}
	}
	if len(ids) != 100 {
		t.Errorf("%d ids of 100 actors", len(ids))
	}
	_, err := sample.LookupGate(p, "")
	if !errors.Is(err, actor.ErrNotFound) {
		t.Error(err)
	}
}

// parity: B6, BT25, BT26, BT27, BT28, BT29, BT30, BT31, BT32, BT33
// A child's name is its own in the proc, whatever parent it has: no child takes the place of another one, or of a root actor.
func TestNamedChildrenAreTheirParents(t *testing.T) {
	p := newProc(t)
	one, two := namedGate(t, p, "one"), namedGate(t, p, "two")
	child := func(parent sample.GateHandle, name string) (g sample.GateHandle, err error) {
		err = parent.Do(soon(t), func(cx *actor.Context) (err error) { g, err = sample.SpawnGate(cx, name, plainGate); return err })
		return g, err
	}
	of := map[sample.GateHandle][]string{one: {"ctrl", "other", ""}, two: {"third"}}
	ids := map[actor.ID]bool{}
	for parent, names := range of {
		for _, name := range names {
			g, err := child(parent, name)
			ok(t, err)
			ids[g.Actor().ID()] = true
			if s := g.Actor().Inspect(); s.Name != name || s.Parent.ID != parent.Actor().ID() {
				t.Errorf("the child %q is called %q, its parent is %v", name, s.Name, s.Parent)
			}
			if found, err := sample.LookupGate(p, name); name != "" && (found != g || err != nil) {
				t.Errorf("%q: %v, %v", name, found, err)
			}
		}
	}
	if len(ids) != 4 {
		t.Errorf("%d ids of 4 children", len(ids))
	}
	_, err := child(one, "ctrl")
	wantCode(t, err, actor.CodeNameTaken)
	_, err = child(two, "ctrl")
	wantCode(t, err, actor.CodeNameTaken)
	_, err = sample.SpawnGate(p, "ctrl", plainGate)
	wantCode(t, err, actor.CodeNameTaken)
	for parent, names := range of {
		if s := parent.Actor().Inspect(); len(s.Children) != len(names) {
			t.Errorf("%s has %v, want %q", s.Label, s.Children, names)
		}
	}
}

// parity: BT3, CT34, CT35
func TestLookupFindsTheRightKind(t *testing.T) {
	p := newProc(t)
	g, err := sample.SpawnGate(p, "gate", plainGate)
	ok(t, err)
	if found, err := sample.LookupGate(p, "gate"); found != g || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	_, err = sample.LookupCounter(p, "gate")
	wantCode(t, err, actor.CodeKind)
	wantText(t, err, "sample.Gate gate is no sample.Counter")
	_, err = sample.LookupGate(p, "none")
	if !errors.Is(err, actor.ErrNotFound) {
		t.Error(err)
	}
	wantText(t, err, `sample.Gate "none"`, "proc test")
	_, err = sample.LookupGate(nil, "gate")
	wantCode(t, err, actor.CodeMisuse)
	_, err = sample.EnsureCounter(p, "gate", func() *sample.Counter { t.Error("built"); return nil })
	wantCode(t, err, actor.CodeKind)
}

// parity: BT59
func TestSpawnRunsBuildAndInitOnTheSpawnersGoroutine(t *testing.T) {
	p := newProc(t)
	var steps []string // without a lock: all on this goroutine
	g, err := sample.SpawnGate(p, "g", func() *sample.Gate {
		steps = append(steps, "build")
		return &sample.Gate{OnInit: func(cx *actor.Context) error {
			steps = append(steps, "init")
			self := sample.GateSelf(cx)
			if s := self.Actor().Status(); s.State != actor.StateStarting {
				t.Errorf("status in Init: %v", s)
			}
			if _, err := sample.LookupGate(p, "g"); !errors.Is(err, actor.ErrNotFound) {
				t.Errorf("found before its start: %v", err)
			}
			if (sample.CounterSelf(cx) != sample.CounterHandle{}) {
				t.Error("a Gate is a Counter")
			}
			// Its own messages wait for the first turn to end.
			ok(t, self.Post(cx, func(*actor.Context) error { steps = append(steps, "first message"); return nil }))
			_, err := self.Echo(cx, "x")
			wantCode(t, err, actor.CodeCircle)
			steps = append(steps, "init's end")
			return nil
		}}
	})
	ok(t, err)
	flush(t, g)
	if got := strings.Join(steps, ", "); got != "build, init, init's end, first message" {
		t.Error(got)
	}
	if s := g.Actor().Status(); s.State != actor.StateRunning {
		t.Errorf("%+v", s)
	}
}

// Nobody finds an actor that has not begun, though its name is taken.
func TestActorIsFoundOnceItsInitIsOver(t *testing.T) {
	p := newProc(t)
	find := func() error { _, err := sample.LookupGate(p, "name"); return err }
	_, err := sample.SpawnGate(p, "name", func() *sample.Gate {
		return &sample.Gate{OnInit: func(cx *actor.Context) error {
			if err := find(); !errors.Is(err, actor.ErrNotFound) {
				t.Errorf("found in its Init: %v", err)
			}
			_, err := sample.SpawnGate(cx, "name", plainGate)
			wantCode(t, err, actor.CodeNameTaken)
			return nil
		}}
	})
	ok(t, err)
	ok(t, find())
}

// parity: CT23
func TestStartThatFailsIsReturnedAndTheNameIsFree(t *testing.T) {
	for name, c := range map[string]struct {
		build func() *sample.Gate
		code  actor.Code
		texts []string
	}{
		"Init's error":  {withInit(func(*actor.Context) error { return errBoom }), actor.CodeUnknown, []string{"boom"}},
		"Init's Fatal":  {withInit(func(*actor.Context) error { return actor.Fatal(errBoom) }), actor.CodeUnknown, []string{"boom"}},
		"Init's panic":  {withInit(func(*actor.Context) error { panic("boom") }), actor.CodePanic, []string{"panic: boom"}},
		"Init's Goexit": {withInit(func(*actor.Context) error { runtime.Goexit(); return nil }), actor.CodePanic, nil},
		"build's panic": {func() *sample.Gate { panic("boom") }, actor.CodePanic, []string{"panic: boom"}},
		"build's nil":   {func() *sample.Gate { return nil }, actor.CodeMisuse, []string{"build has returned nil"}},
		"no build":      {nil, actor.CodeMisuse, []string{"build is nil"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t, quiet)
			var err error
			over := make(chan struct{})
			returned := false
			go func() { // Goexit ends the spawner
				defer close(over)
				_, err = sample.SpawnGate(p, "name", c.build)
				returned = true
			}()
			closed(t, over, "the spawn")
			if c.texts == nil {
				if returned {
					t.Error("Goexit did not end the spawner")
				}
			} else {
				wantCode(t, err, c.code)
				wantText(t, err, append(c.texts, `spawning sample.Gate "name"`)...)
				if c.code == actor.CodeUnknown && !errors.Is(err, errBoom) {
					t.Error(err)
				}
				var e *actor.Error
				if errors.As(err, &e); c.code == actor.CodePanic && !strings.Contains(e.Stack, "spawn_test.go") {
					t.Errorf("stack %s", e.Stack)
				}
			}
			if len(p.Failures()) != 0 {
				t.Errorf("a start that failed was told as the failure of an actor: %v", p.Failures())
			}
			g, err := sample.SpawnGate(p, "name", plainGate)
			ok(t, err)
			flush(t, g)
		})
	}
}

// parity: CT20
// What Init has spawned and sent ends with the start that failed.
func TestStartThatFailsTakesItsChildrenWithIt(t *testing.T) {
	p := newProc(t, quiet)
	var child, self sample.GateHandle
	var cleaned atomic.Int64
	_, err := sample.SpawnGate(p, "parent", func() *sample.Gate {
		return &sample.Gate{
			OnInit: func(cx *actor.Context) error {
				self = sample.GateSelf(cx)
				child = spawnGateAs(t, cx, sample.Gate{OnCleanup: func(*actor.Context, error) error { cleaned.Add(1); return nil }})
				ok(t, self.Post(cx, func(*actor.Context) error { t.Error("handled by an actor that has not come to life"); return nil }))
				return errBoom
			},
			OnCleanup: func(*actor.Context, error) error {
				t.Error("Cleanup of an actor that has not come to life")
				return nil
			},
		}
	})
	wantText(t, err, "boom")
	ended(t, child)
	if s := ended(t, self); s.State != actor.StateFailed || !errors.Is(s.Cause, errBoom) || cleaned.Load() != 1 {
		t.Errorf("%+v, %d cleanups", s, cleaned.Load())
	}
	if p.Drops()[actor.CodeStopped] != 1 {
		t.Errorf("drops %v", p.Drops())
	}
	_, err = sample.SpawnGate(p, "parent", plainGate)
	ok(t, err)
}

func TestStopInInit(t *testing.T) {
	for _, mode := range modes {
		p := newProc(t, quiet)
		var self sample.GateHandle
		g, err := sample.SpawnGate(p, "name", withInit(func(cx *actor.Context) error {
			self = sample.GateSelf(cx)
			self.Actor().Stop(mode, errBoom)
			return nil
		}))
		if mode == actor.StopKill {
			if !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errBoom) {
				t.Errorf("%v: %v", mode, err)
			}
			g = self
		} else {
			ok(t, err)
		}
		if s := ended(t, g); s.State != actor.StateStopped || s.Cause != errBoom {
			t.Errorf("%v: %+v", mode, s)
		}
		_, err = sample.SpawnGate(p, "name", plainGate)
		ok(t, err)
	}
}

func TestSpawnUnderOneThatStops(t *testing.T) {
	p := newProc(t, quiet)
	parent := spawnGate(t, p)
	var kept *actor.Context
	tried := make(chan struct{})
	wantCode(t, parent.Do(soon(t), func(cx *actor.Context) error {
		defer close(tried)
		cx.Self().Stop(actor.StopKill, nil)
		_, err := sample.SpawnGate(cx, "child", plainGate)
		if !errors.Is(err, actor.ErrStopped) {
			t.Errorf("under a killed parent: %v", err)
		}
		wantText(t, err, `spawning sample.Gate "child"`, "the parent sample.Gate #")
		kept = cx
		return nil
	}), actor.CodeStopped)
	closed(t, tried, "the handler to have tried")
	_, err := sample.SpawnGate(kept, "child", plainGate)
	if !errors.Is(err, actor.ErrStopped) {
		t.Errorf("under a parent that has ended: %v", err)
	}
	// In Cleanup the children are over.
	var late error
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error {
		_, late = sample.SpawnGate(cx, "", plainGate)
		return nil
	}})
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	if !errors.Is(late, actor.ErrStopped) {
		t.Errorf("in Cleanup: %v", late)
	}
	// Nothing of it has kept the name.
	_, err = sample.SpawnGate(p, "child", plainGate)
	ok(t, err)
}

func TestSpawnWithoutAParent(t *testing.T) {
	var none *actor.Proc
	var noContext *actor.Context
	for _, parent := range []actor.Spawner{nil, none, noContext, &actor.Context{}} {
		_, err := sample.SpawnGate(parent, "", plainGate)
		wantCode(t, err, actor.CodeMisuse)
		_, err = sample.EnsureGate(parent, "x", plainGate)
		wantCode(t, err, actor.CodeMisuse)
	}
	if h := sample.GateSelf(nil); h != (sample.GateHandle{}) {
		t.Error("somebody is behind no context")
	}
}

func TestRestartedParentHasNewChildren(t *testing.T) {
	p := newProc(t, quiet)
	children := make(chan sample.GateHandle, 10)
	parent, err := sample.SpawnGate(p, "", withInit(func(cx *actor.Context) error {
		c, err := sample.SpawnGate(cx, "child", plainGate)
		children <- c
		return err
	}), atOnce)
	ok(t, err)
	before := receive(t, children, "the first child")
	for range 20 {
		fail(t, parent)
		now := receive(t, children, "the next child")
		if s := ended(t, before); s.State != actor.StateStopped {
			t.Errorf("the child before: %+v", s)
		}
		flush(t, now)
		before = now
	}
}

func TestEnsureSpawnsOnce(t *testing.T) {
	p := newProc(t)
	for i := range 100 {
		name := fmt.Sprintf("name%d", i)
		var built atomic.Int64
		var handles sync.Map
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				h, err := sample.EnsureGate(p, name, func() *sample.Gate { built.Add(1); return &sample.Gate{} })
				if err != nil {
					t.Error(err)
				}
				handles.Store(h, true)
			})
		}
		await(t, &wg, "Ensure")
		n := 0
		handles.Range(func(any, any) bool { n++; return true })
		if n != 1 || built.Load() != 1 {
			t.Fatalf("%d actors, %d built", n, built.Load())
		}
	}
	_, err := sample.EnsureGate(p, "", plainGate)
	wantCode(t, err, actor.CodeMisuse)
	wantText(t, err, "ensuring a sample.Gate", "name")
}

// Ensure waits for a start that is under way, and tries itself if that fails.
func TestEnsureWaitsForAStart(t *testing.T) {
	p := newProc(t)
	for _, fails := range []bool{false, true} {
		inInit, goOn := make(chan struct{}), make(chan struct{})
		first := begin(func() error {
			_, err := sample.SpawnGate(p, "name", withInit(func(*actor.Context) error {
				close(inInit)
				<-goOn
				if fails {
					return errBoom
				}
				return nil
			}))
			return err
		})
		closed(t, inInit, "Init")
		var built atomic.Int64
		second := begin(func() error {
			h, err := sample.EnsureGate(p, "name", func() *sample.Gate { built.Add(1); return &sample.Gate{} })
			if err == nil {
				h.Actor().Stop(actor.StopDrain, nil)
				_, err = h.Actor().Wait(soon(t))
			}
			return err
		})
		third := begin(func() error { // from a handler
			return spawnGate(t, p).Do(soon(t), func(cx *actor.Context) error {
				_, err := sample.EnsureCounter(cx, "other", func() *sample.Counter { return &sample.Counter{} })
				return err
			})
		})
		ok(t, receive(t, third, "another name"))
		close(goOn)
		if err := receive(t, first, "the first"); (err != nil) != fails {
			t.Error(err)
		}
		ok(t, receive(t, second, "Ensure"))
		if built.Load() == 1 != fails {
			t.Errorf("fails %v: %d built by Ensure", fails, built.Load())
		}
	}
}

// Ensure while actors of the name come and go gives one that lives, or an error that says that it does not.
func TestEnsureWhileTheNameComesAndGoes(t *testing.T) {
	p := newProc(t, quiet)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				h, err := sample.EnsureGate(p, "name", withInit(func(*actor.Context) error {
					if n%7 == 3 {
						return errBoom
					}
					return nil
				}))
				if err != nil {
					if !errors.Is(err, errBoom) {
						t.Error(err)
						return
					}
					continue
				}
				if err := h.Do(context.Background(), nop); err != nil && !errors.Is(err, actor.ErrStopped) {
					t.Error(err)
					return
				}
				if (n+i)%3 == 0 {
					h.Actor().Stop(modes[n%3], nil)
				}
			}
		})
	}
	await(t, &wg, "Ensure")
}

func TestEnsureWhileTheProcCloses(t *testing.T) {
	for range 100 {
		p, err := actor.NewProc("test", quiet)
		ok(t, err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, err := sample.EnsureGate(p, "x", plainGate)
				if err != nil && !errors.Is(err, actor.ErrStopped) {
					t.Error(err)
				}
			})
		}
		wg.Go(func() { p.Close() })
		await(t, &wg, "Ensure")
		balanced(t, p)
	}
	noGoroutineLeft(t)
}

// An actor that, to start, needs itself, or one that needs it, waits in a circle.
func TestEnsureInACircle(t *testing.T) {
	p := newProc(t)
	_, err := sample.EnsureGate(p, "a", withInit(func(cx *actor.Context) error {
		_, err := sample.EnsureGate(cx, "a", plainGate)
		return err
	}))
	wantCode(t, err, actor.CodeCircle)
	wantText(t, err, "sample.Gate a", `ensuring sample.Gate "a"`)

	var wg sync.WaitGroup
	wg.Add(2)
	needs := func(name, other string) func() error {
		return func() error {
			_, err := sample.EnsureGate(p, name, withInit(func(cx *actor.Context) error {
				wg.Done()
				wg.Wait()
				_, err := sample.EnsureGate(cx, other, plainGate)
				return err
			}))
			return err
		}
	}
	one, two := begin(needs("x", "y")), begin(needs("y", "x"))
	err1, err2 := receive(t, one, "x"), receive(t, two, "y")
	if err1 == nil && err2 == nil {
		t.Error("neither was refused")
	}
}

func TestSpawnFromManyGoroutines(t *testing.T) {
	p := newProc(t)
	root := spawnGate(t, p)
	var wg sync.WaitGroup
	var count atomic.Int64
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				name := ""
				if n%2 == 0 {
					name = fmt.Sprintf("a%d.%d", i, n)
				}
				var g sample.GateHandle
				var err error
				if n%3 == 0 {
					err = root.DoInline(context.Background(), func(cx *actor.Context) error {
						g, err = sample.SpawnGate(cx, name, plainGate)
						return err
					})
				} else {
					g, err = sample.SpawnGate(p, name, plainGate)
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := g.Post(context.Background(), func(*actor.Context) error { count.Add(1); return nil }); err != nil {
					t.Error(err)
				}
				if n%5 == 0 {
					g.Actor().Stop(actor.StopDrain, nil)
				}
			}
		})
	}
	await(t, &wg, "the spawners")
	report, err := p.Shutdown(soon(t))
	ok(t, err)
	if count.Load() != 8*200 || report.Killed != 0 {
		t.Errorf("%d handled, %+v", count.Load(), report)
	}
}

func TestProcNamesAndOptions(t *testing.T) {
	for _, name := range []string{"", "a/b", "a#b", "a b", "a?b", "a%b", "a\tb"} {
		_, err := actor.NewProc(name)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, fmt.Sprintf("starting proc %q", name))
	}
	p, err := actor.NewProc("x", nil, actor.WithLogger(nil))
	ok(t, err)
	if p.Name() != "x" || p.ID().IsZero() || p.Address() != "" || p.Logger() == nil || p.Err() != nil {
		t.Errorf("%+v", p)
	}
	ok(t, p.Close())
	noGoroutineLeft(t)
	_, err = actor.NewProc("x", actor.WithTransport(func(actor.Transport) (actor.Transport, error) { return nil, errBoom }))
	if !errors.Is(err, errBoom) {
		t.Error(err)
	}
	wantText(t, err, "starting proc x")
}
