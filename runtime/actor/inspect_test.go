package actor_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// coarse is how much a time of a snapshot may be early where nothing delays the clock.
const coarse = 10 * time.Millisecond

// about tells whether a snapshot may give got for the time want.
func about(got, want time.Time) bool { return !got.After(want) && want.Sub(got) <= coarse }

// wantRunning fails the test if s does not show the handler as running since that time.
func wantRunning(t testing.TB, s actor.Snapshot, handler string, since time.Time) {
	t.Helper()
	if s.Running == nil || s.Running.Handler != handler || s.LastHandler != handler || !about(s.Running.Since, since) {
		t.Errorf("%+v runs in %+v, last %q; want %s since %v", s.Running, s.Label, s.LastHandler, handler, since)
	}
}

// parity: B73, B74, BT1, BT12, BT55, BT57
// A handler that hangs: everything is known about it an hour later, looking changes nothing, and the clock does not go on ticking.
func TestStuckActorIsInspected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		spawned := time.Now()
		g, err := sample.SpawnGate(p, "stuck", func() *sample.Gate { return &sample.Gate{} }, actor.MailboxSize(10))
		ok(t, err)
		for range 5 {
			_, err := g.Echo(t.Context(), "x")
			ok(t, err)
		}
		time.Sleep(time.Minute)
		began := time.Now()
		release := hold(t, g)
		for range 3 {
			ok(t, g.Post(t.Context(), func(*actor.Context) error { return nil }))
		}
		time.Sleep(time.Hour)
		s := g.Actor().Inspect()
		wantRunning(t, s, "sample.Gate.Post", began)
		if s.ID != g.Actor().ID() || s.Name != "stuck" || s.Kind != g.Actor().Kind() || s.Label != "sample.Gate stuck" || s.Proc != "test" ||
			s.Incarnation.IsZero() || s.MailboxSize != 10 || !s.At.Equal(time.Now()) || s.Running.Inline {
			t.Errorf("%+v", s)
		}
		if s.Status.State != actor.StateRunning || !s.Status.Busy || !about(s.Since, spawned) || !about(s.Started, spawned) {
			t.Errorf("%v since %v, started %v; spawned %v", s.Status, s.Since, s.Started, spawned)
		}
		if s.Messages != 5 || s.Queue != 3 {
			t.Errorf("%d messages handled, %d wait; want 5 and 3", s.Messages, s.Queue)
		}
		if spent := time.Since(began); s.Spent < spent-coarse || s.Spent > spent+6*coarse {
			t.Errorf("%v spent, want about %v", s.Spent, spent)
		}
		if again := g.Actor().Inspect(); again.Messages != s.Messages || again.Queue != s.Queue || again.Running == nil || *again.Running != *s.Running {
			t.Errorf("the second look differs: %+v, %+v", again, s)
		}
		for _, stack := range runtimeGoroutines() {
			if strings.Contains(stack, "runClock") {
				t.Error("the clock runs though nothing happens")
			}
		}
		release()
		synctest.Wait()
		s = g.Actor().Inspect()
		if s.Status.Busy || s.Running != nil || s.Messages != 9 || s.Queue != 0 || s.LastHandler != "sample.Gate.Post" {
			t.Errorf("afterwards: %+v", s)
		}
	})
}

// A handler that spins is seen as one that blocks.
func TestSpinningActorIsInspected(t *testing.T) {
	p := newProc(t)
	var spin atomic.Bool
	spin.Store(true)
	running := make(chan struct{})
	g := spawnGate(t, p)
	ok(t, g.Post(soon(t), func(*actor.Context) error {
		close(running)
		for spin.Load() {
		}
		return nil
	}))
	closed(t, running, "the handler to run")
	s := g.Actor().Inspect()
	spin.Store(false)
	if s.Running == nil || s.Running.Handler != "sample.Gate.Post" || time.Since(s.Running.Since) > patience {
		t.Errorf("%+v", s.Running)
	}
	flush(t, g)
}

// parity: BT1
// Each handler has its own beginning, whether it follows another one at once or after a while.
func TestRunningSinceIsTheHandlersOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		g := spawnGate(t, p)
		gates := [3]chan struct{}{make(chan struct{}), make(chan struct{}), make(chan struct{})}
		for _, gate := range gates {
			ok(t, g.Post(t.Context(), func(*actor.Context) error { <-gate; return nil }))
		}
		for _, gate := range gates {
			synctest.Wait()
			began := time.Now()
			for _, age := range []time.Duration{0, 30 * time.Millisecond, time.Second, time.Hour} {
				time.Sleep(age)
				wantRunning(t, g.Actor().Inspect(), "sample.Gate.Post", began)
			}
			close(gate)
		}
		synctest.Wait()
		time.Sleep(24 * time.Hour)
		began := time.Now()
		release := hold(t, g)
		wantRunning(t, g.Actor().Inspect(), "sample.Gate.Post", began)
		release()
	})
}

// The first handler of all that an actor has is seen, too, if it is the first that has run for long.
func TestFirstHandlerIsSeenWhenTheClockHasStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		g := spawnGate(t, p)
		time.Sleep(time.Hour)
		began, gate := time.Now(), make(chan struct{})
		done := begin(func() error { return g.Do(t.Context(), func(*actor.Context) error { <-gate; return nil }) })
		synctest.Wait()
		wantRunning(t, g.Actor().Inspect(), "sample.Gate.Do", began)
		close(gate)
		ok(t, receive(t, done, "the answer"))
		if got := g.Actor().Inspect().Spent; got > coarse {
			t.Errorf("it spent %v", got)
		}
	})
}

// Time is spent by handlers alone, and by each actor for itself.
func TestSpentIsTheTimeInHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		busy, idle := spawnGate(t, p), spawnGate(t, p)
		take := func(d time.Duration) {
			ok(t, busy.Do(t.Context(), func(*actor.Context) error { time.Sleep(d); return nil }))
		}
		want := time.Duration(0)
		for range 20 {
			for _, d := range []time.Duration{50 * time.Millisecond, 333 * time.Millisecond, 2 * time.Second} {
				take(d)
				want += d
				time.Sleep(77 * time.Millisecond)
			}
		}
		for range 3 { // in one batch
			ok(t, busy.Post(t.Context(), func(*actor.Context) error { time.Sleep(time.Second); return nil }))
			want += time.Second
		}
		ok(t, busy.DoInline(t.Context(), func(*actor.Context) error { time.Sleep(time.Second); return nil }))
		want += time.Second
		flush(t, idle)
		if got := busy.Actor().Inspect().Spent; (got - want).Abs() > 60*coarse {
			t.Errorf("%v spent, want about %v", got, want)
		}
		if got := idle.Actor().Inspect().Spent; got > coarse {
			t.Errorf("an actor that did nothing spent %v", got)
		}
	})
}

// An inline handler runs on its caller's goroutine: it is seen too, also while mail comes in.
func TestInlineHandlerIsInspected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t)
		g := spawnGate(t, p)
		gate := make(chan struct{})
		began := time.Now()
		done := begin(func() error {
			return g.DoInline(context.Background(), func(*actor.Context) error { <-gate; return nil })
		})
		synctest.Wait()
		time.Sleep(time.Hour)
		for range 2 {
			s := g.Actor().Inspect()
			wantRunning(t, s, "sample.Gate.DoInline", began)
			if s.Running != nil && !s.Running.Inline {
				t.Error("it does not say that the handler runs inline")
			}
			ok(t, g.Post(t.Context(), func(*actor.Context) error { return nil }))
		}
		close(gate)
		ok(t, <-done)
		synctest.Wait()
		if s := g.Actor().Inspect(); s.Running != nil || s.Status.Busy || s.Messages != 2 {
			t.Errorf("afterwards: %+v", s)
		}
		// A panic and a failure leave nothing behind.
		g.DoInline(context.Background(), func(*actor.Context) error { panic("x") })
		release := hold(t, g)
		if s := g.Actor().Inspect(); s.Running == nil || s.Running.Inline {
			t.Errorf("after a panic: %+v", s.Running)
		}
		release()
	})
}

// Hooks are shown by their names: Init of an actor that is being spawned, and Cleanup of one that stops.
func TestHooksAreInspected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		gate := make(chan struct{})
		spawned := time.Now()
		started := begin(func() error {
			_, err := sample.SpawnGate(p, "g", func() *sample.Gate {
				return &sample.Gate{
					OnInit:    func(*actor.Context) error { <-gate; return nil },
					OnCleanup: func(*actor.Context, error) error { <-gate; return nil },
				}
			}, actor.CleanupTimeout(time.Hour))
			return err
		})
		synctest.Wait()
		time.Sleep(time.Second)
		h, found := p.Named("g")
		if !found {
			t.Fatal("an actor that is being spawned is not found")
		}
		s := h.Inspect()
		wantRunning(t, s, "sample.Gate.Init", spawned)
		if s.Status.State != actor.StateStarting || s.Messages != 0 {
			t.Errorf("%+v", s)
		}
		gate <- struct{}{}
		ok(t, <-started)
		stopped := time.Now()
		h.Stop(actor.StopDrain, errBoom)
		synctest.Wait()
		time.Sleep(time.Second)
		s = h.Inspect()
		wantRunning(t, s, "sample.Gate.Cleanup", stopped)
		if s.Status.State != actor.StateStopping || !errors.Is(s.Status.Cause, errBoom) || !about(s.Since, stopped) || s.Failure != nil {
			t.Errorf("%v since %v, %+v; stopped at %v", s.Status, s.Since, s.Failure, stopped)
		}
		gate <- struct{}{}
		<-h.Done()
		if s := h.Inspect(); s.Status.State != actor.StateStopped || s.Running != nil || s.Abandoned {
			t.Errorf("%+v", s)
		}
	})
}

func TestInspectTellsWhomItWaitsFor(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p, actor.MailboxSize(1), actor.OnFull(actor.FullBlock))
	release := hold(t, b)
	asked := begin(func() error {
		_, err := a.Meet(soon(t), b.Ref(), "x")
		return err
	})
	want := actor.Wait{ID: b.Actor().ID(), Label: b.Actor().Inspect().Label}
	eventually(t, "a to wait for b", func() bool {
		s := a.Actor().Inspect()
		return len(s.WaitsFor) == 1 && s.WaitsFor[0] == want && s.Running != nil && s.Running.Handler == "sample.Gate.Meet"
	})
	eventually(t, "the call to be queued", func() bool { return b.Actor().Inspect().Queue == 1 })
	c := spawnGate(t, p)
	sent := begin(func() error {
		return c.Do(soon(t), func(cx *actor.Context) error {
			return b.Post(cx, func(*actor.Context) error { return nil })
		})
	})
	want.Room = true
	eventually(t, "c to wait for room", func() bool {
		s := c.Actor().Inspect()
		return len(s.WaitsFor) == 1 && s.WaitsFor[0] == want
	})
	release()
	ok(t, receive(t, asked, "the answer"))
	ok(t, receive(t, sent, "the cast"))
	if s := a.Actor().Inspect(); len(s.WaitsFor) != 0 {
		t.Errorf("afterwards a waits for %v", s.WaitsFor)
	}
}

// parity: BT4
func TestInspectShowsTheFamily(t *testing.T) {
	p := newProc(t)
	parent := spawnGate(t, p)
	var children []sample.CounterHandle
	ok(t, parent.Do(soon(t), func(cx *actor.Context) error {
		for range 101 {
			children = append(children, spawnCounter(t, cx))
		}
		return nil
	}))
	s := parent.Actor().Inspect()
	if s.Parent != (actor.Relative{}) || len(s.Children) != 100 || !s.MoreChildren || s.Children[0].ID != children[100].Actor().ID() ||
		!strings.HasPrefix(s.Children[0].Label, "sample.Counter #") {
		t.Errorf("%+v", s)
	}
	children[3].Actor().Stop(actor.StopNow, nil)
	closed(t, children[3].Actor().Done(), "the child's end")
	if s := parent.Actor().Inspect(); len(s.Children) != 100 || s.MoreChildren {
		t.Errorf("after one has stopped: %d children, more: %v", len(s.Children), s.MoreChildren)
	}
	if s := children[0].Actor().Inspect(); s.Parent != (actor.Relative{ID: parent.Actor().ID(), Label: parent.Actor().Inspect().Label}) {
		t.Errorf("%+v", s.Parent)
	}
}

// parity: B78, BT17, BT18, BT21, BT23, BT24, BT34
// A failure is shown with where it began, also in the parents that it has failed, and not before nor after a clean stop.
func TestFailureIsInspectedWithItsRoot(t *testing.T) {
	p := newProc(t, quiet)
	top := spawnGate(t, p, escalates)
	before := top.Actor().Inspect()
	below := func(parent sample.GateHandle, name string) (child sample.GateHandle) {
		ok(t, parent.Do(soon(t), func(cx *actor.Context) (err error) {
			child, err = sample.SpawnGate(cx, name, plainGate, escalates)
			return err
		}))
		return child
	}
	parent := below(top, "")
	child := below(parent, "child")
	begun := time.Now()
	ok(t, child.Post(soon(t), func(*actor.Context) error { return errBoom }))
	for _, h := range []actor.Handle{child.Actor(), parent.Actor(), top.Actor()} {
		closed(t, h.Done(), "the end")
		s := h.Inspect()
		f := s.Failure
		if s.Status.State != actor.StateFailed || f == nil || s.LastFailure != nil {
			t.Fatalf("%+v", s)
		}
		if !errors.Is(f.Err, errBoom) || f.Root != child.Actor().ID() || f.RootLabel != "sample.Gate child" || f.At.Before(begun) || f.At.After(time.Now()) {
			t.Errorf("%+v", f)
		}
		propagated := h != child.Actor()
		if f.Propagated != propagated || (f.Handler == "sample.Gate.Post") == propagated {
			t.Errorf("%+v in %s", f, s.Label)
		}
		wantText(t, errors.New(f.String()), "boom", "root:   sample.Gate child ("+child.Actor().ID().String()+")", f.At.UTC().Format(time.RFC3339Nano))
		if strings.Contains(f.String(), "escalated") != propagated {
			t.Errorf("the report:\n%s", f)
		}
	}
	if all := p.Ended(); len(all) != 3 {
		t.Errorf("%d actors have ended", len(all))
	} else {
		for _, s := range all {
			if f := s.Failure; f == nil || f.Root != child.Actor().ID() || f.Propagated != (s.ID != f.Root) || f.At.Before(begun) {
				t.Errorf("what is kept of %s: %+v", s.Label, f)
			}
		}
	}
	if before.Failure != nil || before.LastFailure != nil {
		t.Errorf("before: %+v", before)
	}
	clean := spawnGate(t, p)
	clean.Actor().Stop(actor.StopNow, errBoom)
	closed(t, clean.Actor().Done(), "the end")
	if s := clean.Actor().Inspect(); s.Failure != nil || s.LastFailure != nil || s.Status.State != actor.StateStopped || !errors.Is(s.Status.Cause, errBoom) {
		t.Errorf("a clean stop: %+v", s)
	}
}

// An actor that goes on shows the failure that it got over, and is another incarnation.
func TestFailureThatWasGotOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := actortest.NewProc(t, quiet)
		g := spawnGate(t, p, actor.OnFailure(actor.Restart{Backoff: actor.Static(time.Hour)}))
		first := g.Actor().Inspect()
		failed := time.Now()
		ok(t, g.Post(t.Context(), func(*actor.Context) error { panic("boom") }))
		synctest.Wait()
		s := g.Actor().Inspect()
		if s.Status.State != actor.StateRestarting || s.Failure == nil || s.LastFailure != nil || !about(s.Since, failed) || !s.Failure.At.Equal(failed) ||
			s.Failure.Stack == "" || !strings.HasSuffix(s.Failure.String(), strings.TrimSpace(s.Failure.Stack)) {
			t.Errorf("%+v, %v", s, s.Failure)
		}
		time.Sleep(2 * time.Hour)
		s = g.Actor().Inspect()
		if s.Status.State != actor.StateRunning || s.Failure != nil || s.LastFailure == nil || s.LastFailure.Handler != "sample.Gate.Post" || s.Status.Restarts != 1 ||
			!about(s.Since, failed.Add(time.Hour)) || !s.Started.Equal(first.Started) || s.Incarnation == first.Incarnation || s.Messages != 1 {
			t.Errorf("%+v, %v", s, s.LastFailure)
		}
		g.Actor().Stop(actor.StopKill, nil)
		<-g.Actor().Done()
		if s := g.Actor().Inspect(); s.Failure != nil || s.LastFailure == nil || s.Status.State != actor.StateStopped {
			t.Errorf("killed: %+v", s)
		}
	})
}

// A failure of Cleanup is one too, though no handler failed.
func TestFailureOfCleanupIsInspected(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGateAs(t, p, sample.Gate{OnCleanup: func(*actor.Context, error) error { return errBoom }})
	g.Actor().Stop(actor.StopNow, nil)
	closed(t, g.Actor().Done(), "the end")
	s := g.Actor().Inspect()
	if s.Status.State != actor.StateFailed || s.Failure == nil || !errors.Is(s.Failure.Err, errBoom) || s.Failure.Root != s.ID || s.Failure.Propagated || s.Failure.At.IsZero() {
		t.Errorf("%+v, %+v", s, s.Failure)
	}
}

// Drops are counted for the actor that they were for, by reason.
func TestDropsOfAnActor(t *testing.T) {
	p := newProc(t, quiet)
	full, other := spawnGate(t, p, actor.MailboxSize(1), actor.OnFull(actor.FullDropNewest)), spawnGate(t, p)
	release := hold(t, full)
	for range 4 {
		ok(t, full.Post(soon(t), func(*actor.Context) error { return nil }))
	}
	if s := full.Actor().Inspect(); s.Drops[actor.CodeMailboxFull] != 3 || len(s.Drops) != 1 || s.Queue != 1 {
		t.Errorf("%v dropped, %d wait", s.Drops, s.Queue)
	}
	if s := other.Actor().Inspect(); s.Drops != nil {
		t.Errorf("another actor has dropped %v", s.Drops)
	}
	full.Actor().Stop(actor.StopNow, nil)
	release()
	closed(t, full.Actor().Done(), "the end")
	if s := full.Actor().Inspect(); s.Drops[actor.CodeStopped] != 1 || s.Queue != 0 || s.Messages != 1 {
		t.Errorf("%v dropped, %d wait, %d handled", s.Drops, s.Queue, s.Messages)
	}
}

// parity: BT57
// The count of messages is right for mailboxes of all sizes and policies.
func TestMessagesAreCounted(t *testing.T) {
	for name, opts := range map[string][]actor.SpawnOption{
		"large": nil, "small": {actor.MailboxSize(30)}, "exact": {actor.OnFull(actor.FullDropOldest)},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProc(t)
			g := spawnGate(t, p, opts...)
			for range 100 {
				flush(t, g)
			}
			idle(t, g)
			if n := g.Actor().Inspect().Messages; n != 100 {
				t.Errorf("%d calls handled, want 100", n)
			}
			release := hold(t, g)
			for range 20 {
				ok(t, g.Post(soon(t), func(*actor.Context) error { return nil }))
			}
			if s := g.Actor().Inspect(); s.Messages != 100 || s.Queue != 20 {
				t.Errorf("%d messages handled, %d wait; want 100 and 20", s.Messages, s.Queue)
			}
			release()
			flush(t, g)
			idle(t, g)
			if s := g.Actor().Inspect(); s.Messages != 122 || s.Queue != 0 {
				t.Errorf("%d messages handled, %d wait; want 122 and 0", s.Messages, s.Queue)
			}
			g.Actor().Stop(actor.StopNow, nil)
			closed(t, g.Actor().Done(), "the end")
			if s := g.Actor().Inspect(); s.Messages != 122 {
				t.Errorf("%d messages handled at the end, want 122", s.Messages)
			}
		})
	}
}

// idle waits until g has given up the turn after its last answer.
func idle(t testing.TB, g sample.GateHandle) {
	t.Helper()
	eventually(t, "the actor to be idle", func() bool { return !g.Actor().Status().Busy })
}

// eventually waits until cond is true.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for late := time.Now().Add(patience); !cond(); runtime.Gosched() {
		if time.Now().After(late) {
			t.Fatalf("waiting for %s: it does not happen", what)
		}
	}
}

// parity: BT41
// An actor that was killed under its handler shows that handler until it returns.
func TestAbandonedHandlerIsInspected(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	release := hold(t, g)
	g.Actor().Stop(actor.StopKill, nil)
	s := g.Actor().Inspect()
	if !s.Abandoned || s.Running == nil || s.Running.Handler != "sample.Gate.Post" || s.Status.State != actor.StateStopped || s.Messages != 0 {
		t.Errorf("%+v", s)
	}
	if e := p.Ended(); len(e) != 1 || !e[0].Abandoned || e[0].Running == nil || e[0].Running.Handler != "sample.Gate.Post" || e[0].Messages != 0 {
		t.Errorf("%+v", e)
	}
	release()
	eventually(t, "the handler to return", func() bool { return !g.Actor().Inspect().Abandoned })
	if s := g.Actor().Inspect(); s.Running != nil {
		t.Errorf("%+v", s.Running)
	}
}

// Every incarnation of every actor has an id of its own, and Inspect shows the one that the actor has.
func TestIncarnationsAreUnique(t *testing.T) {
	p := newProc(t)
	seen := make(map[actor.UUID]bool)
	for range 10_000 {
		h := spawnCounter(t, p).Actor()
		id := h.Inspect().Incarnation
		if seen[id] || id[6]>>4 != 7 || id[8]>>6 != 2 {
			t.Fatalf("%v is not a UUIDv7 of its own", id)
		}
		seen[id] = true
		h.Stop(actor.StopNow, nil)
	}
	g := spawnGate(t, p)
	for range 3 {
		var own actor.UUID
		ok(t, g.Do(soon(t), func(cx *actor.Context) error { own = cx.Incarnation(); return nil }))
		if s := g.Actor().Inspect(); s.Incarnation != own || seen[own] {
			t.Errorf("inspected %v, own %v", s.Incarnation, own)
		}
		seen[own] = true
		g.Actor().Restart(nil)
	}
}

// Looking at actors while they work, fail, restart and stop is safe, and what is seen is consistent.
// parity: B83, BT57
func TestSnapshotsAreConsistentUnderLoad(t *testing.T) {
	p := newProc(t, quiet)
	var handles [8]atomic.Pointer[sample.GateHandle]
	spawn := func(i int) {
		g := spawnGate(t, p, actor.OnFailure(actor.Restart{Max: 3, Backoff: actor.NoBackoff}))
		handles[i].Store(&g)
	}
	for i := range handles {
		spawn(i)
	}
	var work, looks sync.WaitGroup
	rounds := 2000
	if testing.Short() || raceEnabled {
		rounds = 300
	}
	for i := range handles {
		work.Go(func() {
			for n := range rounds {
				g := *handles[i].Load()
				switch n % 10 {
				case 3:
					g.Post(context.Background(), func(cx *actor.Context) error { cx.Log().Error("bad"); return errBoom })
				case 5:
					g.DoInline(context.Background(), func(cx *actor.Context) error { return nil })
				case 7:
					g.Actor().Restart(nil)
				case 9:
					if n%50 == 9 {
						g.Actor().Stop(actor.StopMode(1+n/50%3), nil)
						spawn(i)
					}
				default:
					g.Do(context.Background(), func(cx *actor.Context) error { cx.Incarnation(); return nil })
				}
			}
		})
	}
	over := make(chan struct{})
	for range 2 {
		looks.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					runtime.Gosched() // with one processor, each look would else take a time slice from each message
				}
				for i := range handles {
					checkConsistent(t, handles[i].Load().Actor().Inspect())
				}
				for h := range p.Actors() {
					checkConsistent(t, h.Inspect())
				}
				for _, s := range p.Ended() {
					checkConsistent(t, s)
					if !s.Status.State.Terminal() {
						t.Errorf("ended as %v", s.Status)
					}
				}
			}
		})
	}
	await(t, &work, "the work")
	close(over)
	await(t, &looks, "the looks")
}

// checkConsistent fails the test if s breaks what Snapshot promises.
func checkConsistent(t testing.TB, s actor.Snapshot) {
	t.Helper()
	state := s.Status.State
	switch {
	case state == actor.StateFailed && s.Failure == nil, s.Failure != nil && (state == actor.StateStopped || state == actor.StateRunning):
		t.Errorf("%v with failure %v", state, s.Failure)
	case s.Failure != nil && s.Failure.Propagated != (s.Failure.Root != s.ID):
		t.Errorf("%+v", s.Failure)
	case state == actor.StateNone, s.ID.IsZero(), s.Incarnation.IsZero():
		t.Errorf("%+v", s)
	case s.Queue < 0, s.Running != nil && (s.Running.Handler == "" || s.Running.Since.After(s.At) || s.Running.Since.Before(s.Started)):
		t.Errorf("%+v, %+v", s, s.Running)
	case s.Since.After(s.At), s.Since.Before(s.Started):
		t.Errorf("since %v, started %v, at %v", s.Since, s.Started, s.At)
	}
}

func TestZeroHandleIsNobody(t *testing.T) {
	var h actor.Handle
	if s := h.Inspect(); !s.ID.IsZero() || s.Status.State != actor.StateNone || !s.At.IsZero() {
		t.Errorf("%+v", s)
	}
	for range h.Children() {
		t.Error("a child")
	}
	for range h.TreeTo(9) {
		t.Error("a child")
	}
}
