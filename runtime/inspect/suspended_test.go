package inspect_test

import (
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/inspect"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Handlers that have given up their turn are shown, with what they wait in and whom for.
func TestSuspendedHandlersAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := silent(t)
		g, err := sample.SpawnGate(p, "talker", func() *sample.Gate {
			return &sample.Gate{OnTalk: func(_ *actor.Context, _ string, s *actor.SessionServer[string, int64, int64]) (string, error) {
				if err := s.Open(""); err != nil {
					return "", err
				}
				_, err := s.Recv()
				return "", err
			}}
		})
		ok(t, err)
		s, err := g.Talk(t.Context(), "")
		ok(t, err)
		other, release := spawn(t, p, "other"), make(chan struct{})
		ok(t, other.Post(t.Context(), func(*actor.Context) error { <-release; return nil }))
		done := make(chan error, 1)
		go func() {
			done <- g.DoReentrant(t.Context(), func(cx *actor.Context) error { _, err := other.Echo(cx, "x"); return err })
		}()
		synctest.Wait()
		a := get[inspect.Actor](t, inspect.Handler(p, nil), "/procs/test/actor?name=talker")
		if len(a.Suspended) != 2 || a.Running != nil || a.Validate() != nil {
			t.Fatalf("%+v, %v", a, a.Validate())
		}
		talk, call := a.Suspended[0], a.Suspended[1]
		if talk.Handler != "sample.Gate.Talk" || talk.WaitsIn != "Recv of its session" || talk.Session != "open" || talk.WaitsFor.Label != "proc test" {
			t.Errorf("the session: %+v, for %+v", talk, talk.WaitsFor)
		}
		if call.Handler != "sample.Gate.DoReentrant" || call.WaitsIn != "sample.Gate.Echo" || call.Session != "" ||
			call.WaitsFor.ID != other.Actor().ID().String() || call.Since.IsZero() {
			t.Errorf("the call: %+v, for %+v", call, call.WaitsFor)
		}
		close(release)
		ok(t, <-done)
		ok(t, s.Close(t.Context()))
	})
}
