package actor_test

import (
	"errors"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

// parity: A65
// One failure is one error for all who see it, and is in that of those who come later.
func TestOneFailureIsOneErrorForAll(t *testing.T) {
	p := newProc(t, quiet)
	for name, fails := range map[string]func(*actor.Context) error{
		"panic": func(*actor.Context) error { panic(errBoom) },
		"Fatal": func(*actor.Context) error { return actor.Fatal(errBoom) },
	} {
		before := len(p.Failures())
		g := spawnGate(t, p, actor.OnFailure(actor.StopActor))
		port, exits := exitPort(1)
		g.Actor().Monitor(port)
		release := hold(t, g)
		calls := queue(t, soon(t), g, 3, fails) // the first one fails, the others wait for it
		release()
		got := []error{receive(t, calls, "an answer"), receive(t, calls, "an answer"), receive(t, calls, "an answer")}
		end, err := g.Actor().Wait(soon(t))
		ok(t, err)
		first := end.Cause
		seen := map[string]error{
			"Status": g.Actor().Status().Cause, "FailureReport": g.Actor().Inspect().Failure.Err, "Failures": p.Failures()[before].Err,
		}
		seen["Exit"] = receive(t, exits, "the exit").Status.Cause
		for where, err := range seen {
			if err != first || !errors.Is(err, errBoom) {
				t.Errorf("%s: %s has %p %v, Wait has %p", name, where, err, err, first)
			}
		}
		bare := 0
		for _, err := range append(got, g.Do(soon(t), func(*actor.Context) error { return nil })) {
			if err == first {
				bare++
			} else if !errors.Is(err, first) || !errors.Is(err, actor.ErrStopped) {
				t.Errorf("%s: a caller has %v, not %v in it", name, err, first)
			}
		}
		if bare != 1 {
			t.Errorf("%s: %d callers have the error itself, want the one whose call failed", name, bare)
		}
	}
}
