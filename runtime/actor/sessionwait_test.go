package actor_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// narrow is a handler with room for one value that receives none, or for as many as the topic has letters: those it receives, once it may go ahead.
func narrow(goAhead <-chan struct{}) func(*actor.Context, string, *talk) (string, error) {
	return func(_ *actor.Context, topic string, s *talk) (string, error) {
		if err := errors.Join(s.Queue(max(1, len(topic)), actor.FullBlock), s.Open("")); err != nil {
			return "", err
		}
		<-goAhead
		if len(topic) > 0 {
			for _, err := range s.All() {
				if err != nil {
					return "", err
				}
			}
		}
		return "over", nil
	}
}

// All who wait to send hear of the end, not the first alone.
// parity: A39
func TestEndOfASessionReachesAllWhoWaitToSend(t *testing.T) {
	var goAhead chan struct{}
	for what, test := range map[string]struct {
		end  func(s *talkClient)
		want func(err error) bool
	}{
		"result":    {func(*talkClient) { close(goAhead) }, func(err error) bool { return err == io.EOF }},
		"cancel":    {func(s *talkClient) { s.Cancel(errBoom) }, func(err error) bool { return errors.Is(err, errBoom) }},
		"CloseSend": {func(s *talkClient) { _ = s.CloseSend() }, func(err error) bool { return actor.CodeOf(err) == actor.CodeMisuse }},
	} {
		t.Run(what, func(t *testing.T) {
			inEveryPlace(t, func(cx *actor.Context, topic string, s *talk) (string, error) { return narrow(goAhead)(cx, topic, s) },
				func(t *testing.T, p *talkPlace, g sample.GateClient) {
					goAhead = make(chan struct{})
					s := p.talkTo(t, g, "")
					ok(t, s.Send(t.Context(), 1))
					var sent []<-chan error
					for range 3 {
						sent = append(sent, begin(func() error { return s.Send(t.Context(), 2) }))
					}
					synctest.Wait()
					test.end(s)
					p.arrive(t)
					for _, one := range sent {
						if err := receive(t, one, "the end of a Send"); !test.want(err) {
							t.Errorf("a Send that waits ends with %v", err)
						}
					}
					if what != "result" {
						close(goAhead)
						s.Cancel(nil)
						p.arrive(t)
					}
				})
		})
	}
}

// Room for several values is room for as many who wait.
func TestRoomForSeveralValuesReachesAsManySenders(t *testing.T) {
	var goAhead chan struct{}
	inEveryPlace(t, func(cx *actor.Context, topic string, s *talk) (string, error) { return narrow(goAhead)(cx, topic, s) },
		func(t *testing.T, p *talkPlace, g sample.GateClient) {
			goAhead = make(chan struct{})
			s := p.talkTo(t, g, "four")
			for range 4 {
				ok(t, s.Send(t.Context(), 1))
			}
			var sent []<-chan error
			for range 4 {
				sent = append(sent, begin(func() error { return s.Send(t.Context(), 2) }))
			}
			p.arrive(t)
			close(goAhead)
			p.arrive(t)
			for _, one := range sent {
				ok(t, receive(t, one, "room"))
			}
			ok(t, s.CloseSend())
			p.arrive(t)
			if got, err := s.Result(t.Context()); got != "over" || err != nil {
				t.Errorf("the result is %q, %v", got, err)
			}
		})
}

// A value that waits for room on the link is sent before the end of what comes.
func TestEndOfSendingDoesNotOvertakeAValue(t *testing.T) {
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		count := 0
		for _, err := range s.All() {
			if err != nil {
				return "", err
			}
			count++
		}
		return strconv.Itoa(count), nil
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		s := p.talkTo(t, g, "")
		l := p.links[atClient]
		if l != nil {
			l.fill()
		}
		sent := begin(func() error { return s.Send(t.Context(), 1) })
		synctest.Wait()
		ok(t, s.CloseSend())
		p.arrive(t)
		if l != nil {
			l.room()
		}
		p.arrive(t)
		ok(t, receive(t, sent, "the value's way"))
		if got, err := s.Result(t.Context()); got != "1" || err != nil {
			t.Errorf("of the value the handler has received %q, %v", got, err)
		}
	})
}

// A handler that waits for room on the link hears why its session ends, as it does when it waits for its client.
func TestHandlerThatWaitsForTheLinkHearsWhyItsSessionEnds(t *testing.T) {
	ended := make(chan error, 1)
	inEveryPlace(t, func(cx *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		for {
			if err := s.Send(1); err != nil {
				ended <- err
				return "", err
			}
		}
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		if l := p.links[atServer]; l != nil {
			l.fill()
		}
		s := p.talkTo(t, g, "")
		s.Cancel(errBoom)
		p.arrive(t)
		var by *actor.Canceled
		if err := <-ended; !errors.As(err, &by) {
			t.Errorf("the handler gets %v", err)
		}
		ok(t, s.Close(t.Context()))
	})
}

// sendsMany is a handler that sends more than there is room for.
func sendsMany(_ *actor.Context, _ string, s *talk) (string, error) {
	if err := s.Open(""); err != nil {
		return "", err
	}
	for n := range int64(100) {
		if err := s.Send(n); err != nil {
			return "", err
		}
	}
	return "over", nil
}

// Whatever a handler's Send waits for, its actor serves others meanwhile.
// parity: A57
func TestActorServesOthersWhileAHandlerWaitsToSend(t *testing.T) {
	inEveryPlace(t, sendsMany, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		l := p.links[atServer]
		if l != nil {
			l.fill()
		}
		s := p.talkTo(t, g, "")
		echoed := begin(func() error { _, err := g.Echo(t.Context(), "x"); return err })
		p.arrive(t)
		ok(t, receive(t, echoed, "an answer"))
		h, err := sample.LookupGate(p.procs[atServer], "talker")
		ok(t, err)
		if all := h.Actor().Inspect().Suspended; len(all) != 1 || all[0].WaitsIn != "Send of its session" || all[0].Session != actor.SessionStreaming {
			t.Errorf("the handler that waits is shown as %+v", all)
		}
		if l != nil {
			l.room()
		}
		for n := range int64(100) {
			p.arrive(t)
			if got, err := s.Recv(t.Context()); got != n || err != nil {
				t.Fatalf("%d comes in place of %d, %v", got, n, err)
			}
		}
		p.arrive(t)
		if got, err := s.Result(t.Context()); got != "over" || err != nil {
			t.Errorf("the result is %q, %v", got, err)
		}
	})
}

// parity: A53, A54
func TestEndOfStreamThatAHandlerReturnsIsAnError(t *testing.T) {
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		_, err := s.Recv()
		return "", err
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		s := p.talkTo(t, g, "")
		ok(t, s.CloseSend())
		p.arrive(t)
		_, first := s.Recv(t.Context())
		_, second := s.Result(t.Context())
		if first == nil || first == io.EOF || first != second {
			t.Errorf("the client receives %v, and the result is %v", first, second)
		}
	})
}

// parity: A26
func TestStateTellsOfBothEnds(t *testing.T) {
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		_, _ = s.Recv()
		return "", s.Cancel(errBoom)
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		s := p.talkTo(t, g, "")
		at := func(want actor.SessionState) {
			t.Helper()
			if got := s.State(); got != want {
				t.Errorf("the session is %v, want %v", got, want)
			}
		}
		at(actor.SessionOpen)
		s.CloseRecv()
		at(actor.SessionOpen)
		ok(t, s.CloseSend())
		at(actor.SessionDrained)
		p.arrive(t)
		at(actor.SessionPeerCancel)
	})
}

// A client that leaves before its session is open cancels it, once, with the cause.
func TestClientThatLeavesTheOpeningSaysWhy(t *testing.T) {
	ended := make(chan error, 1)
	inEveryPlace(t, func(cx *actor.Context, _ string, s *talk) (string, error) {
		<-cx.Done()
		ended <- s.Open("")
		return "", context.Cause(cx)
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		ctx, leave := context.WithCancelCause(t.Context())
		opened := begin(func() error { _, err := g.Talk(ctx, ""); return err })
		p.arrive(t)
		leave(errBoom)
		synctest.Wait()
		wantCode(t, receive(t, opened, "the opening"), actor.CodeCanceled)
		if l := p.links[atClient]; l != nil && len(l.waiting()) != 1 {
			t.Errorf("%d messages cancel it", len(l.waiting()))
		}
		p.arrive(t)
		wantText(t, <-ended, "canceled by proc", "boom")
	})
}

// A handler's goroutines may call others with its context. When one of them waits for the link it lends no turn, whatever the handler is in meanwhile.
func TestGoroutineOfAHandlerLendsNoTurn(t *testing.T) {
	var far sample.GateClient
	inCall := make(chan struct{})
	var called <-chan error
	inEveryPlace(t, func(cx *actor.Context, _ string, s *talk) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		if far == nil {
			return "over", nil
		}
		called = begin(func() error { _, err := far.Echo(cx, "x"); return err })
		<-inCall
		if err := s.Send(1); err != nil {
			return "", err
		}
		return "over", <-called
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		if l := p.links[atServer]; l != nil {
			h, err := sample.SpawnGate(p.procs[atClient], "far", func() *sample.Gate { return &sample.Gate{} })
			ok(t, err)
			b, _ := h.Ref().MarshalMsg(nil)
			var ref sample.GateRef
			_, err = ref.UnmarshalMsg(b)
			ok(t, err)
			ref.BindRefs(p.procs[atServer])
			far = ref
			inSend, waited := make(chan struct{}), make(chan struct{})
			l.begins = func(ctx context.Context, kind actor.MessageKind) {
				switch kind {
				case actor.MessageCall:
					close(inCall)
					<-inSend
					end, err := actor.BeginWait(ctx)
					ok(t, err)
					end()
					close(waited)
				case actor.MessageOut:
					close(inSend)
					<-waited
				}
			}
		}
		s := p.talkTo(t, g, "")
		p.arrive(t)
		if got, err := s.Result(t.Context()); got != "over" || err != nil {
			t.Errorf("the result is %q, %v", got, err)
		}
	})
}

// Another handler of the actor, which comes in between while the session's own goes on without having to wait, does not wait for room in its place.
func TestFullQueueIsAnErrorForAnotherHandlerThatComesInBetween(t *testing.T) {
	const many = 1000 // values, so that the other handler comes in
	var theirs chan *talk
	var goAhead chan struct{}
	inEveryPlace(t, func(_ *actor.Context, _ string, s *talk) (string, error) {
		if err := errors.Join(s.Queue(many, actor.FullBlock), s.Open(""), s.Send(0)); err != nil { // which fills the client's queue
			return "", err
		}
		theirs <- s
		<-goAhead
		for range many {
			if _, err := s.Recv(); err != nil {
				return "", err
			}
		}
		return "over", nil
	}, func(t *testing.T, p *talkPlace, g sample.GateClient) {
		theirs, goAhead = make(chan *talk, 1), make(chan struct{})
		var c *talkClient
		opened := begin(func() (err error) {
			c, err = g.Talk(actor.SessionQueue(t.Context(), 1, actor.FullBlock), "")
			return err
		})
		p.arrive(t)
		ok(t, receive(t, opened, "the opening"))
		s := <-theirs
		for n := range int64(many) {
			ok(t, c.Send(t.Context(), n))
		}
		p.arrive(t)
		h, err := sample.LookupGate(p.procs[atServer], "talker")
		ok(t, err)
		sent := begin(func() error { return h.Do(t.Context(), func(*actor.Context) error { return s.Send(1) }) })
		synctest.Wait()
		close(goAhead)
		p.arrive(t)
		wantCode(t, receive(t, sent, "the other handler"), actor.CodeOverrun)
		p.arrive(t)
		if got, err := c.Result(t.Context()); got != "over" || err != nil {
			t.Errorf("the result is %q, %v", got, err)
		}
	})
}
