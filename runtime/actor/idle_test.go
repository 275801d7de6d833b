package actor_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// endsAfter fails the test unless the actor runs for the time that it may be idle and has ended half as long afterwards.
func endsAfter(t *testing.T, g sample.GateHandle, idle time.Duration) {
	t.Helper()
	time.Sleep(idle - 1)
	synctest.Wait()
	if s := g.Actor().Status(); s.State != actor.StateRunning {
		t.Fatalf("it has ended too early: %v", s)
	}
	time.Sleep(idle/2 + 2)
	synctest.Wait()
	if s := g.Actor().Status(); s.State != actor.StateStopped {
		t.Fatalf("it has not ended: %v", s)
	}
}

func TestIdleActorStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProc(t)
		g := spawnGate(t, p, actor.StopWhenIdle(time.Minute))
		endsAfter(t, g, time.Minute)
		s := g.Actor().Status()
		wantCode(t, s.Cause, actor.CodeStopped)
		wantText(t, s.Cause, "has been idle for 1m0s")
		wantCode(t, g.Do(t.Context(), nil), actor.CodeStopped)
	})
}

func TestMessagesKeepAnActorFromBeingIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := spawnGate(t, newProc(t), actor.StopWhenIdle(time.Minute))
		for _, send := range []func() error{
			func() error { return g.Post(t.Context(), func(*actor.Context) error { return nil }) },
			func() error { return g.Do(t.Context(), func(*actor.Context) error { return nil }) },
			func() error { return g.DoInline(t.Context(), func(*actor.Context) error { return nil }) },
			func() error { // handled for longer than it may be idle
				return g.Do(t.Context(), func(*actor.Context) error { time.Sleep(3 * time.Minute); return nil })
			},
		} {
			for range 3 {
				time.Sleep(50 * time.Second)
				ok(t, send())
			}
		}
		synctest.Wait()
		endsAfter(t, g, time.Minute)
	})
}

func TestChildrenTasksAndTimersKeepAnActorFromBeingIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := spawnGate(t, newProc(t), actor.StopWhenIdle(time.Minute))
		release := make(chan struct{})
		var child sample.GateHandle
		ok(t, g.Do(t.Context(), func(cx *actor.Context) (err error) {
			child, err = sample.SpawnGate(cx, "", func() *sample.Gate { return &sample.Gate{} })
			return err
		}))
		time.Sleep(10 * time.Minute)
		child.Actor().Stop(actor.StopNow, nil)
		pipe(t, g, func(context.Context) (func(*actor.Context) error, error) {
			<-release
			return func(*actor.Context) error { return nil }, nil
		})
		time.Sleep(10 * time.Minute)
		ok(t, g.Do(t.Context(), func(cx *actor.Context) error {
			_, err := actor.After(cx, g.Ports().Post, 10*time.Minute, func(*actor.Context) error { return nil })
			return err
		}))
		close(release)
		time.Sleep(10*time.Minute + 1)
		synctest.Wait()
		endsAfter(t, g, time.Minute-1)
	})
}

// A message that was accepted is handled, however close to the end it comes.
func TestIdleStopLosesNoMessage(t *testing.T) {
	p := newProc(t, quiet)
	var mu sync.Mutex
	handled, accepted := 0, 0
	for range 200 {
		g := spawnGate(t, p, actor.StopWhenIdle(time.Microsecond), actor.OnFull(actor.FullBlock))
		for {
			err := g.Post(t.Context(), func(*actor.Context) error {
				mu.Lock()
				defer mu.Unlock()
				handled++
				return nil
			})
			if errors.Is(err, actor.ErrStopped) {
				break
			}
			ok(t, err)
			accepted++
			runtime.Gosched() // it is idle now and then
		}
		ended(t, g)
	}
	if handled != accepted || len(p.Drops()) > 0 {
		t.Errorf("%d of %d messages were handled, drops %v", handled, accepted, p.Drops())
	}
}
