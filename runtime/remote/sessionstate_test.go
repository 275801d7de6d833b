package remote_test

import (
	"errors"
	"io"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// parity: A26
func TestSessionsStateIsShown(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		h, g := w.gateAndHandle("shown", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if s.State() != actor.SessionOpening {
				t.Errorf("before Open it is %v", s.State())
			}
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != io.EOF {
				return "", err
			}
			return "", nil
		}})
		// waits waits until the handler waits in its stream, in that state.
		waits := func(want actor.SessionState) {
			t.Helper()
			var last actor.Snapshot
			eventually(t, "a session that is "+want.String(), func() bool {
				last = h.Actor().Inspect()
				return len(last.Suspended) == 1 && last.Suspended[0].Session == want && last.Suspended[0].WaitsIn != ""
			})
			got := last.Suspended[0]
			if got.Handler != "sample.Gate.Talk" || got.WaitsIn != "Recv of its session" || got.Since.IsZero() {
				t.Errorf("shown as %+v", got)
			}
		}
		s := w.talk(g, "")
		waits(actor.SessionOpen)
		if s.State() != actor.SessionOpen || s.Server() != h.Actor().ID() {
			t.Errorf("at the client it is %v, with %v", s.State(), s.Server())
		}
		noError(t, s.Send(soon(t), 1))
		if s.State() != actor.SessionStreaming {
			t.Errorf("after a value it is %v", s.State())
		}
		waits(actor.SessionStreaming)
		noError(t, s.CloseSend())
		if _, err := s.Result(soon(t)); err != nil {
			t.Error(err)
		}
		if s.State() != actor.SessionReturned {
			t.Errorf("in the end it is %v", s.State())
		}
		if left := h.Actor().Inspect().Suspended; len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
	})
}

// parity: AT21
func TestErrorBeforeTheOpeningIsNotHiddenByCleaningUp(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		asleep := make(chan error, 1)
		sleeper := w.gate("sleeper", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err := s.Recv()
			asleep <- err
			return "", err
		}})
		middle, err := sample.SpawnGate(w.client, "middle", func() *sample.Gate {
			return &sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
				below, err := sleeper.Talk(ctx, "")
				if err != nil {
					return "", err
				}
				defer below.Cancel(errEnough)
				return "", &sample.TooMuch{Asked: 21}
			}}
		})
		noError(t, err)
		_, err = middle.Talk(soon(t), "")
		var tooMuch *sample.TooMuch
		if !errors.As(err, &tooMuch) || tooMuch.Asked != 21 {
			t.Errorf("the client gets %v", err)
		}
		var by *actor.Canceled
		if err := <-asleep; !errors.As(err, &by) || by.By != middle.Actor().ID() {
			t.Errorf("the sleeper gets %v", err)
		}
	})
}

// parity: AT24
func TestChildOfASessionEndsWithIt(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		children := make(chan sample.GateHandle, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			child, err := sample.SpawnGate(ctx, "little", func() *sample.Gate { return &sample.Gate{} })
			if err != nil {
				return "", err
			}
			defer child.Actor().Stop(actor.StopNow, errEnough)
			children <- child
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err = s.Recv()
			return "", err
		})
		s := w.talk(g, "")
		child := <-children
		s.Cancel(nil)
		noError(t, s.Close(soon(t)))
		if st, err := child.Actor().Wait(soon(t)); err != nil || !errors.Is(st.Cause, errEnough) {
			t.Errorf("the child: %v, %v", st, err)
		}
	})
}
