package actor_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// talkers returns a gate whose session is f.
func talkers(t testing.TB, p actor.Spawner, f func(cx *actor.Context, s *actor.SessionServer[string, int64, int64]) error) sample.GateHandle {
	t.Helper()
	return spawnGateAs(t, p, sample.Gate{OnTalk: func(cx *actor.Context, _ string, s *actor.SessionServer[string, int64, int64]) (string, error) {
		return "", f(cx, s)
	}})
}

// A handler that wants its turn back gets it however many messages come.
func TestMailDoesNotStarveAReturningHandler(t *testing.T) {
	p := newProc(t)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	done := suspendedIn(t, soon(t), g, other)
	var over atomic.Bool
	t.Cleanup(func() { over.Store(true) })
	var again func(*actor.Context) error
	again = func(*actor.Context) error {
		if over.Load() {
			return nil
		}
		return g.Post(context.Background(), again)
	}
	for range 3 { // so that there is always one that waits
		ok(t, g.Post(context.Background(), again))
	}
	release()
	ok(t, receive(t, done, "the handler"))
}

// That a session's handler gives up its turn in its stream does not make it reentrant.
func TestSessionsHandlerKeepsItsTurnForACall(t *testing.T) {
	p := newProc(t)
	other := spawnGate(t, p)
	release := hold(t, other)
	var over atomic.Bool
	g := talkers(t, p, func(cx *actor.Context, s *actor.SessionServer[string, int64, int64]) error {
		if err := s.Open(""); err != nil {
			return err
		}
		err := other.Do(cx, nop)
		over.Store(true)
		return err
	})
	talk, err := g.Talk(soon(t), "")
	ok(t, err)
	until(t, "the handler waits", func() bool { return len(g.Actor().Inspect().WaitsFor) == 1 })
	if s := g.Actor().Inspect(); len(s.Suspended) != 0 {
		t.Errorf("suspended: %+v", s.Suspended)
	}
	after := begin(func() error {
		return g.Do(soon(t), func(*actor.Context) error {
			if !over.Load() {
				t.Error("a message is handled while the session's handler waits for a call")
			}
			return nil
		})
	})
	release()
	ok(t, receive(t, after, "the message"))
	_, err = talk.Result(soon(t))
	ok(t, err)
}

// A reentrant handler gives up its turn for what it waits for in a session that it has opened, and other handlers do not.
func TestReentrantClientGivesUpItsTurnInItsSession(t *testing.T) {
	p := newProc(t)
	send := make(chan struct{})
	server := talkers(t, p, func(cx *actor.Context, s *actor.SessionServer[string, int64, int64]) error {
		if err := s.Open(""); err != nil {
			return err
		}
		<-send
		return s.Send(1)
	})
	g := spawnGate(t, p)
	for _, what := range []string{"Recv", "Result"} {
		done := begin(func() error {
			return g.DoReentrant(soon(t), func(cx *actor.Context) error {
				talk, err := server.Talk(cx, "")
				if err != nil {
					return err
				}
				if what == "Recv" {
					_, err = talk.Recv(cx)
				} else {
					_, err = talk.Result(cx)
				}
				return err
			})
		})
		until(t, what+" of the handler", func() bool {
			s := g.Actor().Inspect().Suspended
			return len(s) == 1 && s[0].WaitsIn != "" && s[0].WaitsIn != "sample.Gate.Talk"
		})
		flush(t, g)
		send <- struct{}{}
		ok(t, receive(t, done, what))
	}
}

func TestReentrantCallThatEndedInTheQueueNeverRuns(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	release := hold(t, g)
	ctx, cancel := context.WithCancel(soon(t))
	queued := make(chan struct{})
	var ran atomic.Bool
	done := begin(func() error {
		return g.DoReentrant(&enteringContext{Context: ctx, inside: queued}, func(*actor.Context) error { ran.Store(true); return nil })
	})
	closed(t, queued, "the call to wait")
	cancel()
	wantCode(t, receive(t, done, "the call"), actor.CodeCanceled)
	release()
	flush(t, g)
	if ran.Load() {
		t.Error("it has run")
	}
}

// An actor without Cleanup may end at once, but not while a handler has given up its turn.
func TestDrainWaitsForSuspendedHandlersWithoutCleanup(t *testing.T) {
	p := newProc(t)
	g, err := sample.SpawnGateAs(p, "", func() sample.GateBehavior { return struct{ sample.GateBehavior }{&sample.Gate{}} })
	ok(t, err)
	other := spawnGate(t, p)
	release := hold(t, other)
	done := suspendedIn(t, soon(t), g, other)
	g.Actor().Stop(actor.StopDrain, nil)
	select {
	case <-g.Actor().Done():
		t.Error("it has ended")
	case <-time.After(time.Millisecond):
	}
	release()
	ok(t, receive(t, done, "the handler"))
	_, err = g.Actor().Wait(soon(t))
	ok(t, err)
}
