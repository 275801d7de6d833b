package actor_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A handler whose wait is over is recalled by whoever has ended it: these are about when that comes, and what it does.

// A wait may be over before the handler has given up its turn for it: between the two it holds no lock.
func TestWaitThatIsOverBeforeTheTurnIsGivenUp(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	ok(t, g.DoReentrant(soon(t), func(cx *actor.Context) error {
		for range 3 {
			actor.RecallBeforeWaiting(cx)
		}
		return nil
	}))
	flush(t, g)
}

// waitsFor waits until g's actor waits for other's alone.
func waitsFor(t *testing.T, g, other sample.GateHandle) {
	t.Helper()
	until(t, "the handler waits", func() bool {
		all := g.Actor().Inspect().WaitsFor
		return len(all) == 1 && all[0].ID == other.Actor().ID()
	})
}

// That a handler was recalled from one wait does not give it the turn in the next.
func TestHandlerGivesUpItsTurnForEachOfItsWaits(t *testing.T) {
	p := newProc(t)
	g, first, second := spawnGate(t, p), spawnGate(t, p), spawnGate(t, p)
	release := hold(t, second)
	done := begin(func() error {
		return g.DoReentrant(soon(t), func(cx *actor.Context) error {
			return errors.Join(first.Do(cx, nop), second.Do(cx, nop))
		})
	})
	waitsFor(t, g, second)
	flush(t, g)
	release()
	ok(t, receive(t, done, "the handler"))
}

// What would have ended a wait that something else has ended is no end of the next.
func TestWaitThatSomethingElseHasEndedLeavesNothingBehind(t *testing.T) {
	p := newProc(t)
	other := spawnGate(t, p)
	release := hold(t, other)
	closed, looked, sent := make(chan struct{}), make(chan struct{}), make(chan struct{})
	close(closed)
	g := talkers(t, p, func(cx *actor.Context, s *talk) error {
		if err := s.Open(""); err != nil {
			return err
		}
		if _, received, err := s.RecvUntil(closed); received || err != nil {
			t.Errorf("RecvUntil: %v, %v", received, err)
		}
		close(looked)
		<-sent
		return other.Do(cx, nop)
	})
	s, err := g.TalkReentrant(soon(t), "")
	ok(t, err)
	<-looked
	ok(t, s.Send(soon(t), 1))
	close(sent)
	waitsFor(t, g, other)
	flush(t, g)
	release()
	_, err = s.Result(soon(t))
	ok(t, err)
}

// A handler that has its turn back, and has not run since, has none once its actor was killed: it unwinds when those do not that are before it.
func TestTurnOfAHandlerThatHasNotRunSinceIsLostByAKill(t *testing.T) {
	p := newProc(t, quiet)
	g, other := spawnGate(t, p), spawnGate(t, p)
	release := hold(t, other)
	defer release()
	late, unwinds, goAhead := make(chan struct{}), make(chan struct{}), make(chan struct{})
	inside := false
	var returned sync.WaitGroup
	returned.Add(2)
	first := suspendedAs(t, g, func(cx *actor.Context) error {
		defer returned.Done()
		err := other.Do(cx, nop)
		inside = true
		close(unwinds)
		<-goAhead
		inside = false
		return err
	})
	second := suspendedAs(t, g, func(cx *actor.Context) error {
		defer returned.Done()
		actor.LookLate(cx, late)
		if inside {
			t.Error("two unwind at once")
		}
		return nil
	})
	g.Actor().Stop(actor.StopKill, errBoom)
	for _, call := range []<-chan error{first, second} {
		wantCode(t, receive(t, call, "the answer"), actor.CodeStopped)
	}
	closed(t, unwinds, "the first handler to unwind")
	close(late)
	for range 100 { // in which the second one would go on
		runtime.Gosched()
	}
	close(goAhead)
	await(t, &returned, "the handlers to unwind")
}

// suspendedAs starts f as a reentrant handler, and returns once it has given up its turn.
func suspendedAs(t *testing.T, g sample.GateHandle, f func(*actor.Context) error) <-chan error {
	t.Helper()
	before := len(g.Actor().Inspect().Suspended)
	done := begin(func() error { return g.DoReentrant(context.WithoutCancel(soon(t)), f) })
	until(t, "the handler has given up its turn", func() bool { return len(g.Actor().Inspect().Suspended) > before })
	return done
}

// A handler whose wait is over waits for its turn, and is shown to wait for nothing else.
func TestHandlerWhoseWaitIsOverRunsInItsTurn(t *testing.T) {
	var received chan int64
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		n, err := s.Recv()
		received <- n
		return "over", err
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		received = make(chan int64, 1)
		s := p.talkTo(t, g, "")
		h, err := sample.LookupGate(p.procs[atServer], "talker")
		ok(t, err)
		release := make(chan struct{})
		held := begin(func() error { return h.Do(t.Context(), func(*actor.Context) error { <-release; return nil }) })
		synctest.Wait()
		if all := h.Actor().Inspect().Suspended; len(all) != 1 || !strings.HasPrefix(all[0].WaitsIn, "Recv ") {
			t.Errorf("before the value comes the handler is shown as %+v", all)
		}
		ok(t, s.Send(t.Context(), 1))
		p.arrive(t)
		if len(received) > 0 {
			t.Error("it runs while another one does")
		}
		if all := h.Actor().Inspect().Suspended; len(all) != 1 || all[0].WaitsIn != "" {
			t.Errorf("while it waits for its turn it is shown as %+v", all)
		}
		close(release)
		ok(t, receive(t, held, "the other handler"))
		p.arrive(t)
		if got, err := s.Result(t.Context()); got != "over" || err != nil || <-received != 1 {
			t.Errorf("the result is %q, %v", got, err)
		}
	})
}

// A handler that sends to a queue which drops never has to wait, and lets others in all the same.
func TestHandlerThatNeverWaitsToSendLetsOthersIn(t *testing.T) {
	for _, policy := range []actor.FullPolicy{actor.FullDropNewest, actor.FullDropOldest} {
		var goAhead chan struct{}
		enough := false // which is the actor's: there is no lock
		inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			<-goAhead
			for n := range int64(100) { // the turn is given up after 64
				if enough {
					return "enough", nil
				}
				if err := s.Send(n); err != nil {
					return "", err
				}
			}
			return "nobody has come in", nil
		}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
			goAhead, enough = make(chan struct{}), false
			var s *talkClient
			opened := begin(func() (err error) {
				s, err = g.Talk(actor.SessionQueue(t.Context(), 1, policy), "")
				return err
			})
			p.arrive(t)
			ok(t, receive(t, opened, "the opening"))
			h, err := sample.LookupGate(p.procs[atServer], "talker")
			ok(t, err)
			done := begin(func() error { return h.Do(t.Context(), func(*actor.Context) error { enough = true; return nil }) })
			synctest.Wait()
			close(goAhead)
			p.arrive(t)
			ok(t, receive(t, done, "the other handler"))
			if got, err := s.Result(t.Context()); got != "enough" || err != nil {
				t.Errorf("the result is %q, %v", got, err)
			}
		})
	}
}

// A reentrant handler gives up its turn for whatever makes it wait in a session that it has opened, the link too.
func TestReentrantClientGivesUpItsTurnForTheLink(t *testing.T) {
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		for _, err := range s.All() {
			if err != nil {
				return "", err
			}
		}
		return "over", nil
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		c, err := sample.SpawnGate(p.procs[atClient], "client", func() *sample.Gate { return &sample.Gate{} })
		ok(t, err)
		goAhead := make(chan struct{})
		done := begin(func() error {
			return c.DoReentrant(t.Context(), func(cx *actor.Context) error {
				s, err := g.Talk(cx, "")
				if err != nil {
					return err
				}
				<-goAhead
				if err := errors.Join(s.Send(cx, 1), s.CloseSend()); err != nil {
					return err
				}
				_, err = s.Result(cx)
				return err
			})
		})
		p.arrive(t)
		l := p.links[atClient]
		if l != nil {
			l.fill()
		}
		close(goAhead)
		synctest.Wait()
		flush(t, c)
		if l != nil {
			if all := c.Actor().Inspect().Suspended; len(all) != 1 || all[0].WaitsIn != "a session that it has opened" {
				t.Errorf("the handler that waits is shown as %+v", all)
			}
			l.room()
		}
		p.arrive(t)
		ok(t, receive(t, done, "the handler"))
	})
}

// The worker of a handler that waits to send is lent once, though it gives up its turn before it waits.
func TestHandlerThatWaitsToSendLendsItsWorkerOnce(t *testing.T) {
	inEveryPlace(t, sendsMany, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		if l := p.links[atServer]; l != nil {
			l.fill()
			defer l.room()
		}
		p.talkTo(t, g, "")
		synctest.Wait()
		h, err := sample.LookupGate(p.procs[atServer], "talker")
		ok(t, err)
		if all := h.Actor().Inspect().Suspended; len(all) != 1 {
			t.Errorf("the handler that waits is shown as %+v", all)
		}
		if n := p.procs[atServer].Accounts()["active workers"]; n != 0 {
			t.Errorf("%d workers run, and nobody does anything", n)
		}
	})
}
