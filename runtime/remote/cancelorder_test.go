package remote_test

import (
	"errors"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// What a cancel comes before, and what comes before it.

// Values that wait hold up no cancel: who receives next gets that, at either end.
// parity: A57
func TestCancelComesBeforeValuesThatWait(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		got := make(chan error, 2)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			for range 5 {
				if err := s.Send(1); err != nil {
					return "", err
				}
			}
			<-ctx.Done()
			_, err := s.Recv()
			got <- err
			got <- s.Send(1)
			return "", err
		})
		s := w.talk(g, "")
		for range 5 {
			noError(t, s.Send(soon(t), 1))
		}
		if _, err := s.Recv(soon(t)); err != nil {
			t.Fatal(err)
		}
		s.Cancel(errEnough)
		if n, err := s.Recv(soon(t)); !errors.Is(err, errEnough) {
			t.Errorf("the client receives %d, %v", n, err)
		}
		for _, what := range []string{"receives", "sends"} {
			var by *actor.Canceled
			if err := <-got; !errors.As(err, &by) {
				t.Errorf("the handler %s with %v", what, err)
			}
		}
		noError(t, s.Close(soon(t)))
	})
}

// What a third has canceled is no answer to this end's own cancel.
// parity: A31
func TestOwnCancelDoesNotAbsorbAThirds(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		third := actor.ID{Proc: actor.UUID{3}, Serial: 33}
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			<-ctx.Done()
			return "", &actor.Canceled{By: third, Name: "the third"}
		})
		s := w.talk(g, "")
		s.Cancel(errEnough)
		var by *actor.Canceled
		if _, err := s.Result(soon(t)); !errors.As(err, &by) || by.By != third {
			t.Errorf("the result is %v", err)
		}
		if err := s.Close(soon(t)); !errors.As(err, &by) || by.By != third {
			t.Errorf("closed with %v", err)
		}
	})
}

// The first to cancel has canceled.
// parity: A41
func TestFirstCancelCounts(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		own := make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			<-ctx.Done()
			err := s.Cancel(errors.New("too late"))
			own <- err
			return "", err
		})
		s := w.talk(g, "")
		s.Cancel(errEnough)
		s.Cancel(errors.New("again"))
		me := actor.ID{Proc: w.client.ID()}
		var by *actor.Canceled
		if err := <-own; !errors.As(err, &by) || by.By != me || by.Cause.Error() != errEnough.Error() {
			t.Errorf("the handler's own is %v", err)
		}
		if _, err := s.Result(soon(t)); !errors.As(err, &by) || by.By != me || !errors.Is(err, errEnough) {
			t.Errorf("the result is %v", err)
		}
		if s.CanceledBy() != me {
			t.Errorf("canceled by %v", s.CanceledBy())
		}
	})
}

// A handler that waits for a call to another proc with its turn cannot be asked back, and one without can.
func TestSuspendedCallerIsNoCircleBetweenProcs(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		near, _ := newProc(t, "near", listen(t, network))
		far, _ := newProc(t, "far", listen(t, network))
		asks, err := sample.SpawnGate(near, "asks", func() *sample.Gate { return &sample.Gate{} })
		noError(t, err)
		h, err := sample.SpawnGate(far, "asked", func() *sample.Gate { return &sample.Gate{} })
		noError(t, err)
		asked, err := sample.GateAt(near, h.Actor().Address())
		noError(t, err)
		back := func(cx *actor.Context) error {
			_, err := asked.Meet(cx, asks.Ref(), "hello")
			return err
		}
		noError(t, asks.DoReentrant(soon(t), back))
		if err := asks.Do(soon(t), back); actor.CodeOf(err) != actor.CodeCircle {
			t.Errorf("with the turn: %v", err)
		}
		// One that waits with its turn behind one that waits without it.
		if err := asks.Do(soon(t), func(cx *actor.Context) error {
			other, err := sample.SpawnGate(cx, "", func() *sample.Gate { return &sample.Gate{} })
			if err != nil {
				return err
			}
			return other.DoReentrant(cx, back)
		}); actor.CodeOf(err) != actor.CodeCircle {
			t.Errorf("through another: %v", err)
		}
	})
}
