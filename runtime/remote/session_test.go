package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// parity: A22, A51, AT9
func TestSessionCarriesValuesBothWaysAndThenItsResult(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open("about " + topic); err != nil {
				return "", err
			}
			var sum int64
			for n, err := range s.All() {
				if err != nil {
					return "", err
				}
				sum += n
				if err := s.Send(2 * n); err != nil {
					return "", err
				}
			}
			return fmt.Sprint(sum), nil
		})
		s := w.talk(g, "numbers")
		if s.Opening() != "about numbers" {
			t.Errorf("opened with %q", s.Opening())
		}
		for n := range int64(500) {
			noError(t, s.Send(soon(t), n))
			if got, err := s.Recv(soon(t)); got != 2*n || err != nil {
				t.Fatalf("%d has come back as %d, %v", n, got, err)
			}
		}
		noError(t, s.CloseSend())
		if _, err := s.Recv(soon(t)); err != io.EOF {
			t.Errorf("at the end Recv returns %v", err)
		}
		if got, err := s.Result(soon(t)); got != "124750" || err != nil {
			t.Errorf("the result is %q, %v", got, err)
		}
		if got, err := s.Result(soon(t)); got != "124750" || err != nil {
			t.Errorf("asked again it is %q, %v", got, err)
		}
	})
}

// While a session waits in its stream its actor goes on.
func TestActorServesOthersWhileItsSessionsWait(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(echo)
		var open []*talkClient
		for range 50 {
			open = append(open, w.talk(g, ""))
		}
		if got, err := g.Echo(soon(t), "hello"); got != "hello" || err != nil {
			t.Fatal(got, err)
		}
		for i, s := range open {
			noError(t, s.Send(soon(t), int64(i)))
		}
		for i, s := range open {
			if got, err := s.Recv(soon(t)); got != int64(i) || err != nil {
				t.Fatal(i, got, err)
			}
			noError(t, s.Close(soon(t)))
		}
	})
}

// echo sends back what comes.
func echo(ctx *actor.Context, _ string, s *talkServer) (string, error) {
	if err := s.Open(""); err != nil {
		return "", err
	}
	for n, err := range s.All() {
		if err != nil {
			return "", err
		}
		if err := s.Send(n); err != nil {
			return "", err
		}
	}
	return "over", nil
}

// The result waits for nobody: neither for what was sent before it to be received, nor for somebody to ask.
// parity: A27, A36, A55, AT3, AT10
func TestResultIsNotLostBehindTheStream(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			for n := range int64(1000) { // more than may wait
				if err := s.Send(n); err != nil {
					return "", err
				}
			}
			return "done", nil
		})
		s := w.talk(g, "")
		if got, err := s.Result(soon(t)); got != "done" || err != nil {
			t.Errorf("the result is %q, %v", got, err)
		}
		if _, err := s.Recv(soon(t)); err != io.EOF {
			t.Errorf("after it Recv returns %v", err)
		}

		s = w.talk(g, "")
		if n, err := s.Recv(soon(t)); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		s.CloseRecv()
		if got, err := s.Result(soon(t)); got != "done" || err != nil {
			t.Errorf("the result of one that was read in part is %q, %v", got, err)
		}
	})
}

// A result that is nil is a result.
// parity: A27, AT4
func TestResultMayBeNil(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.gate("passer", sample.Gate{OnPass: func(ctx *actor.Context, s *passServer) (*sample.Big, error) {
			if err := s.Open(nil); err != nil {
				return nil, err
			}
			big, err := s.Recv()
			if err != nil {
				return nil, err
			}
			big.Tags["seen"] = "yes"
			return nil, s.Send(big)
		}})
		s, err := g.Pass(soon(t))
		noError(t, err)
		if s.Opening() != nil {
			t.Errorf("opened with %v", s.Opening())
		}
		mine := sample.Big{Name: "mine", Tags: map[string]string{"k": "v"}}
		noError(t, s.Send(soon(t), mine))
		back, err := s.Recv(soon(t))
		if err != nil || back.Name != "mine" || back.Tags["seen"] != "yes" {
			t.Errorf("back comes %+v, %v", back, err)
		}
		if shared := mine.Tags["seen"] == "yes"; shared && (w.apart() || strings.Contains(t.Name(), "isolated")) {
			t.Error("the two ends share memory")
		}
		if r, err := s.Result(soon(t)); r != nil || err != nil {
			t.Errorf("the result is %v, %v", r, err)
		}
		if s.State() != actor.SessionReturned {
			t.Errorf("the state is %v", s.State())
		}
	})
}

// parity: A23, AT8
func TestMisuseOfASessionIsAnError(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		misuse := func(t *testing.T, what string, err error) {
			t.Helper()
			if actor.CodeOf(err) != actor.CodeMisuse {
				t.Errorf("%s: %v", what, err)
			}
		}
		kept := make(chan *talkServer, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			switch topic {
			case "never":
				return "all the same", nil
			case "early":
				misuse(t, "Send before Open", s.Send(1))
				_, err := s.Recv()
				misuse(t, "Recv before Open", err)
			}
			if err := s.Open("first"); err != nil {
				return "", err
			}
			misuse(t, "Open again", s.Open("second"))
			misuse(t, "Queue after Open", s.Queue(1, actor.FullBlock))
			kept <- s
			return "", nil
		})
		_, err := g.Talk(soon(t), "never")
		misuse(t, "a handler that never opens", err)
		s := w.talk(g, "early")
		if s.Opening() != "first" {
			t.Errorf("opened with %q", s.Opening())
		}
		if _, err := s.Result(soon(t)); err != nil {
			t.Error(err)
		}
		late := <-kept
		misuse(t, "Open after the end", late.Open(""))
		misuse(t, "Send after the end", late.Send(1))
		_, err = late.Recv()
		misuse(t, "Recv after the end", err)
		if err := s.Send(soon(t), 1); err != io.EOF {
			t.Errorf("Send after the result: %v", err)
		}
		_, err = g.Talk(actor.SessionQueue(soon(t), 0, actor.FullBlock), "")
		misuse(t, "a queue of nothing", err)

		s = w.talk(w.gate("other", sample.Gate{OnTalk: echo}), "")
		noError(t, s.CloseSend())
		noError(t, s.CloseSend())
		if err := s.Send(soon(t), 1); actor.CodeOf(err) != actor.CodeMisuse && err != io.EOF {
			t.Errorf("Send after CloseSend: %v", err)
		}
	})
}

// What a handler has sent is received before its error is, and no end of stream hides that.
// parity: A12, A54, A65
func TestErrorOutranksTheEndOfTheStream(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if topic == "before" {
				return "", &sample.TooMuch{Asked: 1}
			}
			if err := s.Open(""); err != nil {
				return "", err
			}
			for n := range int64(3) {
				if err := s.Send(n); err != nil {
					return "", err
				}
			}
			return "lost", fmt.Errorf("after three: %w", &sample.TooMuch{Asked: 3})
		})
		var tooMuch *sample.TooMuch
		if _, err := g.Talk(soon(t), "before"); !errors.As(err, &tooMuch) || tooMuch.Asked != 1 {
			t.Errorf("opening fails with %v", err)
		}
		s := w.talk(g, "")
		for n := range int64(3) {
			if got, err := s.Recv(soon(t)); got != n || err != nil {
				t.Fatal(got, err)
			}
		}
		_, first := s.Recv(soon(t))
		if !errors.As(first, &tooMuch) || tooMuch.Asked != 3 {
			t.Errorf("after the values Recv returns %v", first)
		}
		_, second := s.Recv(soon(t))
		_, third := s.Result(soon(t))
		if first != second || first != third || s.Send(soon(t), 1) != first || s.Close(soon(t)) != first {
			t.Errorf("it is not one error: %v, %v, %v", first, second, third)
		}
		if s.State() != actor.SessionFailed {
			t.Errorf("the state is %v", s.State())
		}
	})
}

// parity: A53, AT13
func TestEndOfTheStreamStays(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		done := make(chan error, 2)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			for range 2 {
				_, err := s.Recv()
				done <- err
			}
			return "", nil
		})
		s := w.talk(g, "")
		noError(t, s.CloseSend())
		for range 2 {
			if err := <-done; err != io.EOF {
				t.Errorf("the handler receives %v", err)
			}
		}
		for range 2 {
			if _, err := s.Recv(soon(t)); err != io.EOF {
				t.Errorf("the client receives %v", err)
			}
		}
	})
}

// parity: A24, AT20
func TestActorHasNoSessionWithItself(t *testing.T) {
	p, _ := newProc(t, "one")
	var h sample.GateHandle
	h, err := sample.SpawnGate(p, "alone", func() *sample.Gate { return &sample.Gate{OnTalk: echo} })
	noError(t, err)
	for name, do := range map[string]func(context.Context, func(*actor.Context) error) error{"call": h.Do, "reentrant": h.DoReentrant} {
		err = do(soon(t), func(ctx *actor.Context) error {
			_, err := h.Talk(ctx, "")
			return err
		})
		if actor.CodeOf(err) != actor.CodeMisuse || !strings.Contains(err.Error(), "session with itself") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The context that a session is opened with governs all of it.
// parity: A32, A34
func TestEndOfTheOpeningsContextCancelsTheSession(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		reason := errors.New("seen enough")
		ended := make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return "", ctx.Err()
		})
		ctx, cancel := context.WithCancelCause(soon(t))
		s, err := g.Talk(ctx, "")
		noError(t, err)
		cancel(reason)
		var by *actor.Canceled
		if err := <-ended; !errors.As(err, &by) || by.By.Proc != w.client.ID() || !strings.Contains(err.Error(), "seen enough") {
			t.Errorf("the handler's context has ended by %v", err)
		}
		if _, err := s.Recv(soon(t)); !errors.Is(err, context.Canceled) || !errors.Is(err, reason) {
			t.Errorf("the client gets %v", err)
		}
		if _, err := s.Result(soon(t)); !errors.As(err, &by) {
			t.Errorf("the result is %v", err)
		}
	})
}

// parity: A57, A59, AT17, AT18, AT19
func TestOverrunIsToldToTheSender(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Queue(2, actor.FullReject); err != nil {
				return "", err
			}
			if err := s.Open(""); err != nil {
				return "", err
			}
			if topic == "send" {
				for n := int64(0); ; n++ {
					if err := s.Send(n); err != nil {
						return "", err
					}
				}
			}
			<-ctx.Done() // with the turn, and receiving nothing
			return "", ctx.Err()
		})
		s := w.talk(g, "wait")
		noError(t, s.Send(soon(t), 1))
		noError(t, s.Send(soon(t), 2))
		if err := s.Send(soon(t), 3); actor.CodeOf(err) != actor.CodeOverrun {
			t.Errorf("the third value: %v", err)
		}
		noError(t, s.Close(soon(t)))

		s, err := g.Talk(actor.SessionQueue(soon(t), 3, actor.FullReject), "send")
		noError(t, err)
		_, err = s.Result(context.WithoutCancel(soon(t)))
		if err == nil {
			t.Error("a handler has sent without end")
		}
	})
}

// parity: A58
func TestQueuesThatDropCountWhatIsLost(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		for policy, want := range map[actor.FullPolicy][]int64{actor.FullDropOldest: {7, 8, 9}, actor.FullDropNewest: {0, 1, 2}} {
			g := w.gate(fmt.Sprint("dropper", policy), sample.Gate{OnTalk: func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
				if err := s.Open(""); err != nil {
					return "", err
				}
				for n := range int64(10) {
					if err := s.Send(n); err != nil {
						return "", err
					}
				}
				return "sent", nil
			}})
			s, err := g.Talk(actor.SessionQueue(soon(t), 3, policy), "")
			noError(t, err)
			eventually(t, "the end", func() bool { return s.State() == actor.SessionReturned })
			var got []int64
			for n, err := range s.All(soon(t)) {
				noError(t, err)
				got = append(got, n)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || s.Lost() != 7 {
				t.Errorf("policy %d: %v are left, %d lost", policy, got, s.Lost())
			}
		}
	})
}

// A client that does not read holds up neither the link nor its own cancel.
// parity: A57
func TestClientThatDoesNotReadHoldsUpNobody(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		canceled := make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			for n := int64(0); ; n++ {
				if err := s.Send(n); err != nil {
					canceled <- err
					return "", err
				}
			}
		})
		s := w.talk(g, "")
		for range 200 {
			if got, err := g.Echo(soon(t), "hello"); got != "hello" || err != nil {
				t.Fatal(got, err)
			}
		}
		s.Cancel(nil)
		var by *actor.Canceled
		if err := <-canceled; !errors.As(err, &by) {
			t.Errorf("the handler stops sending for %v", err)
		}
		noError(t, s.Close(soon(t)))
	})
}

// The actor of a subscription sends from whichever handler has news.
func TestOtherHandlersOfTheActorSendInTheirTurns(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		subscribers := map[*talkServer]bool{} // the actor's state
		g := w.gate("publisher", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if topic == "publish" {
				if err := s.Open(""); err != nil {
					return "", err
				}
				for n := range int64(64) { // as many as may wait
					for sub := range subscribers {
						if err := sub.Send(n); err != nil {
							return "", err
						}
					}
				}
				full := 0
				for sub := range subscribers {
					if err := sub.Send(64); actor.CodeOf(err) == actor.CodeOverrun {
						full++
					}
				}
				return fmt.Sprint(full), nil
			}
			if err := s.Open(""); err != nil {
				return "", err
			}
			subscribers[s] = true
			defer delete(subscribers, s)
			_, err := s.Recv()
			return "", err
		}})
		var open []*talkClient
		for range 5 {
			open = append(open, w.talk(g, ""))
		}
		if full, err := w.talk(g, "publish").Result(soon(t)); full != "5" || err != nil {
			t.Errorf("%s queues are full, %v", full, err)
		}
		for _, s := range open {
			for n := range int64(64) {
				if got, err := s.Recv(soon(t)); got != n || err != nil {
					t.Fatal(got, err)
				}
			}
			noError(t, s.Close(soon(t)))
		}
		if full, err := w.talk(g, "publish").Result(soon(t)); full != "0" || err != nil {
			t.Errorf("after they have left: %s, %v", full, err)
		}
	})
}
