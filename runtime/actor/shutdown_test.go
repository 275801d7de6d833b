package actor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// parity: B17, C28, CT21
func TestShutdownReportHasEveryActor(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	before := namedGate(t, p, "before")
	before.Actor().Stop(actor.StopDrain, nil)
	ended(t, before)
	parent := namedGate(t, p, "parent")
	var child sample.GateHandle
	ok(t, parent.Do(soon(t), func(cx *actor.Context) (err error) {
		child, err = sample.SpawnGate(cx, "child", plainGate)
		return err
	}))
	restarted := namedGate(t, p, "restarted", atOnce)
	fail(t, restarted)
	flush(t, restarted)
	spawnCounter(t, p)
	failing := namedGate(t, p, "failing")
	release := hold(t, failing)
	fail(t, failing)
	down := begin(func() error {
		report, err := p.Shutdown(soon(t))
		all := make(map[string]actor.Ended)
		for a := range report.Actors() {
			all[a.Name] = a
		}
		if len(all) != 5 || report.Stopped != 5 || report.Killed != 0 || report.Failed != 1 {
			t.Errorf("%+v, all %v", report, all)
		}
		if a := all["child"]; a.ID != child.Actor().ID() || a.Kind != child.Actor().Kind() || a.Status != child.Actor().Status() || a.Killed {
			t.Errorf("%+v, %+v", a, child.Actor().Status())
		}
		if a := all["failing"]; a.Status.State != actor.StateFailed || !errors.Is(a.Status.Cause, errBoom) {
			t.Errorf("%+v", a)
		}
		if a := all["restarted"]; a.Status.Restarts != 1 || a.Status.State != actor.StateStopped {
			t.Errorf("%+v", a)
		}
		if kinds := report.Kinds(); len(kinds) != 2 || kinds[parent.Actor().Kind()] != 4 {
			t.Errorf("%v", kinds)
		}
		for a := range report.Actors() {
			if a.Name == "parent" {
				t.Error("the parent has ended before its child")
			}
			if a.Name == "child" {
				break
			}
		}
		wantText(t, errors.New(report.String()), "5 actors stopped in ", "1 failed: sample.Gate failing")
		return err
	})
	for s := range failing.Actor().Watch(soon(t)) {
		if s.State == actor.StateStopping {
			break
		}
	}
	release()
	ok(t, receive(t, down, "the shutdown"))
	noGoroutineLeft(t)
}

// A lineage notes the Inits and Cleanups of actors that spawn one another.
type lineage struct {
	mu    sync.Mutex
	notes []string
}

func (l *lineage) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, text)
}

// spawn spawns an actor whose Init spawns one of the next name, and so on. The Init of the first returns err.
func (l *lineage) spawn(parent actor.Spawner, err error, names ...string) error {
	_, failed := sample.SpawnGate(parent, names[0], func() *sample.Gate {
		return &sample.Gate{
			OnInit: func(cx *actor.Context) error {
				l.note("init " + names[0])
				if len(names) > 1 {
					return errors.Join(l.spawn(cx, nil, names[1:]...), err)
				}
				return err
			},
			OnCleanup: func(*actor.Context, error) error { l.note("cleanup " + names[0]); return nil },
		}
	})
	return failed
}

// has fails the test unless the notes are these. Those about foo have no order among the others.
func (l *lineage) has(t *testing.T, foo []string, others ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	ofFoo := func(note string) bool { return strings.HasSuffix(note, "foo") }
	if rest := slices.DeleteFunc(slices.Clone(l.notes), ofFoo); !slices.Equal(rest, others) || len(l.notes) != len(foo)+len(others) {
		t.Errorf("%q, want %q among %q", l.notes, foo, others)
	}
	for i, note := range slices.DeleteFunc(slices.Clone(l.notes), func(note string) bool { return !ofFoo(note) }) {
		if i >= len(foo) || note != foo[i] {
			t.Errorf("%q, want %q among others", l.notes, foo)
		}
	}
}

// parity: CT19, CT21
// Inits go down a tree and Cleanups up, each once. When a shutdown returns, all have ended, grandchildren too.
func TestInitsGoDownATreeAndCleanupsUp(t *testing.T) {
	p := newProc(t, quiet)
	var l lineage
	ok(t, l.spawn(p, nil, "foo"))
	ok(t, l.spawn(p, nil, "bar", "child", "grandchild"))
	all := slices.Collect(p.Actors())
	_, err := p.Shutdown(soon(t))
	ok(t, err)
	l.has(t, []string{"init foo", "cleanup foo"},
		"init bar", "init child", "init grandchild", "cleanup grandchild", "cleanup child", "cleanup bar")
	if len(all) != 4 {
		t.Errorf("%d actors", len(all))
	}
	for _, h := range all {
		if s := h.Status(); s.State != actor.StateStopped {
			t.Errorf("%s: %+v", h.Name(), s)
		}
	}
}

// parity: CT20
// What an Init has spawned before it failed ends from the leaves up, without its Cleanup, and no other tree is concerned.
func TestCleanupsGoUpWhenTheInitAboveFails(t *testing.T) {
	p := newProc(t, quiet)
	var l lineage
	ok(t, l.spawn(p, nil, "foo"))
	if err := l.spawn(p, errBoom, "bar", "child", "grandchild"); !errors.Is(err, errBoom) {
		t.Error(err)
	}
	until(t, "what bar has spawned has ended", func() bool { return len(slices.Collect(p.Actors())) == 1 })
	others := []string{"init bar", "init child", "init grandchild", "cleanup grandchild", "cleanup child"}
	l.has(t, []string{"init foo"}, others...)
	_, err := p.Shutdown(soon(t))
	ok(t, err)
	l.has(t, []string{"init foo", "cleanup foo"}, others...)
}

// parity: CT22
func TestCloseEndsAllActors(t *testing.T) {
	p := newProc(t, quiet)
	spawnGate(t, p)
	childGate(t, spawnGate(t, p))
	all := slices.Collect(p.Actors())
	ok(t, p.Close())
	for _, h := range all {
		if s := h.Status(); s.State != actor.StateStopped {
			t.Errorf("%v: %+v", h.ID(), s)
		}
	}
	if len(all) != 3 {
		t.Errorf("%d actors", len(all))
	}
}

// parity: B16, B43
func TestShutdownShowsWhereHandlersHang(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	gate := make(chan struct{})
	running := make(chan struct{})
	block := func(*actor.Context) error { running <- struct{}{}; <-gate; return nil }
	blockAt := func(name string, state sample.Gate, opts ...actor.SpawnOption) sample.GateHandle {
		g, err := sample.SpawnGate(p, name, func() *sample.Gate { g := state; return &g }, opts...)
		ok(t, err)
		return g
	}
	hangs := func() { receive(t, running, "a handler that hangs") }

	ok(t, namedGate(t, p, "cast").Post(context.Background(), block))
	hangs()
	called := namedGate(t, p, "call")
	call := begin(func() error { return called.Do(context.Background(), block) })
	hangs()
	blockAt("cleanup", sample.Gate{OnCleanup: func(cx *actor.Context, _ error) error { return block(cx) }}).Actor().Stop(actor.StopDrain, nil)
	hangs()
	w, err := sample.SpawnWarden(p, "exit", func() *sample.Warden {
		return &sample.Warden{OnExit: func(cx *actor.Context, _ *actor.Exit) (bool, error) { return true, block(cx) }}
	})
	ok(t, err)
	childOf(t, w, "gone").Actor().Stop(actor.StopDrain, nil)
	hangs()
	// An Init that hangs outside of any actor, and one in another actor's handler, which hangs with it.
	spawned := begin(func() error {
		_, err := sample.SpawnGate(p, "init", func() *sample.Gate { return &sample.Gate{OnInit: block} })
		return err
	})
	hangs()
	ok(t, namedGate(t, p, "spawner").Post(context.Background(), func(cx *actor.Context) error {
		_, err := sample.SpawnGate(cx, "inner", func() *sample.Gate { return &sample.Gate{OnInit: block} })
		return err
	}))
	hangs()
	// One that had been killed before.
	early := namedGate(t, p, "early")
	ok(t, early.Post(context.Background(), block))
	hangs()
	killed := time.Now()
	early.Actor().Stop(actor.StopKill, nil)
	then := time.Now()

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	report, err := p.Shutdown(ctx)
	wantCode(t, err, actor.CodeCanceled)
	text := report.String()
	want := map[string]string{
		"cast": "Gate.Post", "call": "Gate.Do", "cleanup": "Gate.Cleanup", "exit": "Warden.HandleExit", "init": "Gate.Init",
		"spawner": "Gate.Post", "inner": "Gate.Init", "early": "Gate.Post",
	}
	if len(report.Abandoned) != len(want) {
		t.Errorf("%d handlers hang, want %d:\n%s", len(report.Abandoned), len(want), text)
	}
	for _, a := range report.Abandoned {
		if a.Handler != "sample."+want[a.Name] {
			t.Errorf("%s hangs in %q, want %q:\n%s", a.Name, a.Handler, want[a.Name], a.Stack)
		}
		if !strings.HasPrefix(a.Stack, "goroutine ") || !strings.Contains(a.Stack, "shutdown_test.go") || len(a.Stack) > 17<<10 {
			t.Errorf("the stack of %s:\n%s", a.Name, a.Stack)
		}
		if early := a.Name == "early"; early != (!a.Since.Before(killed) && !a.Since.After(then)) {
			t.Errorf("%s hangs since %v", a.Name, a.Since)
		}
		kind, _, _ := strings.Cut(want[a.Name], ".")
		line := fmt.Sprintf("sample.%s %s in %s (chan receive)", kind, a.Name, a.Handler)
		if a.String() != line || !strings.Contains(text, line) {
			t.Errorf("%q, want %q in %q", a, line, text)
		}
	}
	if report.Killed != 7 || report.Stopped != 7 { // early had ended before, and so had the exit's child
		t.Errorf("%d killed, %d stopped:\n%s", report.Killed, report.Stopped, text)
	}
	for a := range report.Actors() {
		if !a.Killed {
			t.Errorf("%+v", a)
		}
	}
	close(gate)
	wantCode(t, receive(t, call, "the call"), actor.CodeStopped)
	wantCode(t, receive(t, spawned, "the spawn"), actor.CodeStopped)
	noGoroutineLeft(t)
}

// A report names ten of each sort and counts the rest, and one of nothing is one as well.
func TestShutdownReportIsOneLine(t *testing.T) {
	p, err := actor.NewProc("test", quiet)
	ok(t, err)
	for i := range 15 {
		hold(t, namedGate(t, p, fmt.Sprint("g", i)))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	report, err := p.Shutdown(ctx)
	wantCode(t, err, actor.CodeCanceled)
	text := report.String()
	named, more := strings.Count(text, "sample.Gate g"), strings.Count(text, " and 5 more")
	if strings.Contains(text, "\n") || named != 20 || more != 2 || len(report.Abandoned) != 15 {
		t.Error(text)
	}
	var none *actor.ShutdownReport
	for range none.Actors() {
		t.Error("an actor of no report")
	}
	if none.String() != "no report" || len(none.Kinds()) != 0 {
		t.Error(none)
	}
}

// parity: B17
func TestShutdownInAHandlerIsAnErrorAtOnce(t *testing.T) {
	p := newProc(t, quiet)
	refused := func(report *actor.ShutdownReport, err error) {
		t.Helper()
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "shutting down proc test: a handler of sample.", "call it with go")
		if report != nil {
			t.Error(report)
		}
	}
	g := namedGate(t, p, "g")
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		refused(p.Shutdown(cx))
		ctx, cancel := context.WithTimeout(cx, time.Second)
		defer cancel()
		refused(p.Shutdown(actor.WithHeader(ctx, "key", "value")))
		refused(p.Shutdown(context.Background()))
		refused(p.Shutdown(cx.Detach()))
		_, err := sample.SpawnGate(cx, "child", func() *sample.Gate {
			return &sample.Gate{OnInit: func(cx *actor.Context) error { refused(p.Shutdown(context.Background())); return nil }}
		})
		ok(t, err)
		// Another proc is not waited for by this one.
		other, err := actor.NewProc("other", quiet)
		ok(t, err)
		spawnGate(t, other)
		report, err := other.Shutdown(cx)
		if err != nil || report.Stopped != 1 {
			t.Error(report, err)
		}
		return nil
	}))
	_, err := sample.SpawnGate(p, "", func() *sample.Gate {
		return &sample.Gate{OnInit: func(cx *actor.Context) error { refused(p.Shutdown(cx)); return nil }}
	})
	ok(t, err)
	w, exits := spawnWarden(t, p, func(cx *actor.Context, ev *actor.Exit) (bool, error) {
		refused(p.Shutdown(context.Background()))
		return true, nil
	})
	childOf(t, w, "").Actor().Stop(actor.StopDrain, nil)
	receive(t, exits, "the exit")
	aliveAs(t, w, 0)
	flush(t, g) // nothing is shut down

	ok(t, g.Do(soon(t), func(*actor.Context) error { go p.Shutdown(context.Background()); return nil }))
	closed(t, p.Done(), "the proc's end")
}

func TestCloseInAHandlerKills(t *testing.T) {
	for range 20 {
		p := newProc(t, quiet)
		g, returned := spawnGate(t, p), make(chan struct{})
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error {
			ok(t, p.Close())
			<-cx.Done()
			close(returned)
			return nil
		}))
		closed(t, p.Done(), "the proc's end")
		closed(t, returned, "the handler's end")
	}
}

// A second one in a hurry cuts the first one short.
func TestShutdownIsCutShortByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := actor.NewProc("test", quiet)
		ok(t, err)
		g := namedGate(t, p, "g")
		ok(t, g.Post(context.Background(), func(cx *actor.Context) error { <-cx.Done(); return nil }))
		first := make(chan *actor.ShutdownReport, 1)
		go func() {
			report, err := p.Shutdown(t.Context())
			ok(t, err) // its own context has not ended
			first <- report
		}()
		synctest.Wait()
		ctx, cancel := context2s(t)
		defer cancel()
		report, err := p.Shutdown(ctx)
		wantCode(t, err, actor.CodeDeadline)
		if again := <-first; again != report || report.Killed != 1 || report.Took != 2*time.Second || len(report.Abandoned) != 0 {
			t.Errorf("%+v", report)
		}
	})
}
