package remote_test

import (
	"runtime"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// caller starts a gate in the client's proc, and returns it as it is there, and as the server has it.
func (w *theatre) caller() (sample.GateHandle, sample.GateClient) {
	w.t.Helper()
	h, err := sample.SpawnGate(w.client, "caller", func() *sample.Gate { return &sample.Gate{} })
	noError(w.t, err)
	if !w.apart() {
		return h, h
	}
	b, _ := h.Ref().MarshalMsg(nil)
	var ref sample.GateRef
	_, err = ref.UnmarshalMsg(b)
	noError(w.t, err)
	ref.BindRefs(w.server)
	return h, ref
}

// A handler that has sent its client what that waits for may call it: the client goes on, and answers in its next turn.
func TestHandlerMayCallTheClientThatItHasServed(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		client, back := w.caller()
		g := w.talker(func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil { // after it the client waits for what comes, or is about to
				return "", err
			}
			if err := s.Send(1); err != nil {
				return "", err
			}
			return back.Echo(ctx, "back")
		})
		for range 100 {
			var s *talkClient
			noError(t, client.Do(soon(t), func(ctx *actor.Context) (err error) {
				if s, err = g.Talk(soon(t), ""); err != nil {
					return err
				}
				if err := s.Send(ctx, 1); err != nil {
					return err
				}
				_, err = s.Recv(ctx)
				return err
			}))
			if got, err := s.Result(soon(t)); got != "back" || err != nil {
				t.Fatalf("the handler's call: %q, %v", got, err)
			}
		}
	})
}

// A handler that calls its client while that waits for it, with its turn, has closed a circle: directly, or by way of another that waits for the client.
func TestCircleThroughASessionIsSeen(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		client, back := w.caller()
		between, err := sample.SpawnGate(w.client, "between", func() *sample.Gate { return &sample.Gate{} })
		noError(t, err)
		waiting := map[string]actor.Handle{"directly": client.Actor(), "by another": between.Actor()}
		told := make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil { // after it the client does nothing but wait for the end
				return "", err
			}
			for len(waiting[topic].Inspect().WaitsFor) == 0 {
				runtime.Gosched()
			}
			_, err := back.Echo(ctx, "back")
			told <- err
			return "over", nil
		})
		talk := func(topic string) func(ctx *actor.Context) error {
			return func(ctx *actor.Context) error {
				s, err := g.Talk(ctx, topic)
				if err != nil {
					return err
				}
				if err := s.Send(ctx, 1); err != nil {
					return err
				}
				_, err = s.Result(ctx)
				return err
			}
		}
		noError(t, client.Do(soon(t), talk("directly")))
		if err := <-told; actor.CodeOf(err) != actor.CodeCircle {
			t.Errorf("directly: the handler gets %v", err)
		}
		noError(t, client.Do(soon(t), func(ctx *actor.Context) error { return between.Do(ctx, talk("by another")) }))
		if err := <-told; actor.CodeOf(err) != actor.CodeCircle {
			t.Errorf("by another: the handler gets %v", err)
		}
	})
}

// A client that has received something, and waits again, is held up again.
func TestCircleIsSeenInEachOfTheClientsWaits(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		client, back := w.caller()
		waits := func(ctx *actor.Context) {
			for len(client.Actor().Inspect().WaitsFor) == 0 && ctx.Err() == nil {
				runtime.Gosched()
			}
		}
		told := make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil {
				return "", err
			}
			waits(ctx)
			if err := s.Send(1); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil { // after it the client does nothing but wait for a value, where it has done so before
				return "", err
			}
			waits(ctx)
			_, err := back.Echo(ctx, "back")
			told <- err
			return "over", s.Send(2)
		})
		noError(t, client.Do(soon(t), func(ctx *actor.Context) error {
			s, err := g.Talk(ctx, "")
			if err != nil {
				return err
			}
			for range 2 {
				if err := s.Send(ctx, 1); err != nil {
					return err
				}
				if _, err := s.Recv(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
		if err := <-told; actor.CodeOf(err) != actor.CodeCircle {
			t.Errorf("the handler gets %v", err)
		}
	})
}
