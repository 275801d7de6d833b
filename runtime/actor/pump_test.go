package actor_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// pumpTo pumps a channel to a port on behalf of g.
func pumpTo[M any](t *testing.T, g sample.GateHandle, to actor.Port[M], from <-chan M) (s *actor.Source[M]) {
	t.Helper()
	ok(t, g.Do(soon(t), func(cx *actor.Context) (err error) {
		s, err = actor.Pump(cx, to, from)
		return err
	}))
	return s
}

// parity: C23, CT43
func TestChannelIsPumpedInOrder(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	to, values := actor.OpenPort[string](p)
	const sources, each = 40, 50
	for i := range sources {
		from := make(chan string)
		pumpTo(t, g, to, from)
		go func() {
			defer close(from)
			for n := range each {
				from <- fmt.Sprintf("%02d %02d", i, n)
			}
		}()
	}
	last := map[string]string{}
	for range sources * each {
		got, err := values.Recv(soon(t))
		ok(t, err)
		if source := got[:2]; got <= last[source] {
			t.Fatalf("%q came after %q", got, last[source])
		}
		last[got[:2]] = got
	}
	if len(last) != sources {
		t.Errorf("values of %d sources came, want %d", len(last), sources)
	}
}

// parity: C23, CT43
func TestSourceEndsWithItsIncarnationOrWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t, quiet), atOnce)
		first, second := make(chan func(*actor.Context) error, 10), make(chan func(*actor.Context) error, 10)
		source := pumpTo(t, d.GateHandle, d.Ports().Post, first)
		pumpTo(t, d.GateHandle, d.Ports().Post, second)
		first <- d.note("first")
		d.has(t, "first 0s")
		source.Stop()
		synctest.Wait()
		first <- d.note("first")
		second <- d.note("second")
		d.has(t, "first 0s", "second 0s")
		ok(t, d.Post(t.Context(), d.note("mail")))
		d.has(t, "first 0s", "second 0s", "mail 0s")
		fail(t, d.GateHandle)
		synctest.Wait()
		second <- d.note("second")
		d.has(t, "first 0s", "second 0s", "mail 0s")
		if len(first) != 1 || len(second) != 1 {
			t.Errorf("%d and %d values are left in the channels of sources that have ended, want 1 and 1", len(first), len(second))
		}
	})
}

// parity: CT43
// However fast its channel is filled, a source does not keep its actor from stopping.
func TestActorStopsThoughItsSourceFlows(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	from, over, handled := make(chan func(*actor.Context) error), make(chan struct{}), make(chan struct{}, 1)
	defer close(over)
	go func() {
		for {
			select {
			case from <- func(*actor.Context) error {
				select {
				case handled <- struct{}{}:
				default:
				}
				return nil
			}:
			case <-over:
				return
			}
		}
	}()
	pumpTo(t, g, g.Ports().Post, from)
	receive(t, handled, "a value of the source")
	g.Actor().Stop(actor.StopDrain, nil)
	if s := ended(t, g); s.State != actor.StateStopped {
		t.Errorf("%+v", s)
	}
}

// A source holds back what its actor has not handled, so that its channel tells whoever fills it; and it has its place in the queue,
// whoever else fills that.
func TestSourceGoesNoFasterThanItsActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(t, newProc(t), actor.MailboxSize(1))
		from := make(chan func(*actor.Context) error)
		var sent atomic.Int64
		over := make(chan struct{})
		defer close(over)
		go func() {
			for {
				select {
				case from <- func(*actor.Context) error { time.Sleep(time.Second); return nil }:
					sent.Add(1)
				case <-over:
					return
				}
			}
		}()
		pumpTo(t, d.GateHandle, d.Ports().Post, from)
		time.Sleep(10*time.Second + 1)
		synctest.Wait()
		if n := sent.Load(); n < 10 || n > 20 {
			t.Errorf("%d values were sent in ten seconds, of which the actor handles one a second", n)
		}
		ok(t, d.Post(t.Context(), d.note("mail"))) // behind the eight that wait, and the one that is handled
		time.Sleep(9 * time.Second)
		d.has(t, "mail 18s")
		d.Actor().Stop(actor.StopNow, nil)
	})
}

// parity: C9, CT46
// Mail, timers, tasks and sources take turns: each is handled while the mailbox never gets empty.
func TestFloodOfMailStarvesNeitherTimersNorTasksNorSources(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p)
	over := make(chan struct{})
	flooded := make(chan struct{}, 2)
	for range 2 {
		go func() {
			defer func() { flooded <- struct{}{} }()
			for {
				select {
				case <-over:
					return
				default:
				}
				if g.Post(t.Context(), func(*actor.Context) error { return nil }) != nil { // full
					runtime.Gosched()
				}
			}
		}()
	}
	fromChannel, fromTimer, fromTask := make(chan struct{}, 1000), make(chan struct{}, 1000), make(chan struct{}, 1000)
	from := make(chan func(*actor.Context) error)
	go func() {
		defer close(from)
		for range 200 {
			from <- func(*actor.Context) error { fromChannel <- struct{}{}; return nil }
		}
	}()
	for { // the flood may refuse the call
		err := g.Do(soon(t), func(cx *actor.Context) error {
			_, err := actor.Every(cx, g.Ports().Post, time.Millisecond, func(*actor.Context) error {
				select {
				case fromTimer <- struct{}{}:
				default:
				}
				return nil
			})
			ok(t, err)
			for range 10 {
				_, err = actor.Pipe(cx, g.Ports().Post, func(context.Context) (func(*actor.Context) error, error) {
					return func(*actor.Context) error { fromTask <- struct{}{}; return nil }, nil
				})
				ok(t, err)
			}
			_, err = actor.Pump(cx, g.Ports().Post, from)
			return err
		})
		if err == nil {
			break
		}
		wantCode(t, err, actor.CodeMailboxFull)
	}
	for range 200 {
		receive(t, fromChannel, "a value of the source")
	}
	for range 10 {
		receive(t, fromTimer, "a tick")
		receive(t, fromTask, "the result of a task")
	}
	close(over)
	<-flooded
	<-flooded
}

// 100,000 timers and 10,000 sources at once cost under 100 MB, and no goroutine each.
func TestThousandsOfTimersAndSourcesWaitCheaply(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector multiplies what memory costs")
	}
	p := newProc(t)
	g := spawnGate(t, p)
	const timers, sources = 100_000, 10_000
	nothing := func(*actor.Context) error { return nil }
	before := inUse()
	channels := make([]chan func(*actor.Context) error, sources)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		for range timers {
			_, err := actor.After(cx, g.Ports().Post, time.Hour, nothing)
			ok(t, err)
		}
		for i := range channels {
			channels[i] = make(chan func(*actor.Context) error)
			_, err := actor.Pump(cx, g.Ports().Post, channels[i])
			ok(t, err)
		}
		return nil
	}))
	took, goroutines := inUse()-before, len(runtimeGoroutines())
	t.Logf("%d timers and %d sources: %d bytes, %d goroutines", timers, sources, took, goroutines)
	if took > 100<<20 {
		t.Errorf("%d bytes, want under 100 MiB", took)
	}
	if goroutines > sources/10 {
		t.Errorf("%d goroutines", goroutines)
	}
	handled := make(chan int, sources)
	for i, c := range channels {
		c <- func(*actor.Context) error { handled <- i; return nil }
	}
	for range channels {
		receive(t, handled, "a value of each source")
	}
}

func TestSourcesThatCannotBeStarted(t *testing.T) {
	g := spawnGate(t, newProc(t))
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := actor.Pump(cx, g.Ports().Post, nil)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "the channel is nil")
		_, err = actor.Pump(cx, actor.Port[int]{}, make(chan int))
		wantCode(t, err, actor.CodeUnbound)
		_, err = actor.Pump(nil, g.Ports().Post, make(chan func(*actor.Context) error))
		wantCode(t, err, actor.CodeMisuse)
		return nil
	}))
}
